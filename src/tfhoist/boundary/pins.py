"""Pinned inputs: the values of uplinks, captured from each environment's state.

Only identities are pinned (id, arn, name and their like, and lists, maps and objects of them): what names a thing and changes only
when it's replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tfhoist.boundary.model import Pin, Pinned
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Declaration, Module
from tfhoist.findings import Refusal
from tfhoist.hcl.references import Reference
from tfhoist.state.identities import Identities, identities_of, pinned_value
from tfhoist.state.snapshot import Snapshot


class PinRequest(NamedTuple):
    """An uplink that asks for a value: the variable's name, and the reference.

    `all_of` has the value among others, for one instance of a block with `count` (a splat) or `for_each` (a map by key); "" where
    there's no such thing. The instance may not be there in every environment, or which one it is may not be known: then only all
    of them can be captured. `type` is that of objects, which their values don't tell.
    """

    variable: str
    expression: str
    declaration: Declaration
    reference: Reference
    producer: str
    all_of: str = ""
    type: str = ""


def pin_values(
    module: Module,
    requests: tuple[PinRequest, ...],
    environments: tuple[Environment, ...],
    snapshots: Mapping[str, Snapshot],
) -> tuple[dict[str, Pin], list[Refusal]]:
    """The value of each request in each environment; a refusal for what the states don't tell."""
    pins: dict[str, Pin] = {}
    known: dict[str, Identities] = {name: identities_of(snapshot) for name, snapshot in snapshots.items()}
    alone = [request for request in requests if not request.all_of or _told_alone(module, request, environments, known)]
    refusals: list[Refusal] = []
    for request in requests:
        values: dict[str, Pinned] = {}
        expression = request.expression if request in alone else request.all_of
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
            value = pinned_value(module, environment, identities, expression)
            if value is None:
                refusals.append(
                    Refusal(
                        id="pin-not-an-identity",
                        address=request.declaration.address,
                        range=place,
                        summary=f"{request.expression} can't be pinned: the state{shown} has no identity (id, arn, name or another "
                        "attribute that never changes) for it." + _of_none(module, request.producer, identities),
                        advice=f"Place {request.producer} and {request.declaration.address} on one side.",
                    )
                )
                continue
            values[environment.name] = value
        kinds = {request.type} if request.type else {_type_of(value) for value in values.values()}
        kind = next(iter(kinds), "string")
        if len(kinds) <= 1 and kind is not None:
            pins[request.variable] = Pin(request.variable, expression, kind, values)
        else:
            refusals.append(
                Refusal(
                    id="pin-not-an-identity",
                    address=request.declaration.address,
                    range=request.declaration.file.range(request.reference.start, request.reference.end),
                    summary=f"{expression} can't be pinned: its values have different types, in one environment or between them.",
                    advice=f"Place {request.producer} and {request.declaration.address} on one side.",
                )
            )
    return pins, refusals


def _type_of(value: Pinned) -> str | None:
    """The type of a captured value; None where its items are of different types."""
    if isinstance(value, str):
        return "string"
    kinds = {_type_of(item) for item in (value.values() if isinstance(value, dict) else value)} or {"string"}
    kind = kinds.pop()
    return None if kinds or kind is None else f"{'map' if isinstance(value, dict) else 'list'}({kind})"


def _told_alone(
    module: Module,
    request: PinRequest,
    environments: tuple[Environment, ...],
    known: Mapping[str, Identities],
) -> bool:
    """Whether the states tell the value by itself, or don't tell the list that has it either."""

    def told(expression: str) -> bool:
        return all(
            environment.name not in known
            or pinned_value(module, environment, known[environment.name], expression) is not None
            for environment in environments
        )

    return told(request.expression) or not told(request.all_of)


def _of_none(module: Module, address: str, identities: Identities) -> str:
    """What to add where the state has no instance at all of a block with `count`."""
    declaration = module.get(address)
    if declaration is None or declaration.kind == "module" or declaration.body.attribute("count") is None:
        return ""
    mode = "data" if declaration.kind == "data" else "managed"
    own = ("", mode, declaration.type, declaration.name)
    if any((one.module, one.mode, one.type, one.name) == own for one in identities.instances):
        return ""
    return f" It has no instance of {address}, and the files don't tell that its `count` is 0."


def hcl_value(value: Any) -> str:
    """A pinned value as HCL."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
        return f'"{escaped}"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{hcl_value(key)} = {hcl_value(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(hcl_value(item) for item in value) + "]"
