"""Every command, option and refusal is documented."""

from __future__ import annotations

import re

import pytest
import typer.main

from tests.acceptance.constructs.roots import constructs
from tests.conftest import REPOSITORY
from tfhoist.api.consolidating import BLOCKING
from tfhoist.cli import app
from tfhoist.registry.catalogue import CHECKS
from tfhoist.validation.compare import Verdict
from tfhoist.validation.model import KINDS
from tools.reference import pages

SOURCE = REPOSITORY / "src" / "tfhoist"


def test_every_refusal_has_a_row() -> None:
    table = set(re.findall(r"^\| `([\w-]+)`", (REPOSITORY / "docs/refusals.md").read_text(), re.MULTILINE))
    used = set(BLOCKING)
    for path in [
        *SOURCE.glob("boundary/*.py"),
        *SOURCE.glob("consolidation/*.py"),
        *SOURCE.glob("placement/*.py"),
        *SOURCE.glob("api/*.py"),
    ]:
        text = path.read_text()
        used |= set(re.findall(r'\bid="([\w-]+)"', text))
        used |= set(re.findall(r'_refuse\(\s*"([\w-]+)"', text))
    used |= {f"{kind}-names-moved" for kind in ("moved", "import", "removed")}
    assert used == table


def test_every_command_and_option_is_documented() -> None:
    page = (REPOSITORY / "docs/commands.md").read_text()
    command = typer.main.get_command(app)
    commands = dict(command.commands)  # type: ignore[attr-defined]
    for name, group in list(commands.items()):
        commands |= {f"{name} {inner}": sub for inner, sub in getattr(group, "commands", {}).items()}
    for name, sub in commands.items():
        assert f"## tfhoist {name}" in page
        section = page.split(f"## tfhoist {name}\n", 1)[1].split("\n## ", 1)[0]
        for parameter in sub.params:
            shown = parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar
            assert f"`{shown}" in section, f"{name} {shown}"
        assert sub.help, name


def test_every_construct_has_a_row_and_a_root() -> None:
    page = (REPOSITORY / "docs/constructs.md").read_text()
    rows = re.findall(
        r"^\| [^|]+ \| (carried|refused: `[\w-]+`|known: [^|]+) \| .*\| `([\w-]+)` \|$", page, re.MULTILINE
    )
    assert (
        len(rows) == len({name for _, name in rows}) == len(re.findall(r"^\| (?!construct)[^-|]", page, re.MULTILINE))
    )
    said = {
        construct.name: f"known: {construct.keys['defect']}"
        if "defect" in construct.keys
        else f"refused: `{construct.keys['refused']}`"
        if "refused" in construct.keys
        else "carried"
        for construct in constructs().values()
    }
    assert {name: result for result, name in rows} == said
    golden = {path.stem for path in (REPOSITORY / "tests/golden/constructs").glob("*.txt")}
    assert golden == {construct.name for construct in constructs().values() if "defect" not in construct.keys}
    refusals = set(re.findall(r"^\| `([\w-]+)`", (REPOSITORY / "docs/refusals.md").read_text(), re.MULTILINE))
    assert {construct.keys["refused"] for construct in constructs().values() if "refused" in construct.keys} <= {
        *refusals, "usage",
    }  # fmt: skip


def test_every_finding_of_the_registry_has_a_row() -> None:
    page = (REPOSITORY / "docs/registry.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \| (\w+) \| (.*) \|$", page, re.MULTILINE)
    assert rows == [(one.id, one.severity.value, one.description) for one in sorted(CHECKS.values())]


def test_every_artifact_with_a_schema_of_routing_is_named() -> None:
    page = (REPOSITORY / "docs/routing.md").read_text() + (REPOSITORY / "docs/registry.md").read_text()
    for name in ("routes", "answer", "routes-diff", "registry", "registry-check"):
        assert f"schemas/{name}.json" in page


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_page_that_is_made_from_the_code_is_fresh(name: str) -> None:
    assert (REPOSITORY / "docs" / name).read_text() == pages()[name], "run make reference"


def test_every_finding_and_schema_is_in_them() -> None:
    made = pages()
    for path in (SOURCE / "schemas").glob("*.json"):
        assert f"`{path.name}`" in made["artifacts.md"]
    for page in (REPOSITORY / "docs/findings").glob("*.md"):
        assert page.stem == "index" or f"]({page.name})" in made["findings/index.md"]


def test_every_artifact_of_validation_is_named() -> None:
    page = (REPOSITORY / "docs/validation.md").read_text()
    for name in ("validation", "baseline", "validate", "watch"):
        assert f"schemas/{name}.json" in page
        assert (SOURCE / "schemas" / f"{name}.json").is_file()


def test_every_kind_and_verdict_of_validation_has_a_row() -> None:
    page = (REPOSITORY / "docs/validation.md").read_text()
    rows = set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE))
    assert rows == {*KINDS, *(verdict.value for verdict in Verdict)}
