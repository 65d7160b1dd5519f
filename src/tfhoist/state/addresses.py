"""Addresses as states hold them: parsed, and moved from one place to another.

A state writes a resource's module with its instance keys (`module.vpc["a"]`), and `dependencies` without any
(`module.vpc.aws_subnet.public`). Source of the rules: Terraform's documentation, "Resource Addressing".
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from tfhoist.addresses import index_suffix, is_identifier, split_steps

InstanceKey = int | str | None


class StateAddress(NamedTuple):
    """An address taken apart. `module` is "" for the root; a module's own address has no `type`.

    `keyed` tells `aws_lb.main[0]`, one instance, from `aws_lb.main`, the resource with all of them.
    """

    module: str
    mode: str
    type: str
    name: str
    key: InstanceKey
    keyed: bool

    @property
    def is_module(self) -> bool:
        """Whether a module (or one instance of it) is meant, with all that is in it."""
        return not self.type

    @property
    def resource(self) -> str:
        """The address without the instance's key; of a module, the module."""
        own = f"{self.type}.{self.name}" if self.mode == "managed" else f"data.{self.type}.{self.name}"
        return self.module if self.is_module else inside(self.module, own)


class AddressError(ValueError):
    """Text that is no address of a module, resource or resource instance."""


_STEP = re.compile(r"([^\[\]]+)(\[.*\])?\Z", re.DOTALL)


_NAME = r"[^\W\d][\w-]*"
_PLAIN = re.compile(rf"((?:module\.{_NAME}\.)*)(data\.)?((?!module\.|data\.){_NAME})\.({_NAME})\Z")


def parse_address(text: str) -> StateAddress:
    """Take an address apart; raises `AddressError`."""
    plain = _PLAIN.match(text)
    if plain is not None:  # most have no key
        module, data, kind, name = plain.groups()
        return StateAddress(module[:-1], "data" if data else "managed", kind, name, None, False)
    steps = split_steps(text)
    modules: list[str] = []
    position = 0
    while position + 1 < len(steps) and steps[position] == "module":
        name, suffix = _step(steps[position + 1], text)
        modules += ["module", name + (index_suffix(_key(suffix, text)) if suffix else "")]
        position += 2
    module = ".".join(modules)
    rest = steps[position:]
    if not rest and modules:
        return StateAddress(module, "", "", "", None, False)
    mode = "managed"
    if rest[:1] == ["data"]:
        mode, rest = "data", rest[1:]
    if len(rest) != 2 or not is_identifier(rest[0]):
        raise AddressError(f"{text!r} is no address of a module, resource or resource instance")
    name, suffix = _step(rest[1], text)
    return StateAddress(module, mode, rest[0], name, _key(suffix, text) if suffix else None, bool(suffix))


def _step(step: str, text: str) -> tuple[str, str]:
    match = _STEP.match(step)
    if match is None or not is_identifier(match.group(1)):
        raise AddressError(f"{text!r} is no address of a module, resource or resource instance")
    return match.group(1), match.group(2) or ""


def _key(suffix: str, text: str) -> int | str:
    inner = suffix[1:-1]
    if inner.isascii() and inner.isdigit():
        return int(inner)
    if len(inner) >= 2 and inner[0] == inner[-1] == '"':
        try:
            key = msgspec.json.decode(inner.encode(), type=str)
        except msgspec.DecodeError:
            raise AddressError(f"{text!r} has an instance key that isn't written as Terraform writes it") from None
        return key.replace("$${", "${").replace("%%{", "%{")
    raise AddressError(f"{text!r} has an instance key that is neither a number nor quoted text")


def inside(module: str, own: str) -> str:
    """The address of something in a module ("" for the root)."""
    return f"{module}.{own}" if module else own


def below(module: str, prefix: str) -> str | None:
    """What follows `prefix` in the path of a module that is it, one of its instances, or below it; else None.

    For `module.a`, the rest of `module.a["x"].module.b` is `["x"].module.b`.
    """
    if not module.startswith(prefix):
        return None
    rest = module[len(prefix) :]
    return rest if rest[:1] in ("", ".", "[") else None


_PROVIDER = re.compile(r"((?:module\.[^.\[]+\.)*)(provider[\[.].*)\Z", re.DOTALL)


def split_provider(provider: str) -> tuple[str, str]:
    """A provider address as its module's path ("" for the root) and the rest, `provider["..."].alias`."""
    match = _PROVIDER.match(provider)
    return (match.group(1).removesuffix("."), match.group(2)) if match is not None else ("", provider)
