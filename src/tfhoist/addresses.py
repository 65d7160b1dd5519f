"""Addresses of modules, resources and resource instances, as Terraform writes them.

Source of the rules: Terraform's documentation, "Resource Addressing".
"""

from __future__ import annotations

import re

_IDENTIFIER = re.compile(r"[^\W\d][\w-]*\Z")


def is_identifier(text: str) -> bool:
    """Whether `text` is a valid HCL identifier."""
    return bool(_IDENTIFIER.match(text))


def block_address(mode: str, kind: str, name: str) -> str:
    """The address of a resource block in its own module: `aws_lb.main` or `data.aws_vpc.existing`."""
    return f"{kind}.{name}" if mode == "managed" else f"data.{kind}.{name}"


def index_suffix(key: str | int | None) -> str:
    """An instance's key as it stands in an address: ``, `[0]` or `["blue"]`."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


def module_label(service: str) -> str:
    """The label of a service's module call: its name, with `_` for what an identifier can't hold."""
    label = re.sub(r"[^\w]", "_", service)
    return label if not label[:1].isdigit() else f"_{label}"


def without_keys(address: str) -> str:
    """An address without its instance keys."""
    if "[" not in address:
        return address
    return ".".join(step.partition("[")[0] for step in split_steps(address))


def split_address(address: str) -> tuple[str, str]:
    """An address as its module path (`module.a.module.b`, "" for the root) and what is in it.

    The path of `module.a.module.b` itself is `module.a`, its rest `module.b`.
    """
    parts = split_steps(address)
    position = 0
    while position + 2 < len(parts) and parts[position] == "module":
        position += 2
    return ".".join(parts[:position]), ".".join(parts[position:])


def split_steps(address: str) -> list[str]:
    """The parts of an address between its dots; dots inside an instance key don't divide."""
    steps: list[str] = []
    start = 0
    quoted = False
    position = 0
    while position < len(address):
        character = address[position]
        if character == "\\" and quoted:
            position += 1
        elif character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            steps.append(address[start:position])
            start = position + 1
        position += 1
    steps.append(address[start:])
    return steps
