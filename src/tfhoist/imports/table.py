"""The table of import ids: what is known of each resource type, and where that is documented."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tfhoist.imports.templates import Template, parse_template
from tfhoist.state.snapshot import Instance, ResourceState, attributes_of

_PROVIDER = re.compile(r'provider\["(?:[^"/]+/)?([^"/]+/[^"/]+)"\]')


class ImportFormat(msgspec.Struct, frozen=True):
    """How a type is imported: the id's form, its source, and arguments that an import can't know."""

    provider: str
    template: Template
    source: str
    only_in_state: tuple[str, ...] = ()


class Importable(msgspec.Struct, frozen=True):
    """An instance that can be imported: its id, the attributes that it's made of, and those that an import can't know.

    `warnings` say what an import of it does badly, each with its source.
    """

    id: str
    parts: dict[str, Any]
    unknown_to_import: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class NotImportable(msgspec.Struct, frozen=True):
    """An instance that isn't imported, and why."""

    why: str


@cache
def formats() -> Mapping[str, ImportFormat]:
    """What can be imported, by resource type."""
    table = _read("aws.toml")
    pages: dict[str, str] = table["pages"]
    return {
        kind: ImportFormat(
            table["provider"],
            parse_template(text),
            table["documentation"].format(page=pages.get(kind, kind.removeprefix(table["prefix"]))),
            tuple(table["only_in_state"].get(kind, ())),
        )
        for kind, text in table["ids"].items()
    }


@cache
def not_imported() -> Mapping[str, str]:
    """The types that are known and aren't imported, and why."""
    return {**_read("aws.toml")["not_imported"], **_read("others.toml")["not_imported"]}


class Caveat(msgspec.Struct, frozen=True):
    """What an import of a type does badly, where that is documented, and the argument that has to be set for it."""

    what: str
    source: str
    when: str = ""


@cache
def caveats() -> Mapping[str, tuple[Caveat, ...]]:
    """What an import of each type does badly, by type."""
    return {
        kind: tuple(Caveat(one["what"], one["source"], one.get("when", "")) for one in found)
        for kind, found in _read("aws.toml")["caveats"].items()
    }


def source_of(kind: str) -> str:
    """Where the import of a type, or that there's none, is documented; "" for a type that isn't known."""
    known, aws, others = formats().get(kind), _read("aws.toml"), _read("others.toml")
    if known is not None:
        return known.source
    if kind in aws["not_imported"]:
        page = aws["pages"].get(kind, kind.removeprefix(aws["prefix"]))
        return str(aws["documentation"]).format(page=page).removesuffix("#import")
    if kind in others["not_imported"]:
        provider, _, page = kind.partition("_")
        return str(others["sources"].get(kind) or others["documentation"].format(provider=provider, page=page))
    return ""


def _warnings(kind: str, attributes: Mapping[str, Any], lost: tuple[str, ...]) -> tuple[str, ...]:
    """What an import of an instance does badly: its caveats, and the arguments that it can't read besides."""
    found = [one for one in caveats().get(kind, ()) if not one.when or _is_set(attributes, one.when.split("."))]
    told = {one.when for one in found}
    unread = [f"an import can't read {name}, so the plan shows an update in place" for name in lost if name not in told]
    return (*(f"{one.what} ({one.source})" for one in found), *(f"{one} ({source_of(kind)})" for one in unread))


def importing(resource: ResourceState, instance: Instance) -> Importable | NotImportable:
    """The import id of an instance, from its attributes. Nothing is guessed, and nothing sensitive becomes part of an id."""
    known = formats().get(resource.type)
    why = not_imported().get(resource.type)
    if why is not None:
        return NotImportable(why)
    if known is None:
        return NotImportable(f"the import id of {resource.type} isn't known")
    match = _PROVIDER.search(resource.provider)
    if match is None or match.group(1) != known.provider:
        return NotImportable(f"its provider isn't {known.provider}, so its import id isn't known")
    if instance.status == "tainted":
        return NotImportable("it's tainted, and wouldn't be after an import")
    hidden = bytes(instance.sensitive_attributes)
    if any(f'"{name}"'.encode() in hidden for name in known.template.names()):
        return NotImportable("its import id is sensitive")
    attributes = attributes_of(instance)
    identity = known.template.fill(attributes)
    if identity is None:
        return NotImportable("the state lacks attributes that its import id is made of")
    lost = tuple(name for name in known.only_in_state if _is_set(attributes, name.split(".")))
    return Importable(identity, known.template.used(attributes), lost, _warnings(resource.type, attributes, lost))


def _is_set(value: Any, path: list[str]) -> bool:
    """Whether something stands at a path of attributes, in any member of the lists on the way."""
    if isinstance(value, list):
        return any(_is_set(one, path) for one in value)
    if path:
        return isinstance(value, dict) and _is_set(value.get(path[0]), path[1:])
    return bool(value)


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
