"""Root modules written in a test, and what the audit says of them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from tfhoist.audit.audit import audit
from tfhoist.audit.model import Audit
from tfhoist.configuration.environments import EnvironmentSettings, discover, read_environment
from tfhoist.configuration.load import all_modules, load_module
from tfhoist.findings import Finding
from tfhoist.graph import Graph
from tfhoist.placement.model import Placed
from tfhoist.state.snapshot import Snapshot, read_snapshot


def audit_of(
    files: Mapping[str, str | bytes] | str,
    *,
    states: Mapping[str, Snapshot] | None = None,
    placement: Mapping[str, Placed] | None = None,
    sides_of_data: Mapping[str, str] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Audit:
    """The audit of some files (or of `main.tf` alone). Texts are dedented, a newline at their beginning left out."""
    given = {"main.tf": files} if isinstance(files, str) else files
    tree = {
        path: textwrap.dedent(content).removeprefix("\n").encode() if isinstance(content, str) else content
        for path, content in given.items()
    }
    module = load_module(tree)
    assert [problem.render() for inner in all_modules(module) for problem in inner.diagnostics] == []
    settings = discover(tree, module)
    if variables:
        settings = tuple(
            EnvironmentSettings(name=one.name, var_files=one.var_files, variables=variables) for one in settings
        )
    environments = []
    for one in settings:
        environment, diagnostics = read_environment(tree, module, one)
        assert [problem.render() for problem in diagnostics] == []
        environments.append(environment)
    return audit(Graph(module), tuple(environments), placement or {}, sides_of_data or {}, tree, states or {})


def findings_of(rule: str, files: Mapping[str, str | bytes] | str, **options: Any) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in audit_of(files, **options).findings if finding.id == rule]


def places(finding: Finding) -> list[str]:
    """The ranges of a finding, as `file:first-last`."""
    return [f"{place.file}:{place.start_line}-{place.end_line}" for place in finding.ranges]


def state(*instances: tuple[str, Mapping[str, Any]]) -> Snapshot:
    """A snapshot of instances: each an address such as `module.vpc.aws_subnet.public` and the keys of its instance."""
    resources: dict[str, dict[str, Any]] = {}
    for address, instance in instances:
        *module, kind, name = address.split(".")
        resource = {"mode": "managed", "type": kind, "name": name, "provider": "", "instances": []}
        if module:
            resource["module"] = ".".join(module)
        resources.setdefault(address, resource)["instances"].append({"attributes": {}, **instance})
    document = {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": list(resources.values())}
    return read_snapshot(json.dumps(document).encode(), "test.tfstate")
