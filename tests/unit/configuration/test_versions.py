"""Version constraints, also against trying versions one by one."""

from __future__ import annotations

import itertools
import random

import pytest

from tfhoist.configuration.versions import compatible, parse_constraints, parse_version


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["~> 5.0", "< 5.0"], False),
        (["~> 5.0", ">= 5.31"], True),
        (["~> 5.0", "~> 4.67"], False),
        (["~> 5.31.0", "5.40.0"], False),
        ([">= 1.7", "~> 1.5"], True),
        ([">= 1.7", "~> 1.5.0"], False),
        (["= 1.2.3", "!= 1.2.3"], False),
        (["> 1.2.3", "<= 1.2.3"], False),
        ([">= 1.2.3", "<= 1.2.3"], True),
        (["~> 1", ">= 1.9"], True),
        (["~> 1", ">= 2"], False),
        ([], True),
        ([""], True),
        (["five"], None),
        (["v5.1, >= 5"], True),
    ],
)
def test_some_version_satisfies_all(texts: list[str], expected: bool | None) -> None:
    assert compatible(texts) is expected


def _admits(text: str, version: tuple[int, ...]) -> bool:
    constraints = parse_constraints(text)
    assert constraints is not None
    for constraint in constraints:
        if constraint.excluded == version:
            return False
        if constraint.lower is not None and not (
            version > constraint.lower.version or (constraint.lower.inclusive and version == constraint.lower.version)
        ):
            return False
        if constraint.upper is not None and not (
            version < constraint.upper.version or (constraint.upper.inclusive and version == constraint.upper.version)
        ):
            return False
    return True


def test_equals_trying_every_version() -> None:
    # every bound is even, so that a version that is tried lies between any two of them
    draw = random.Random(7)
    every = [tuple(numbers) for numbers in itertools.product(range(5), range(9), range(9))]
    for _ in range(400):
        texts = [
            f"{draw.choice(['', '= ', '!= ', '>= ', '> ', '< ', '<= ', '~> '])}{draw.randrange(1, 4)}.{draw.choice([0, 2, 4, 6])}"
            for _ in range(draw.randrange(1, 4))
        ]
        assert compatible(texts) is any(all(_admits(text, version) for text in texts) for version in every), texts


def test_versions_are_filled_up() -> None:
    assert parse_version("1.2") == (1, 2, 0)
