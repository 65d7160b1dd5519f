"""The pytest side of the simulator: fixtures, and markers for the tests that use them.

A test that asks for `simulator`, `new_simulator` or `simulators` is marked `terraform` and `simulator` without saying so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # imported when a test asks for it: the others needn't wait for grpcio
    from tests.simulator.preparation import Prepared
    from tests.simulator.simulator import Simulator

NewSimulator = Callable[..., "Simulator"]


def pytest_itemcollected(item: pytest.Item) -> None:
    if "prepared_simulator" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.terraform)
        item.add_marker(pytest.mark.simulator)


@pytest.fixture(scope="session")
def prepared_simulator() -> Prepared:
    """The simulated providers, set up; a skip where npm or openssl is missing."""
    from tests.simulator.preparation import MissingError, prepare

    try:
        return prepare()
    except MissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def simulators(prepared_simulator: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewSimulator]:
    """Like `new_simulator`, for what a whole session shares."""
    yield from _factory(prepared_simulator, tmp_path_factory)


@pytest.fixture
def new_simulator(prepared_simulator: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewSimulator]:
    """Makes simulators: `new_simulator(keep=False)` for state files that no test has created."""
    yield from _factory(prepared_simulator, tmp_path_factory)


@pytest.fixture
def simulator(new_simulator: NewSimulator) -> Simulator:
    """Simulated providers of the test's own, with a store and an empty journal."""
    return new_simulator()


def _factory(prepared: Prepared, folders: pytest.TempPathFactory) -> Iterator[NewSimulator]:
    from tests.simulator.simulator import Simulator

    made: list[Simulator] = []

    def new(**options: Any) -> Simulator:
        made.append(Simulator(prepared, folders.mktemp("simulator"), **options))
        return made[-1]

    yield new
    for simulator in made:
        simulator.close()
