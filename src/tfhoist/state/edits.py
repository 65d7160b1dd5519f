"""Changes to the text of one instance or resource: its key, its dependencies, its address and provider."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tfhoist.errors import UsageError
from tfhoist.state.addresses import InstanceKey
from tfhoist.state.document import INSTANCE_DEPTH, InstanceText, Members, ResourceText
from tfhoist.state.layout import Text, array, join, pieces, text

_MEMBERS = msgspec.json.Decoder(Members)
ADDRESSING = frozenset({"module", "mode", "type", "name", "each", "provider", "instances"})
"""The fields of a resource that say where it is; what else stands there is carried along."""


def with_dependencies(instance: InstanceText, dependencies: tuple[str, ...], followed_by: str = "") -> InstanceText:
    """The instance with other dependencies; none at all leaves the field out, as Terraform does.

    Where the field is new it stands before `followed_by`, or else where Terraform writes it.
    """
    if dependencies == instance.dependencies:
        return instance
    members = members_of(instance)
    if not dependencies:
        members.pop("dependencies", None)
    else:
        value = msgspec.Raw(join(array(map(text, dependencies), INSTANCE_DEPTH + 1)))
        if "dependencies" in members:
            members["dependencies"] = value
        else:
            next_member = followed_by if followed_by in members else "create_before_destroy"
            members = _inserted(members, "dependencies", value, next_member)
    return _rebuilt(instance, members, dependencies=dependencies)


def after_dependencies(instance: InstanceText) -> str:
    """The name of the field that follows the dependencies, or ""."""
    names = list(members_of(instance))
    position = names.index("dependencies") + 1 if "dependencies" in names else len(names)
    return names[position] if position < len(names) else ""


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
    """The fields of an instance, as text; refuses one whose fields repeat, since one of them would be lost."""
    members = _MEMBERS.decode(instance.text)
    if join(pieces(members, INSTANCE_DEPTH)) != bytes(instance.text):
        raise UsageError(
            "An instance in the state has a field twice, so changing it would lose one.",
            "Take a fresh state with `terraform state pull`.",
        )
    return members


def _inserted(members: Members, name: str, value: msgspec.Raw, before: str) -> Members:
    result: Members = {}
    for key, member in members.items():
        if key == before:
            result[name] = value
        result[key] = member
    result.setdefault(name, value)
    return result


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
