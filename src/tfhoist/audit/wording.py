"""How the renderings put names, sides and counts into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from tfhoist.audit.model import Audit, AuditedBlock
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.inventory import CATEGORIES

DEPENDENCIES = {
    "remote-state": "States of other roots that are read",
    "lookup": "Existing things that are looked up",
    "secret": "Secrets and parameters that are read",
    "account": "Accounts that are named",
    "domain": "Hosts without a record in this root",
    "literal-id": "Things named by their id",
    "service-discovery": "Names that others resolve",
    "port": "Where targets listen",
    "connection": "Who may reach whom",
    "peering": "Networks that are joined",
}
"""The kinds of dependencies, in the order in which they're shown."""

_PLURALS = {
    "resource": "resources", "data source": "data sources", "module call": "module calls", "output": "outputs",
    "variable": "variables", "file": "files", "error": "errors", "warning": "warnings", "note": "notes",
}  # fmt: skip


PLACEHOLDER = "{environment}"


def number_of(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun if number == 1 else _PLURALS[noun]}"


def counts(audit: Audit) -> str:
    """How much the root declares, as one line."""
    one = audit.counts
    parts = [
        number_of(one.resources, "resource"),
        number_of(one.data, "data source"),
        number_of(one.modules, "module call"),
        number_of(one.outputs, "output"),
        number_of(one.variables, "variable"),
    ]
    return f"{', '.join(parts[:-1])} and {parts[-1]} in {number_of(one.files, 'file')}"


def severities(audit: Audit) -> str:
    """How many findings there are of each severity."""
    found = [finding.severity for finding in audit.findings]
    return ", ".join(number_of(found.count(severity), severity.value) for severity in Severity)


def categories(audit: Audit) -> list[tuple[str, list[AuditedBlock]]]:
    """The blocks by category, in the PRD's order; each category's in the order of types, names and places."""
    found: list[tuple[str, list[AuditedBlock]]] = []
    for category, title in CATEGORIES.items():
        blocks = [block for block in audit.blocks if block.category == category]
        if blocks:
            found.append((title, sorted(blocks, key=lambda block: (_KINDS[block.kind], block.address, block.range))))
    return found


_KINDS = {"resource": 0, "module": 1, "data": 2}


def per_environment(
    texts: Mapping[str, str], environments: Sequence[str], *, patterns: bool = False
) -> list[tuple[str, str]]:
    """A text for each environment, put together where they agree: `("", text)` for all of them, else with their names.

    With `patterns`, texts that differ only by the environment's own name agree: `hokusai-api-{environment}`.
    """
    known = [name for name in environments if name in texts]
    grouped: dict[str, list[str]] = {}
    for name in known:
        grouped.setdefault(texts[name], []).append(name)
    if patterns and len(grouped) > 1:
        patterned = {texts[name].replace(name, PLACEHOLDER) for name in known if name}
        if len(patterned) == 1:
            grouped = {patterned.pop(): known}
    if len(grouped) == 1 and len(known) == len(environments):
        return [("", next(iter(grouped)))]
    return [(", ".join(names), text) for text, names in grouped.items()]


def alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings in their order, those of one rule and with the same advice together."""
    return [list(group) for _, group in groupby(findings, key=lambda f: (f.severity, f.id, f.advice))]
