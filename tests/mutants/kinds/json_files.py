"""Files in JSON: values (`.tfvars.json`) and configuration (`.tf.json`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.mutants.registry import Draft, Group
from tests.mutants.results import Result

GROUP = Group("json")

VALUES = ".tfvars.json"
CONFIGURATION = ".tf.json"

Place = tuple[str, dict[str, Any], dict[str, Any], str]
"""A file, its document, and an object in it with one of its keys."""


def places(result: Result, ending: str) -> list[Place]:
    """Every key of every object in the files of one sort, each in a document of its own."""

    def inside(document: Any) -> Iterator[tuple[dict[str, Any], str]]:
        if isinstance(document, dict):
            for key, value in document.items():
                yield document, key
                yield from inside(value)
        elif isinstance(document, list):
            for item in document:
                yield from inside(item)

    found: list[Place] = []
    for path in result.now:
        if path.endswith(ending):
            for number, _ in enumerate(inside(json.loads(result.files[path]))):
                document = json.loads(result.files[path])
                found.append((path, document, *list(inside(document))[number]))
    return found


def changing(
    ending: str, change: Callable[[dict[str, Any], str, Random], bool]
) -> Callable[[Result, Random], Draft | None]:
    """A kind that changes one key of an object; `change` says whether it could."""

    def make(result: Result, random: Random) -> Draft | None:
        found = places(result, ending)
        random.shuffle(found)
        for path, document, holder, key in found:
            if change(holder, key, random):
                text = json.dumps(document, indent=2).encode() + b"\n"
                return Draft({path: text}, None, f"{path}: {key}")
        return None

    return make


def other_value(holder: dict[str, Any], key: str, random: Random) -> bool:
    """Another value of the same type, where it's none of the nesting."""
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = value + 1
    elif isinstance(value, str):
        holder[key] = f"{value}x"
    elif isinstance(value, list) and len(value) > 1:
        holder[key] = value[::-1]
    else:
        return False
    return True


def other_type(holder: dict[str, Any], key: str, random: Random) -> bool:
    """A list in place of a value, or null."""
    if isinstance(holder[key], dict | list):
        return False
    holder[key] = random.choice(([holder[key], "x"], None)) if holder[key] is not None else "x"
    return True


def dropped(holder: dict[str, Any], key: str, random: Random) -> bool:
    """The key is gone."""
    del holder[key]
    return True


def renamed(holder: dict[str, Any], key: str, random: Random) -> bool:
    """The key has another name."""
    holder[f"{key}_2"] = holder.pop(key)
    return True


for _ending, _name, _what in (
    (VALUES, "json-value", "a value in a file of values in JSON"),
    (CONFIGURATION, "json-argument", "something in a configuration file in JSON"),
):
    GROUP.add(f"{_name}-changed", f"{_what} is another one", changing(_ending, other_value))
    GROUP.add(f"{_name}-of-another-type", f"{_what} has another type", changing(_ending, other_type))
    GROUP.add(f"{_name}-dropped", f"{_what} is gone", changing(_ending, dropped))
    GROUP.add(f"{_name}-renamed", f"{_what} has another name", changing(_ending, renamed))


def values_added(result: Result, random: Random) -> Draft | None:
    """A new file of values, which Terraform reads by itself."""
    names = sorted(
        (place.path.rpartition("/")[0], place.block.labels[0])
        for place in result.blocks
        if place.top == "variable"
        and len(place.blocks) == 1
        and (result.in_central_root(place.path) or result.in_service_root(place.path))
    )
    if not names:
        return None
    folder, name = random.choice(names)
    path = f"{folder}/{random.choice(('terraform.tfvars.json', 'zz.auto.tfvars.json'))}"
    if path in result.files:
        return None
    return Draft({path: json.dumps({name: "added"}).encode()}, None, f"{path} sets {name}")


def move_added(result: Result, random: Random) -> Draft:
    """A block of the language itself that nothing in the native files says."""
    folder = random.choice((result.module, result.root, *result.folders))
    resources = sorted(
        " ".join(place.block.labels).replace(" ", ".")
        for place in result.blocks
        if place.top == "resource" and len(place.blocks) == 1 and place.path.startswith(folder)
    )
    address = random.choice(resources) if resources else "aws_sqs_queue.q"
    block: dict[str, Any] = random.choice(
        (
            {"moved": {"from": f"{address}_before", "to": address}},
            {"import": [{"to": address, "id": "x"}]},
            {"removed": {"from": f"{address}_before", "lifecycle": {"destroy": True}}},
            {"terraform": {"backend": {"local": {"path": "elsewhere.tfstate"}}}},
            {"provider": {"aws": {"region": "eu-west-3", "alias": "added"}}},
        )
    )
    return Draft({f"{folder}added.tf.json": json.dumps(block).encode()}, None, f"{folder}added.tf.json")


GROUP.add("json-values-added", "a new file of values in JSON gives a variable another value", values_added)
GROUP.add("json-block-added", "a new file in JSON moves, imports, removes, or has settings", move_added)
