"""Pinned inputs: the values of uplinks, captured from each environment's state.

Only identities are pinned (id, arn, name and their like, and lists of them): what names a thing and changes only when it's replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tfhoist.boundary.model import Pin
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.findings import Refusal
from tfhoist.hcl.references import Reference
from tfhoist.state.identities import Identities, identities_of, pinned_value
from tfhoist.state.snapshot import Snapshot


class PinRequest(NamedTuple):
    """An uplink that asks for a value: the variable's name, and the reference."""

    variable: str
    expression: str
    declaration: Declaration
    reference: Reference
    producer: str


def pin_values(
    module: Module,
    requests: tuple[PinRequest, ...],
    environments: tuple[Environment, ...],
    snapshots: Mapping[str, Snapshot],
) -> tuple[dict[str, Pin], list[Refusal]]:
    """The value of each request in each environment; a refusal for what the states don't tell."""
    pins: dict[str, Pin] = {}
    refusals: list[Refusal] = []
    known: dict[str, Identities] = {name: identities_of(snapshot) for name, snapshot in snapshots.items()}
    for request in requests:
        values: dict[str, str | tuple[str, ...]] = {}
        for environment in environments:
            place = request.declaration.file.range(request.reference.start, request.reference.end)
            shown = f" of environment {environment.name!r}" if environment.name else ""
            identities = known.get(environment.name)
            if identities is None:
                refusals.append(
                    Refusal(
                        id="pin-without-state",
                        address=request.declaration.address,
                        range=place,
                        summary=f"{request.expression} would be a pinned input, and its value is only in the state{shown}.",
                        advice=f"Give the state with --state {environment.name or 'default'}=FILE (from `terraform state pull`), "
                        f"or place {request.producer} centrally.",
                    )
                )
                continue
            value = pinned_value(module, environment, identities, request.expression)
            if value is None:
                refusals.append(
                    Refusal(
                        id="pin-not-an-identity",
                        address=request.declaration.address,
                        range=place,
                        summary=f"{request.expression} can't be pinned: the state{shown} has no identity (id, arn, name or another "
                        "attribute that never changes) for it.",
                        advice=f"Place {request.producer} and {request.declaration.address} on one side.",
                    )
                )
                continue
            values[environment.name] = value
        kinds = {isinstance(value, str) for value in values.values()}
        kind = "string" if kinds == {True} else "list(string)"
        if len(kinds) <= 1:
            pins[request.variable] = Pin(request.variable, request.expression, kind, values)
    return pins, refusals


def hcl_value(value: Any) -> str:
    """A pinned value as HCL."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
        return f'"{escaped}"'
    return "[" + ", ".join(hcl_value(item) for item in value) + "]"
