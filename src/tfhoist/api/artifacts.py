"""The JSON artifacts of a consolidation, each with its schema's name first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.consolidation.model import ConsolidationPlan
from tfhoist.diagnostics import SourceRange
from tfhoist.engine.report import EngineReport
from tfhoist.engine.verdict import worst
from tfhoist.findings import Refusal
from tfhoist.placement.model import Placement, Side
from tfhoist.proof import Proof
from tfhoist.settings.model import Settings

CONSOLIDATION = "tfhoist/consolidation/1"
PROOF = "tfhoist/proof/1"


def encode(document: Mapping[str, Any]) -> bytes:
    """A document as indented JSON, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(document, enc_hook=_hook), indent=2) + b"\n"


def _hook(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise NotImplementedError(type(value).__name__)


def range_json(place: SourceRange | None) -> dict[str, Any] | None:
    """A range as the artifacts have it."""
    if place is None:
        return None
    return {"file": place.file, "start_line": place.start_line, "end_line": place.end_line}


def refusal_json(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the artifacts have it."""
    return {
        "id": refusal.id,
        "address": refusal.address,
        "range": range_json(refusal.range),
        "summary": refusal.summary,
        "advice": refusal.advice,
    }


def consolidation_json(
    settings: Settings,
    environments: tuple[EnvironmentSettings, ...],
    service_root: str,
    placement: Placement,
    plan: ConsolidationPlan | None,
    refusals: tuple[Refusal, ...],
    hashes: Mapping[str, str],
    way_out: Mapping[str, Side],
) -> bytes:
    """`consolidation.json`: what a reviewer reads, and what `prove` needs to know about the input."""
    boundary = plan.boundary if plan is not None else None
    document: dict[str, Any] = {
        "schema": CONSOLIDATION,
        "service": settings.service.name,
        "service_root": service_root,
        "central": {
            "repository": settings.central.repository,
            "module_folder": plan.module_folder if plan is not None else None,
            "remote_state": plan.remote_state if plan is not None else None,
        },
        "environments": [
            {
                "name": one.name,
                "central_folder": plan.central_folders[one.name] if plan is not None else "",
                "var_files": list(one.var_files),
                "workspace": one.workspace,
                "backend_config": list(one.backend_config),
                "variables": dict(one.variables),
                "backend": dict(one.backend),
            }
            for one in environments
        ],
        "resolve": {resolve.address: resolve.keep for resolve in settings.resolve},
        "placement": {
            address: {"side": placed.side.value, "reasons": list(placed.reasons)}
            for address, placed in sorted(placement.items())
        },
        "boundary": {
            "downlinks": [msgspec.to_builtins(link) for link in boundary.downlinks] if boundary else [],
            "uplinks": [msgspec.to_builtins(link) for link in boundary.uplinks] if boundary else [],
            "orderings": [msgspec.to_builtins(note) for note in boundary.orderings] if boundary else [],
        },
        "interface": {
            "variables": [
                {"name": v.name, "type": v.type, "sensitive": v.sensitive, "origin": v.origin}
                for v in (plan.variables if plan is not None else ())
            ],
            "outputs": [
                {
                    "name": output.name,
                    "expression": output.expression,
                    "sensitive": output.sensitive,
                    "consumers": list(output.consumers),
                }
                for output in (boundary.outputs if boundary else ())
            ],
        },
        "imports": {
            name: {
                "blocks": len(found.blocks),
                "not_imported": [{"address": one.address, "why": one.why} for one in found.left],
                "unknown_to_import": [
                    {"address": one.address, "arguments": list(one.unknown)} for one in found.blocks if one.unknown
                ],
            }
            for name, found in (plan.imports if plan is not None else {}).items()
        },
        "assumptions": list(plan.assumptions) if plan is not None else [],
        "refusals": [refusal_json(refusal) for refusal in refusals],
        **({"way_out": {address: str(side) for address, side in sorted(way_out.items())}} if way_out else {}),
        "files": dict(hashes),
    }
    return encode(document)


def proof_json(proof: Proof, engine: EngineReport | None = None) -> bytes:
    """`proof.json`: the symbolic proof, and what an engine's plans showed. The verdict at the top is the worse of the two."""
    document: dict[str, Any] = {"schema": PROOF, **msgspec.to_builtins(proof)}
    if engine is not None:
        document["verdict"] = worst((proof.verdict, engine.verdict))
        document["engine"] = msgspec.to_builtins(engine)
    return encode(document)
