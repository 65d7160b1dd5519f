"""`tfhoist init --templates`, and a consolidation with them."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.acceptance.support import CENTRAL, SERVICE, tfhoist, with_states


def service_with(tmp_path: Path, folder: str) -> Path:
    service = shutil.copytree(SERVICE, tmp_path / "data-pipeline")
    settings = service / "tfhoist.toml"
    kept = settings.read_text() if settings.is_file() else ""
    settings.write_text(f'{kept}\n[documents]\ntemplates = "{folder}"\n')
    return service


def consolidate(service: Path, out: Path) -> tuple[int, str]:
    run = tfhoist("consolidate", service, "--central", CENTRAL, *with_states(), "--out", out)
    return run.code, run.err


def test_templates_are_written_changed_and_used(tmp_path: Path) -> None:
    service = service_with(tmp_path, "templates")
    assert consolidate(service, tmp_path / "out")[0] == 1  # no such folder yet
    run = tfhoist("init", service, "--templates")
    assert run.code == 0, run.err
    assert f"wrote {service}/templates/runbook.md.j2" in run.out
    assert tfhoist("init", service, "--templates").code == 1  # never overwritten unasked
    lessons = service / "templates" / "lessons.md.j2"
    lessons.write_text("# What {{ service }} has taught us\n")
    assert consolidate(service, tmp_path / "out") == (0, "")
    assert (tmp_path / "out/migration/lessons.md").read_text() == "# What data-pipeline has taught us\n"


def test_a_missing_key_is_told_by_line_and_nothing_is_written(tmp_path: Path) -> None:
    service = service_with(tmp_path, "../ours")
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "lessons.md.j2").write_text("# {{ servce }}\n")
    code, err = consolidate(service, tmp_path / "out")
    assert code == 1
    assert "template: 'servce' is undefined" in err
    assert "--> ../ours/lessons.md.j2:1" in err
    assert 'Did you mean "service"?' in err
    assert not (tmp_path / "out").exists()


def test_a_file_that_no_document_is_made_of(tmp_path: Path) -> None:
    service = service_with(tmp_path, "templates")
    (service / "templates").mkdir()
    (service / "templates" / "runbok.md.j2").write_text("x")
    code, err = consolidate(service, tmp_path / "out")
    assert code == 1
    assert "Did you mean runbook.md.j2?" in err
