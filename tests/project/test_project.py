"""The repository itself: locks that can be trusted, and nothing of the machine that it was written on."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))

# Put together from parts, so that this file doesn't hold what it looks for.
MACHINE_FOLDERS = ("work", "farm", "root")
REGISTRY_HOSTS = (
    ("pypi", "org"),
    ("files", "pythonhosted", "org"),
    ("registry", "npmjs", "org"),
    ("deb", "debian", "org"),
)

# Such a folder at the start of a path: `/x/`, `file:///x/`; and not `examples/x/`, `../x/` or `{folder}/x/`.
MACHINE_PATH = re.compile(rf"(?<![\w.\-~*)}}>\]])/(?:{'|'.join(MACHINE_FOLDERS)})/".encode())
REGISTRY_HOST = re.compile("|".join(r"\.".join(parts) for parts in REGISTRY_HOSTS).encode())


@cache
def committed_files() -> tuple[Path, ...]:
    """What git tracks; before the first commit, what it would: everything that isn't ignored."""

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", str(REPOSITORY), *arguments], capture_output=True, text=True)

    if git("rev-parse", "--show-toplevel").stdout.rstrip("\n") != str(REPOSITORY):
        pytest.skip("not a git checkout, so there's no telling which files are committed")
    untracked = [] if git("rev-parse", "--verify", "HEAD").returncode == 0 else ["--others", "--exclude-standard"]
    listed = git("ls-files", "-z", "--cached", *untracked)
    assert listed.returncode == 0, listed.stderr
    files = (REPOSITORY / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file() and not file.is_symlink())


def occurrences(pattern: re.Pattern[bytes]) -> list[str]:
    """Each line of a committed file that holds the pattern, as `file:line: text`."""
    return [
        f"{file.relative_to(REPOSITORY)}:{number}: {line.decode(errors='replace').strip()[:120]}"
        for file in committed_files()
        for number, line in enumerate(file.read_bytes().splitlines(), start=1)
        if pattern.search(line)
    ]


def requirements(lock: Path) -> dict[str, list[str]]:
    """The requirements of a lock, each with its options (the hashes)."""
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    return {
        requirement.strip(): [f"--{option.strip()}" for option in options]
        for line in lines
        if line.strip() and not line.lstrip().startswith("#")
        for requirement, *options in [line.split(" --")]
    }


def test_there_is_a_lock_for_each_use() -> None:
    assert [lock.name for lock in LOCKS] == ["build.txt", "development.txt", "runtime.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert [
        line for line in lock.read_text().splitlines() if "http" in line or "index" in line or "find-links" in line
    ] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_requirement_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    pinned = requirements(lock)
    assert pinned
    loose = [requirement for requirement in pinned if not re.match(r"[a-z0-9\-]+==[^ ]+( ; .+)?$", requirement)]
    hashed = re.compile(r"--hash=sha256:[0-9a-f]{64}")
    unhashed = [name for name, options in pinned.items() if not options or not all(map(hashed.fullmatch, options))]
    assert (loose, unhashed) == ([], [])


def test_the_small_locks_agree_with_the_development_lock() -> None:
    def pinned(lock: Path) -> dict[str, list[str]]:
        """Without markers: what only some platforms need at run time, all of them may need for development."""
        return {requirement.split(" ;")[0]: hashes for requirement, hashes in requirements(lock).items()}

    development = pinned(REPOSITORY / "requirements" / "development.txt")
    for lock in LOCKS:
        other = {name: hashes for name, hashes in pinned(lock).items() if development.get(name) != hashes}
        assert other == {}, lock.name


def test_each_declared_dependency_is_in_its_lock() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {
        "runtime.txt": project["dependencies"],
        "build.txt": extras["build"],
        "development.txt": [*project["dependencies"], *extras["build"], *extras["dev"]],
    }
    for lock in LOCKS:
        names = {re.split("==", requirement)[0] for requirement in requirements(lock)}
        wanted = {re.split(r"[<>=!~\[ ;]", dependency)[0] for dependency in declared[lock.name]} - {project["name"]}
        assert wanted - names == set(), lock.name


def test_no_committed_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    assert occurrences(MACHINE_PATH) == []


def test_no_committed_file_names_a_package_registry() -> None:
    assert occurrences(REGISTRY_HOST) == []


@pytest.mark.parametrize("path", ["{}", " {}", '"{}"', "file://{}", "={}", "({}"])
def test_a_machine_path_is_seen(path: str) -> None:
    for folder in MACHINE_FOLDERS:
        assert MACHINE_PATH.search(path.format(f"/{folder}/main").encode())


@pytest.mark.parametrize("path", ["examples{}", "..{}", ".{}", "{{folder}}{}", "a-b{}"])
def test_a_relative_path_is_no_machine_path(path: str) -> None:
    for folder in MACHINE_FOLDERS:
        assert not MACHINE_PATH.search(path.format(f"/{folder}/main").encode())
