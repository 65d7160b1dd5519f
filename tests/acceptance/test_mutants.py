"""The proof finds mistakes: a few of every kind, made in the consolidated example and in small roots. `make mutants` makes thousands."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY
from tests.mutants.equivalents import EQUIVALENTS, explain
from tests.mutants.kinds import KINDS
from tests.mutants.registry import Draft
from tests.mutants.results import Changes, Result
from tests.mutants.run import BAD, CRASHED, EXPLAINED, FALSE_ALARM, HELD, KILLED, SURVIVED, Mutant, diff, judge, mutants
from tests.mutants.subjects import names, result
from tools.mutants import main

EACH = 4
SEED = 11


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    work = tmp_path_factory.mktemp("mutants")
    return [result(name, work) for name in names()]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_mistake_of_a_kind_is_found(name: str, results: list[Result]) -> None:
    kind = KINDS[name]
    made = mutants(results, [kind], EACH, SEED)
    assert made, "the kind can be made nowhere: give a root what it needs"
    by_name = {one.name: one for one in results}
    wrong = [
        (outcome.what, outcome.detail, diff(outcome.mutant, by_name[outcome.mutant.result]))
        for outcome in (judge(mutant, by_name[mutant.result]) for mutant in made)
        if outcome.what in BAD
    ]
    assert wrong == []


def test_there_are_enough_kinds() -> None:
    assert len([kind for kind in KINDS.values() if not kind.harmless]) >= 40


def test_the_same_seed_makes_the_same_mutants(results: list[Result]) -> None:
    kinds = list(KINDS.values())[::9]
    assert mutants(results, kinds, 40, 3) == mutants(results, kinds, 40, 3)
    assert mutants(results, kinds, 40, 3) != mutants(results, kinds, 40, 4)


def test_each_outcome_can_happen(results: list[Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the harness itself says: a change without meaning under a harmful kind survives, and so on."""
    one = next(result for result in results if result.name == "counts")
    path = f"{one.module}alb.tf"
    comment: Changes = {path: one.files[path] + b"# more\n"}
    broken: Changes = {path: one.files[path].replace(b"8000", b"8001")}
    assert judge(Mutant("text-changed", one.name, "", comment, ""), one).what == SURVIVED
    assert judge(Mutant("text-changed", one.name, "", comment, "layout"), one).what == EXPLAINED
    assert judge(Mutant("text-changed", one.name, "", broken, "layout"), one).what == KILLED
    assert judge(Mutant("comment-added", one.name, "", comment, ""), one).what == HELD
    assert judge(Mutant("comment-added", one.name, "", broken, ""), one).what == FALSE_ALARM
    monkeypatch.setattr("tests.mutants.run.prove", lambda subject: 1 / 0)
    assert judge(Mutant("text-changed", one.name, "", broken, ""), one).what == CRASHED


def test_an_explanation_is_of_what_changed(results: list[Result]) -> None:
    """A reason that fits one change doesn't cover another in the same mutant."""
    one = next(result for result in results if result.name == "counts")
    path = f"{one.module}outputs.tf"
    described = re.sub(rb'description = "[^"]*"', b'description = "x"', one.files[path])
    assert explain(one, Draft({path: described}, None, "")) == "description"
    assert explain(one, Draft({path: described.replace(b"dns_name", b"arn")}, None, "")) == ""


def rows(heading: str) -> dict[str, str]:
    """A table of docs/proof.md: its first two columns."""
    page = (REPOSITORY / "docs" / "proof.md").read_text()
    section = page.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
    found = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return {name.strip("`"): what for name, what in found if name not in ("kind", "reason")}


def test_every_kind_and_every_reason_is_documented() -> None:
    kinds = {kind.name: kind.what for kind in KINDS.values()}
    assert rows("Kinds of mistakes") == kinds
    assert rows("Why a mutant may survive") == {one.name: one.reason for one in EQUIVALENTS}


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "--count",
                "6",
                "--kind",
                "output-renamed",
                "--kind",
                "comment-added",
                "--root",
                "pins",
                "--processes",
                "1",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert re.search(r"output-renamed +\d+ / \d+", out)
    assert re.search(r"killed \d+ of \d+, 0 equivalent, 0 survived; \d+ of \d+ harmless changes held", out)
