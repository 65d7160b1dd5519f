"""Syntax, references, layout, edits and variable files over random configuration."""

from __future__ import annotations

import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.language import EXPRESSIONS, VALUES, Made, bodies, written
from tfhoist.configuration.environments import read_assignments
from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.parser import parse_expression
from tfhoist.hcl.references import Reference, references_of
from tfhoist.hcl.syntax import parse_file
from tfhoist.hcl.tokens import Kind, tokenize
from tfhoist.values.functions import plain
from tools.random_edits import check, random_edits

QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
BATCH = 60
"""Inputs that one call of Terraform is given: a call costs as much as a hundred of them."""


@QUICK
@given(EXPRESSIONS)
def test_expressions_hold_the_references_that_they_were_made_of(made: Made) -> None:
    source = made.text.encode()
    found: list[Reference] = []
    references_of(parse_expression(source, 0, len(source)), found)
    assert sorted(source[reference.start : reference.end].decode() for reference in found) == sorted(made.references)


@QUICK
@given(bodies())
def test_bodies_hold_the_references_that_they_were_made_of(made: Made) -> None:
    file = parse_file("main.tf", made.text.encode())
    assert not file.diagnostics
    assert sorted(file.text(reference.start, reference.end) for reference in file.references) == sorted(made.references)


@QUICK
@given(bodies())
def test_ranges_are_exact(made: Made) -> None:
    """What a range holds parses to the same again: an argument's value, a block by itself."""
    file = parse_file("main.tf", made.text.encode())
    pending = [file.body]
    while pending:
        body = pending.pop()
        for attribute in body.attributes:
            text = file.source[attribute.value_start : attribute.value_end] + b"\n"
            again = parse_expression(text, 0, len(text))
            assert type(again) is type(attribute.expression)
            assert again.end - again.start == attribute.expression.end - attribute.expression.start
        for block in body.blocks:
            alone = parse_file("main.tf", file.source[block.start : block.end] + b"\n")
            assert [(b.type, b.labels) for b in alone.body.blocks] == [(block.type, block.labels)]
            pending.append(block.body)


@QUICK
@given(
    st.one_of(
        bodies().map(lambda made: made.text.encode()), st.binary(max_size=80), st.text(max_size=60).map(str.encode)
    )
)
def test_tokens_cover_everything(source: bytes) -> None:
    """In order, apart, and with nothing but blanks between them."""
    position = 3 if source.startswith(b"\xef\xbb\xbf") else 0
    tokens = tokenize(source)
    for token in tokens:
        assert position <= token.start <= token.end
        assert not source[position : token.start].strip(b" \t")
        position = token.end
    assert position == len(source)
    assert tokens[-1].kind is Kind.END


@QUICK
@given(
    st.one_of(
        st.binary(max_size=200), st.text(st.sampled_from('ab=1 "{}[]()$%<-.,:?#/*~\n\\é'), max_size=120).map(str.encode)
    )
)
def test_any_bytes_parse_or_have_a_diagnostic(source: bytes) -> None:
    file = parse_file("main.tf", source)
    if file.diagnostics:
        [diagnostic] = file.diagnostics
        assert diagnostic.summary
        assert diagnostic.advice
        assert diagnostic.range is not None
    format_source(source)


@QUICK
@given(bodies())
def test_formatting_twice_is_formatting_once(made: Made) -> None:
    once = format_source(made.text.encode())
    assert format_source(once) == once
    assert not parse_file("main.tf", once).diagnostics


@settings(QUICK, max_examples=60)
@given(bodies(), st.integers(0, 2**32))
def test_edits_leave_the_rest(made: Made, seed: int) -> None:
    file = parse_file("main.tf", made.text.encode())
    check(file, random_edits(file, random.Random(seed)))


def test_a_thousand_edits_of_the_examples(examples: Path) -> None:
    """The full form is `make bench BENCH="--only edits --edits 10000"`, over any folder."""
    files = [parse_file(str(path), path.read_bytes()) for path in sorted(examples.rglob("*.tf"))]
    draw = random.Random(3)
    done = 0
    while done < 1_000:
        file = draw.choice(files)
        edits = random_edits(file, draw)
        check(file, edits)
        done += len(edits)


def sample(strategy: st.SearchStrategy, count: int) -> list:
    """So many examples of a strategy, the same ones each time."""
    found: list = []

    @settings(max_examples=count, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def take(value: object) -> None:
        found.append(value)

    take()
    return found


@pytest.mark.terraform
def test_formatting_is_terraforms(tmp_path: Path) -> None:
    sources = [made.text.encode() for made in sample(bodies(), BATCH)]
    for number, source in enumerate(sources):
        (tmp_path / f"f{number}.tf").write_bytes(source)
    for _ in range(4):  # each run takes one level of "${"${x}"}" off; ours is what they come to
        subprocess.run(["terraform", "fmt", "-list=false"], cwd=tmp_path, check=True, capture_output=True)
    for number, source in enumerate(sources):
        assert format_source(source) == (tmp_path / f"f{number}.tf").read_bytes(), source


@pytest.mark.terraform
def test_variable_files_are_terraforms(tmp_path: Path) -> None:
    values = sample(VALUES, BATCH)
    text = "".join(f"v{number} = {written(value)}\n" for number, value in enumerate(values))
    (tmp_path / "terraform.tfvars").write_text(text)
    names = [f"v{number}" for number in range(len(values))]
    declared = "".join(f'variable "{name}" {{\n  type = any\n}}\n' for name in names)
    outputs = "".join(f'output "{name}" {{\n  value = jsonencode(var.{name})\n}}\n' for name in names)
    (tmp_path / "main.tf").write_text(declared + outputs)
    for command in (["init"], ["apply", "-auto-approve"]):
        subprocess.run(["terraform", *command, "-no-color"], cwd=tmp_path, check=True, capture_output=True)
    answer = subprocess.run(["terraform", "output", "-json"], cwd=tmp_path, check=True, capture_output=True)
    theirs = {
        name: json.loads(output["value"], parse_float=Decimal) for name, output in json.loads(answer.stdout).items()
    }
    ours = {a.name: a.value for a in read_assignments("terraform.tfvars", text.encode(), [])}
    for name in names:
        mine = json.loads(json.dumps(plain(ours[name])), parse_float=Decimal)
        assert mine == theirs[name], (name, text)
