"""The findings in SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tfhoist.audit.model import Audit
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.rules import RULES

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "AUDITED"


class Kind(NamedTuple):
    """A kind of finding: its id, a name, a line, a paragraph, what to do, and how much it matters."""

    id: str
    name: str
    description: str
    full: str
    advice: str
    severity: Severity


def to_sarif(audit: Audit) -> bytes:
    """One run with every rule, and a result for each finding; file names are relative to the audited folder."""
    kinds = [
        Kind(
            rule.id, type(rule).__name__, rule.description, (type(rule).__doc__ or rule.description).strip(), rule.advice,
            rule.severity,
        )
        for rule in RULES
    ]  # fmt: skip
    return sarif(audit.tool.name, audit.tool.version, kinds, audit.findings, "The folder that was audited.")


def sarif(name: str, version: str, kinds: Sequence[Kind], findings: Sequence[Finding], base: str) -> bytes:
    """One run with every kind, and a result for each finding; `base` says what file names are relative to."""
    indices = {kind.id: number for number, kind in enumerate(kinds)}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": name,
                        "version": version,
                        "rules": [
                            {
                                "id": kind.id,
                                "name": kind.name,
                                "shortDescription": {"text": _sentence(kind.description)},
                                "fullDescription": {"text": kind.full},
                                "help": {
                                    "text": kind.advice,
                                    "markdown": f"**{_sentence(kind.description)}** {kind.advice}",
                                },
                                "defaultConfiguration": {"level": kind.severity.value},
                            }
                            for kind in kinds
                        ],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {_BASE: {"description": {"text": base}}},
                "results": [_result(finding, indices) for finding in findings],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _result(finding: Finding, indices: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {"ruleId": finding.id}
    if finding.id in indices:
        result["ruleIndex"] = indices[finding.id]
    result["level"] = finding.severity.value
    result["message"] = {"text": f"{_sentence(finding.summary)} {finding.advice}"}
    if finding.range is not None:
        location = _location(finding.range)
        if finding.address is not None:
            location["logicalLocations"] = [{"fullyQualifiedName": finding.address, "kind": "resource"}]
        result["locations"] = [location]
        others = [place for place in finding.ranges if place != finding.range]
        if others:
            result["relatedLocations"] = [{"id": n, **_location(place)} for n, place in enumerate(others, 1)]
    elif finding.address is not None:
        result["locations"] = [{"logicalLocations": [{"fullyQualifiedName": finding.address, "kind": "resource"}]}]
    result["partialFingerprints"] = {"finding/v1": _fingerprint(finding)}
    properties: dict[str, Any] = {"evidence": dict(sorted(finding.evidence.items()))} if finding.evidence else {}
    if finding.witness is not msgspec.UNSET:
        properties["witness"] = msgspec.to_builtins(finding.witness)
    if properties:
        result["properties"] = properties
    return result


def _location(place: SourceRange) -> dict[str, Any]:
    from urllib.parse import quote

    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file), "uriBaseId": _BASE},
            "region": {"startLine": place.start_line, "endLine": place.end_line},
        }
    }


def _fingerprint(finding: Finding) -> str:
    """What stays the same while lines move: the rule, the blocks, and the value or name at issue."""
    file = finding.range.file if finding.range is not None and not finding.addresses else ""
    parts = [
        finding.id,
        *finding.addresses,
        file,
        *(f"{k}={v}" for k, v in sorted(finding.evidence.items()) if k in _STABLE),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


_STABLE = ("value", "name", "argument", "variable", "listener", "priority", "load_balancer", "port", "file", "path")


def _sentence(text: str) -> str:
    stripped = text.strip()
    return stripped[:1].upper() + stripped[1:] + ("" if stripped.endswith((".", "!", "?")) else ".")
