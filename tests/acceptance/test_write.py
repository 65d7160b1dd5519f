"""`tfhoist write`: into the two repositories, and back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.acceptance.support import CENTRAL, SERVICE, tfhoist, tree


class Repositories(NamedTuple):
    service: Path
    central: Path
    out: Path

    def write(self, *options: str) -> tuple[int, str]:
        run = tfhoist("write", self.out, "--central", self.central, "--service-root", self.service, *options)
        return run.code, run.out + run.err


def commit(folder: Path) -> None:
    for command in (
        ["init", "-q", "."],
        ["add", "-A"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "before"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


def files(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in tree(folder).items() if not path.startswith(".git/")}


@pytest.fixture
def repositories(tmp_path: Path) -> Repositories:
    """Two clean repositories with a secret in the service's tfvars, and the consolidation of them."""
    service, central, out = tmp_path / "hokusai-data-pipeline", tmp_path / "central", tmp_path / "out"
    shutil.copytree(SERVICE, service)
    shutil.copytree(CENTRAL, central)
    (service / "secrets.auto.tfvars").write_text('database_password = "planted-write-secret"\n')
    commit(service)
    commit(central)
    run = tfhoist("consolidate", service, "--central", central, "--out", out)
    assert run.code == 0, run.out + run.err
    return Repositories(service, central, out)


def test_there_and_back(repositories: Repositories) -> None:
    service, central = files(repositories.service), files(repositories.central)
    code, text = repositories.write("--yes")
    assert code == 0, text
    assert "planted" not in text
    assert "removed.tf" in text
    written = files(repositories.service)
    assert written["secrets.auto.tfvars"] == service["secrets.auto.tfvars"]
    expected = {
        path: content.replace(b"tfhoist-secret-1", b"planted-write-secret")
        for path, content in tree(repositories.out / "service").items()
    }
    assert written == expected
    assert files(repositories.central) == tree(repositories.out / "central")
    code, text = repositories.write("--undo", "--yes")
    assert code == 0, text
    assert files(repositories.service) == service
    assert files(repositories.central) == central


def test_nothing_is_written_without_a_yes(repositories: Repositories) -> None:
    before = files(repositories.service)
    code, text = repositories.write()
    assert code == 1
    assert "--yes" in text
    assert files(repositories.service) == before


def test_a_dirty_repository_is_refused(repositories: Repositories) -> None:
    (repositories.service / "new.txt").write_text("x")
    code, text = repositories.write("--yes")
    assert code == 1
    assert "uncommitted changes: new.txt" in text


def test_a_file_that_changed_since_is_refused(repositories: Repositories) -> None:
    path = repositories.service / "ecs.tf"
    path.write_text(path.read_text().replace("FARGATE_SPOT", "FARGATE"))
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qam", "later"],
        cwd=repositories.service, check=True,
    )  # fmt: skip
    before = files(repositories.service)
    code, text = repositories.write("--yes")
    assert code == 1
    assert "isn't as it was: ecs.tf" in text
    assert files(repositories.service) == before


def test_undo_after_somebody_edited_is_refused(repositories: Repositories) -> None:
    assert repositories.write("--yes")[0] == 0
    path = repositories.service / "central.tf"
    path.write_text(path.read_text() + "\n# edited\n")
    code, text = repositories.write("--undo", "--yes")
    assert code == 1
    assert "central.tf" in text


def test_an_unproved_result_is_not_written(repositories: Repositories) -> None:
    path = repositories.out / "central/terraform_module/data-pipeline/alb.tf"
    path.write_text(path.read_text().replace("8001", "8002"))
    before = files(repositories.central)
    code, text = repositories.write("--yes")
    assert code == 2
    assert "isn't proved equivalent" in text
    assert files(repositories.central) == before
