"""What every test shares: golden files, copies of the examples, and which tests need a program of the machine's."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = REPOSITORY / "examples"
GOLDEN = REPOSITORY / "tests" / "golden"

# A marker, and the programs of which any one lets its tests run.
PROGRAMS = {
    "terraform": ("terraform",),
    "browser": ("chromium", "chromium-browser", "google-chrome"),
}

# Markers of tests that need more than a program: what they use says when it's missing.
OTHERS = {"simulator"}

pytest_plugins = ["tests.simulator.fixture"]

# Hypothesis' deadline measures the machine, not the code, when several workers share two cores.
hypothesis.settings.register_profile("tfhoist", deadline=None, print_blob=True)
hypothesis.settings.load_profile("tfhoist")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing them")


ENVIRONMENT = pytest.MonkeyPatch()


def pytest_configure(config: pytest.Config) -> None:
    known = PROGRAMS.keys() | OTHERS
    if unknown := required() - known:
        raise pytest.UsageError(f"TFHOIST_REQUIRE: {', '.join(sorted(unknown))}: known are {', '.join(sorted(known))}")
    # Here and not in a fixture, so that session fixtures that run Terraform are spared the user's settings too.
    for name in list(os.environ):
        if name.startswith(("TF_", "AWS_")):
            ENVIRONMENT.delenv(name)
    ENVIRONMENT.setenv("CHECKPOINT_DISABLE", "1")


def pytest_unconfigure() -> None:
    ENVIRONMENT.undo()


def required() -> set[str]:
    """The markers named in TFHOIST_REQUIRE, whose tests must run: a skip is an error."""
    return set(os.environ.get("TFHOIST_REQUIRE", "").replace(",", " ").split())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, programs in PROGRAMS.items():
        if item.get_closest_marker(marker) and not any(map(shutil.which, programs)):
            pytest.skip(f"{' or '.join(programs)} is not on PATH")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    missing = [marker for marker in sorted(required()) if item.get_closest_marker(marker)]
    if report.skipped and missing and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = (
            f"TFHOIST_REQUIRE names {', '.join(missing)}, so this test must run: {reason.removeprefix('Skipped: ')}"
        )
    return report


class Golden:
    """Compares with files under tests/golden, or writes them with --update-golden.

    A path is relative to tests/golden. A missing file is a failure, never an empty text. Text is UTF-8.
    """

    def __init__(self, *, update: bool) -> None:
        self._update = update

    @property
    def updates(self) -> bool:
        """Whether files are written instead of compared."""
        return self._update

    def __call__(self, path: str, actual: str | bytes) -> None:
        """Compare one file."""
        __tracebackhide__ = True
        file = self._resolve(path)
        content = actual.encode() if isinstance(actual, str) else actual
        if self._update:
            self._write(file, content)
            return
        if not file.is_file():
            pytest.fail(f"tests/golden/{path} is missing; write it with: make golden", pytrace=False)
        expected = file.read_bytes()
        if expected != content:
            pytest.fail(f"differs from its golden file:\n{difference(path, expected, content)}", pytrace=False)

    def tree(self, path: str, actual: Mapping[str, str | bytes]) -> None:
        """Compare a folder: the same files, no more and no fewer, with the same bytes."""
        __tracebackhide__ = True
        folder = self._resolve(path)
        found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        if self._update:
            for name in found - actual.keys():
                (folder / name).unlink()
        elif not found:
            pytest.fail(f"tests/golden/{path} is missing or empty; write it with: make golden", pytrace=False)
        elif found != actual.keys():
            lines = [f"  missing: {name}" for name in sorted(found - actual.keys())]
            lines += [f"  extra: {name}" for name in sorted(actual.keys() - found)]
            pytest.fail(f"other files than in tests/golden/{path}:\n" + "\n".join(lines), pytrace=False)
        for name in sorted(actual):
            self(f"{path}/{name}", actual[name])

    @staticmethod
    def _resolve(path: str) -> Path:
        file = (GOLDEN / path).resolve()
        if not file.is_relative_to(GOLDEN) or file == GOLDEN:
            raise ValueError(f"not a path under tests/golden: {path}")
        return file

    @staticmethod
    def _write(file: Path, content: bytes) -> None:
        if file.is_file() and file.read_bytes() == content:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def difference(path: str, expected: bytes, actual: bytes) -> str:
    """A unified diff of two texts; carriage returns and odd bytes are shown, not swallowed."""
    before, after = (
        [line.replace("\r", "\\r") for line in content.decode(errors="backslashreplace").split("\n")]
        for content in (expected, actual)
    )
    return "\n".join(difflib.unified_diff(before, after, f"tests/golden/{path}", "actual", lineterm=""))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("audit/data-pipeline/expected.txt", text)`; `golden.tree(folder, {name: content})` for many files."""
    update: Any = request.config.getoption("--update-golden")
    return Golden(update=bool(update))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of examples. Read only: use example_copy to change one."""
    return EXAMPLES


@pytest.fixture
def example_copy(tmp_path: Path) -> Callable[[str], Path]:
    """`example_copy("data-pipeline")` is a copy of that example in tmp_path, without what Terraform left in it."""

    def copy(name: str) -> Path:
        destination = tmp_path / name
        shutil.copytree(EXAMPLES / name, destination, symlinks=True, ignore=shutil.ignore_patterns(".terraform"))
        return destination

    return copy
