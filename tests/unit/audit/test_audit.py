"""The audit as a whole: counts, blocks, order, and the four forms that it's written in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.audit.support import audit_of
from tfhoist.audit.artifact import to_json
from tfhoist.audit.markdown import code, escape, render_markdown
from tfhoist.audit.model import Audit, Counts
from tfhoist.audit.sarif import to_sarif
from tfhoist.audit.text import render_text
from tfhoist.diagnostics import Severity
from tfhoist.placement.model import Placed, Side
from tfhoist.rules import RULES

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "src/tfhoist/schemas/audit.json").read_text())
SECRET = "hunter2-correct-horse"

FILES: dict[str, str | bytes] = {
    "main.tf": f"""
        variable "environment" {{}}
        variable "db_password" {{
          sensitive = true
        }}
        resource "aws_lb" "main" {{
          name = "x|y-${{var.environment}}"
        }}
        resource "aws_lb" "main" {{
          name = var.db_password
        }}
        resource "aws_db_instance" "db" {{
          identifier = "db-${{var.db_password}}"
          password   = "{SECRET}"
          url        = "postgres://admin:{SECRET}@db.hokus.ai:5432/x"
        }}
        data "aws_vpc" "main" {{
          id = "vpc-0123456789abcdef0"
        }}
        module "m" {{
          source = "./m"
        }}
        output "a" {{
          value = "<b>\\u001b[31m</b>"
        }}
        output "b" {{
          value = local.gone
        }}
    """,
    "b.tf.json": '{"variable": {"x": {}}}',
    "m/main.tf": 'resource "aws_vpc" "v" {}\nvariable "y" {}\noutput "z" {\n  value = 1\n}',
    "staging.tfvars": f'environment = "staging"\ndb_password = "{SECRET}"',
    "production.tfvars": f'environment = "production"\ndb_password = "{SECRET}"',
    "notes.tfstate": f'{{"password": "{SECRET}"}}',
}


@pytest.fixture(scope="module")
def report() -> Audit:
    placement = {"aws_lb.main": Placed(Side.CENTRAL, ("rule x: <because>",)), "module.m": Placed(Side.LOCAL, ())}
    return audit_of(FILES, placement=placement, sides_of_data={"data.aws_vpc.main": "both"})


def test_counts_are_of_the_root_alone_and_of_definitions(report: Audit) -> None:
    assert report.counts == Counts(resources=3, data=1, modules=1, outputs=2, variables=3, files=2)


def test_an_address_defined_twice_is_listed_twice(report: Audit) -> None:
    assert [(b.address, b.kind, b.side, str(b.range)) for b in report.blocks] == [
        ("aws_lb.main", "resource", "central", "main.tf:5"),
        ("aws_lb.main", "resource", "central", "main.tf:8"),
        ("aws_db_instance.db", "resource", None, "main.tf:11"),
        ("data.aws_vpc.main", "data", "both", "main.tf:16"),
        ("module.m", "module", "local", "main.tf:19"),
    ]


def test_findings_are_in_order(report: Audit) -> None:
    assert list(report.findings) == sorted(report.findings, key=lambda finding: finding.order())
    assert [finding.severity for finding in report.findings][:1] == [Severity.ERROR]


def test_every_finding_names_a_rule(report: Audit) -> None:
    assert {finding.id for finding in report.findings} <= {rule.id for rule in RULES}


def test_the_artifact_fits_its_schema(report: Audit) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(to_json(report))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["schema"] == "tfhoist/audit/1"
    assert next(iter(document)) == "schema"
    assert document["environments"] == ["production", "staging"] or document["environments"] == [
        "staging",
        "production",
    ]
    assert to_json(report).endswith(b"}\n")


def test_the_schema_lists_what_the_model_has(report: Audit) -> None:
    document = json.loads(to_json(report))
    for name, one in (
        ("block", document["blocks"]),
        ("dependency", document["dependencies"]),
        ("finding", document["findings"]),
    ):
        assert set(SCHEMA["$defs"][name]["properties"]) - {"witness"} == set(one[0]) - {
            "witness"
        }  # not every one has it
        assert set(SCHEMA["$defs"][name]["required"]) == set(one[0])
    assert set(SCHEMA["properties"]) == set(document)


def test_the_same_input_gives_the_same_bytes(report: Audit) -> None:
    turned = dict(reversed(FILES.items()))
    placement = {"module.m": Placed(Side.LOCAL, ()), "aws_lb.main": Placed(Side.CENTRAL, ("rule x: <because>",))}
    again = audit_of(turned, placement=placement, sides_of_data={"data.aws_vpc.main": "both"})
    for render in (to_json, to_sarif, render_markdown, render_text):
        assert render(again) == render(report)


def test_no_secret_is_in_any_output(report: Audit) -> None:
    outputs = [
        to_json(report).decode(),
        to_sarif(report).decode(),
        render_markdown(report),
        render_text(report),
        repr(report),
    ]
    assert {finding.id for finding in report.findings} >= {
        "secret-in-tfvars",
        "secret-in-configuration",
        "state-file-in-folder",
    }
    assert [output for output in outputs if SECRET in output] == []


def test_sarif_has_every_rule_and_a_result_for_each_finding(report: Audit) -> None:
    document: Any = json.loads(to_sarif(report))
    [run] = document["runs"]
    assert document["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.id
        assert result["level"] == finding.severity.value
        if finding.range is not None:
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uri"] == finding.range.file
            assert place["region"] == {"startLine": finding.range.start_line, "endLine": finding.range.end_line}
    fingerprints = [result["partialFingerprints"]["finding/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)


def test_sarif_escapes_file_names() -> None:
    document: Any = json.loads(to_sarif(audit_of({"main.tf": "", "a b#.tf.bak": ""})))
    [result] = document["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%23.tf.bak"


def test_the_text_has_each_block_finding_and_nothing_for_a_terminal_to_run(report: Audit) -> None:
    text = render_text(report)
    assert text.startswith("3 resources, 1 data source, 1 module call, 2 outputs and 3 variables in 2 files\n")
    assert all(finding.summary in text for finding in report.findings)
    assert "x|y-{environment}; internet-facing" in text
    assert "\x1b" not in text
    assert "\x1b[1;31merror[duplicate-address]\x1b[0m" in render_text(report, colour=True)


def test_control_characters_do_not_reach_a_terminal() -> None:
    text = render_text(audit_of('resource "aws_lb" "a" {\n  name = "x\\u001b[31m\\u0007y"\n}'), colour=False)
    assert "\x1b" not in text
    assert "\x07" not in text


def test_tables_in_markdown_hold_together(report: Audit) -> None:
    lines = render_markdown(report).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
    widths = [len(line.replace("\\|", "").split("|")) for line in rows]
    assert set(widths) <= {4, 6, 8}
    assert "rule x: &lt;because&gt;" in "\n".join(lines)
    assert "staging: `x\\|y-staging`" in "\n".join(lines)


def test_markdown_reads_back_as_it_was_meant() -> None:
    from markdown_it import MarkdownIt

    hostile = "a|b `c` <script>*x*</script> [l](u) _m_ \\ ~d~\nnext"
    table = f"| A | B |\n| --- | --- |\n| {escape(hostile)} | {code(hostile)} |\n"
    html = MarkdownIt("commonmark").enable("table").render(table)
    flat = "a|b `c` &lt;script&gt;*x*&lt;/script&gt; [l](u) _m_ \\ ~d~ next"
    assert f"<td>{flat}</td>" in html
    assert f"<td><code>{flat}</code></td>" in html
    assert html.count("<td>") == 2


def test_a_clean_root_says_so() -> None:
    report = audit_of('resource "aws_sns_topic" "a" {\n  name = "a"\n}')
    assert render_text(report).endswith("\n\n0 errors, 0 warnings, 0 notes\n")
    assert "None were found." in render_markdown(report)


def test_an_audit_is_fast() -> None:
    rule = 'resource "aws_lb_listener_rule" "r{0}" {{\n  listener_arn = aws_lb_listener.a.arn\n  priority = {0}\n}}\n'
    files = {
        "main.tf": 'variable "environment" {}\nresource "aws_lb_listener" "a" {\n}\n'
        + "".join(map(rule.format, range(300))),
        **{f"{name}.tfvars": f'environment = "{name}"' for name in ("development", "staging", "production")},
    }
    start = time.perf_counter()
    report = audit_of(files)
    assert time.perf_counter() - start < 2
    assert len(report.blocks) == 301
