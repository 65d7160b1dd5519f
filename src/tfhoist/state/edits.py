"""Changes to the text of one instance or resource: its key, its dependencies, its address and provider."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tfhoist.errors import UsageError
from tfhoist.state.addresses import InstanceKey
from tfhoist.state.document import INSTANCE_DEPTH, InstanceText, Members, ResourceText, check_members
from tfhoist.state.layout import Text, array, join, pieces, text

_MEMBERS = msgspec.json.Decoder(Members)
ADDRESSING = frozenset({"module", "mode", "type", "name", "each", "provider", "instances"})
"""The fields of a resource that say where it is; what else stands there is carried along."""


_MARGIN = b"\n" + b"  " * (INSTANCE_DEPTH + 1)
_DEPENDENCIES = _MARGIN + b'"dependencies": '


def with_dependencies(instance: InstanceText, dependencies: tuple[str, ...], followed_by: str = "") -> InstanceText:
    """The instance with other dependencies; none at all leaves the field out, as Terraform does.

    Where the field is new it stands before `followed_by`, or else where Terraform writes it. It's the one edit that a move makes
    again and again, so it's made in the text: in Terraform's layout a field begins a line that no other can be taken for.
    """
    if dependencies == instance.dependencies:
        return instance
    source = bytes(instance.text)
    field = b""
    if dependencies:
        field = _DEPENDENCIES + join(array(map(text, dependencies), INSTANCE_DEPTH + 1))
    span = _dependencies(source)
    if span is not None:
        start, end = span
        if not field:
            # A comma goes along: the one before it, or of the first field the one behind it.
            start, end = (start - 1, end) if source[start - 1 : start] == b"," else (start, end + 1)
        made = source[:start] + field + source[end:]
    else:
        made = _inserted(source, field, followed_by)
    return InstanceText(instance.key, instance.deposed, dependencies, made)


def _dependencies(source: bytes) -> tuple[int, int] | None:
    """Where the line with the dependencies begins, and where their list ends."""
    start = source.find(_DEPENDENCIES)
    if start < 0:
        return None
    begin = start + len(_DEPENDENCIES)
    if source.find(_DEPENDENCIES, begin) >= 0:
        raise UsageError(
            "An instance in the state has its dependencies twice, so changing them would lose some.",
            "Take a fresh state with `terraform state pull`.",
        )
    if source.startswith(b"[" + _MARGIN + b"  ", begin):
        return start, source.index(_MARGIN + b"]", begin) + len(_MARGIN) + 1
    return start, begin + (4 if source.startswith(b"null", begin) else 2)


def _inserted(source: bytes, field: bytes, followed_by: str) -> bytes:
    for name in (followed_by, "create_before_destroy"):
        position = source.find(_MARGIN + text(name) + b": ") if name else -1
        if position >= 0:
            return source[:position] + field + b"," + source[position:]
    end = len(source) - len(_MARGIN) + 1  # the line of the closing brace is indented one level less
    return source[:end] + b"," + field + source[end:]


def after_dependencies(instance: InstanceText) -> str:
    """The name of the field that follows the dependencies, or ""."""
    source = bytes(instance.text)
    span = _dependencies(source)
    if span is None or not source.startswith(b"," + _MARGIN + b'"', span[1]):
        return ""
    start = span[1] + 1 + len(_MARGIN)
    return msgspec.json.decode(source[start : source.index(b'": ', start) + 1], type=str)


def with_key(instance: InstanceText, key: InstanceKey) -> InstanceText:
    """The instance under another key."""
    if key == instance.key and type(key) is type(instance.key):
        return instance
    members = members_of(instance)
    if key is None:
        del members["index_key"]
    else:
        value = msgspec.Raw(text(key) if isinstance(key, str) else b"%d" % key)
        if "index_key" in members:
            members["index_key"] = value
        else:
            members = {"index_key": value, **members}
    return _rebuilt(instance, members, key=key)


def _rebuilt(instance: InstanceText, members: Members, **changes: Any) -> InstanceText:
    rendered = join(pieces(members, INSTANCE_DEPTH))
    return msgspec.structs.replace(instance, text=rendered, **changes)


def members_of(instance: InstanceText) -> Members:
    """The fields of an instance, as text; refuses one whose fields repeat."""
    members = _MEMBERS.decode(instance.text)
    check_members(instance.text, members, INSTANCE_DEPTH, "the state")
    return members


def readdressed(
    resource: ResourceText,
    module: str,
    name: str,
    provider: str,
    instances: Iterable[InstanceText],
    each: str | None = None,
) -> ResourceText:
    """The resource at another address. `each` is what versions before 0.13 wrote; None leaves it as it is."""
    members = dict(resource.members)
    if not module:
        members.pop("module", None)
    elif "module" in members:
        members["module"] = msgspec.Raw(text(module))
    else:
        members = {"module": msgspec.Raw(text(module)), **members}
    changed: dict[str, tuple[str, str]] = {"name": (resource.name, name), "provider": (resource.provider, provider)}
    if each is not None and "each" in members:
        changed["each"] = ("", each)
    for field, (before, after) in changed.items():
        if before != after:
            members[field] = msgspec.Raw(text(after))
    return ResourceText(module, resource.mode, resource.type, name, provider, members, tuple(instances))


def other_fields(resource: ResourceText) -> dict[str, bytes]:
    """The fields of a resource that aren't its address, provider or instances."""
    return {name: bytes(value) for name, value in resource.members.items() if name not in ADDRESSING}


class _Identity(msgspec.Struct):
    attributes: dict[str, msgspec.Raw] | None = None


def same_thing(one: Text, other: Text) -> bool | None:
    """Whether two instances are the same real thing, by id (and ARN, where both have one); None when neither tells."""
    first = msgspec.json.decode(one, type=_Identity).attributes or {}
    second = msgspec.json.decode(other, type=_Identity).attributes or {}
    verdict: bool | None = None
    for name in ("id", "arn"):
        a, b = (_plain(attributes.get(name)) for attributes in (first, second))
        if a and b:
            if a != b:
                return False
            verdict = True
    return verdict


def _plain(value: msgspec.Raw | None) -> object:
    decoded = msgspec.json.decode(value) if value is not None else None
    return decoded if isinstance(decoded, str | int) else None
