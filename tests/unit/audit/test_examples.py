"""The examples: one that is sound, and the same as people left it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tfhoist.audit.audit import audit
from tfhoist.audit.model import Audit
from tfhoist.configuration.environments import discover, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.diagnostics import Severity
from tfhoist.graph import Graph
from tfhoist.state.snapshot import read_snapshot


def audit_folder(folder: Path, states: Mapping[str, Path]) -> Audit:
    tree = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    module = load_module(tree)
    environments = tuple(read_environment(tree, module, settings)[0] for settings in discover(tree, module))
    snapshots = {name: read_snapshot(path.read_bytes(), name) for name, path in states.items()}
    return audit(Graph(module), environments, {}, {}, tree, snapshots)


@pytest.fixture(scope="module")
def conflicted(examples: Path) -> Audit:
    return audit_folder(examples / "data-pipeline-conflicted", {})


def test_the_example_has_no_errors(examples: Path) -> None:
    states = {path.stem: path for path in (examples / "states" / "data-pipeline").glob("*.tfstate")}
    report = audit_folder(examples / "data-pipeline", states)
    assert report.environments == ("development", "staging", "production")
    assert [finding.summary for finding in report.findings if finding.severity is Severity.ERROR] == []
    assert [finding.summary for finding in report.findings if "state" in finding.id] == []


def test_the_conflicts_are_found(conflicted: Audit) -> None:
    found: dict[str, list[str | None]] = {}
    for finding in conflicted.findings:
        if finding.severity is Severity.ERROR:
            found.setdefault(finding.id, []).append(finding.address)
    assert found["duplicate-address"] == ["aws_lb_listener_rule.api_mlflow_proxy", "aws_lb_listener.https"]
    assert len(found["duplicate-real-name"]) == 4
    assert found["listener-port-conflict"] == ["aws_lb_listener.http_redirect"]
    assert len(found["plan-file-in-folder"]) == 1
    assert found["secret-in-tfvars"] == ["var.database_password", "var.api_secret_key"]


def test_equal_priorities_are_found(conflicted: Audit) -> None:
    found = {
        (finding.evidence["listener"], finding.evidence["priority"])
        for finding in conflicted.findings
        if finding.id == "equal-rule-priority"
    }
    assert found == {
        ("aws_lb_listener.http", "80"),
        *(("aws_lb_listener.https[0]", priority) for priority in ("40", "50", "80", "200")),
    }


def test_three_services_of_one_name_are_one_finding(conflicted: Audit) -> None:
    services = [
        f.addresses for f in conflicted.findings if f.id == "duplicate-real-name" and "aws_ecs_service" in f.summary
    ]
    assert ("aws_ecs_service.api_updated", "aws_ecs_service.api", "aws_ecs_service.api_health_fix") in services
