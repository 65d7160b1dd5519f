"""`central_outputs.tftest.hcl`: a test that plans a service root with made-up providers and the central outputs filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from tfhoist.addresses import is_identifier
from tfhoist.hcl.formatting import format_source
from tfhoist.state.cty import Plain
from tfhoist.values.types import number_text

PATH = "tests/central_outputs.tftest.hcl"
RUN = "central_outputs"


class MockProvider(msgspec.Struct, frozen=True):
    """A provider configuration that is mocked: its local name and alias, and what its data sources give (type, attribute, value)."""

    name: str
    alias: str
    data: Mapping[str, Mapping[str, Plain]]


class MockedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One central output in the mock: its value, its type for people, where the value comes from, and who reads it."""

    name: str
    value: Plain
    type: str
    origin: str
    readers: tuple[str, ...]


def mock_text(
    service: str,
    remote_state: str,
    outputs: Sequence[MockedOutput],
    required: Mapping[str, Sequence[str]],
    variables: Mapping[str, Plain],
    providers: Sequence[MockProvider],
) -> str:
    """The file, formatted. `required` are the outputs that are read, with their readers: each is asserted."""
    lines = [
        f"# What {service} reads of the central root, for tests without credentials: terraform init -backend=false && terraform test",
        "# It plans only. `tfhoist mock` writes it again from the central root as it is then; edits are lost.",
        "",
    ]
    if variables:
        lines += ["variables {", *(f"{name} = {hcl(value)}" for name, value in sorted(variables.items())), "}", ""]
    for provider in providers:
        if not provider.alias and not provider.data:
            lines += [f'mock_provider "{provider.name}" {{}}', ""]
            continue
        lines += [f'mock_provider "{provider.name}" {{']
        if provider.alias:
            lines += [f'alias = "{provider.alias}"', ""]
        for kind, values in sorted(provider.data.items()):
            lines += [f'mock_data "{kind}" {{', "defaults = {"]
            lines += [f"{name} = {hcl(value)}" for name, value in sorted(values.items())]
            lines += ["}", "}", ""]
        while not lines[-1]:
            lines.pop()
        lines += ["}", ""]
    lines += [
        "override_data {",
        f"target = data.terraform_remote_state.{remote_state}",
        "",
        "values = {",
        "outputs = {",
    ]
    lines += [f"{_name(one.name)} = {hcl(one.value)}" for one in outputs]
    lines += ["}", "}", "}", "", f'run "{RUN}" {{', "command = plan", ""]
    for name, readers in required.items():
        read = f"data.terraform_remote_state.{remote_state}.outputs.{name}"
        lines += [
            "assert {",
            f"condition = try({read}, null) != null",
            f"error_message = {hcl(f'{name} is missing: {_readers(readers)}')}",
            "}",
            "",
        ]
    lines[-1:] = ["}"] if not lines[-1] else [lines[-1], "}"]
    return format_source(("\n".join(lines) + "\n").encode()).decode()


def _readers(readers: Sequence[str]) -> str:
    more = f" and {len(readers) - 3} more" if len(readers) > 3 else ""
    return f"{', '.join(readers[:3])}{more} {'reads' if len(readers) == 1 else 'read'} it"


def hcl(value: Plain) -> str:
    """A value as HCL on one line. Lists, sets and tuples are written alike: functions aren't allowed in these files."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
        return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(hcl, value)) + "]"
    if isinstance(value, dict):
        if not value:
            return "{}"
        return "{ " + ", ".join(f"{_name(name)} = {hcl(item)}" for name, item in value.items()) + " }"
    return number_text(Decimal(value))


def _name(name: str) -> str:
    return name if is_identifier(name) else hcl(name)


def from_reads(name: str, steps: Sequence[tuple[str | int | None, ...]], leaf: Plain) -> Plain:
    """A value into which every one of some ways leads, where nothing else tells its form."""
    inside = [way for way in steps if way]
    if not inside:
        return leaf
    names = {way[0] for way in inside if isinstance(way[0], str)}
    if names:
        return {
            str(one): from_reads(str(one), [way[1:] for way in inside if way[0] == one], leaf)
            for one in sorted(names, key=str)
        }
    size = max(
        [3 if any(way[0] is None for way in inside) else 1, *(way[0] + 1 for way in inside if isinstance(way[0], int))]
    )
    return [from_reads(name, [way[1:] for way in inside], leaf) for _ in range(size)]
