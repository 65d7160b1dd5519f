"""From the npm package of generated bindings to provider schemas.

`@cdktf/provider-aws` has one generated class a resource, data source and nested block. Each JavaScript file carries
its TypeScript in an inline source map, and that says of every attribute whether it's computed, optional or required,
of every nested one whether it's a block, and whether it's a list, a set or single. What it doesn't say (sensitive,
forces replacement, schema versions, how many blocks there may be) is in overlay.py, for the types that matter.

The result has the form of `terraform providers schema -json`.
"""

from __future__ import annotations

import base64
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

MAPPING = b"base64,"
CLASS = re.compile(r"^export class (\w+) extends cdktf\.(\w+) \{\n(.*?)^\}$", re.M | re.S)
INTERFACE = re.compile(r"^export interface (\w+)[^{\n]*\{\n(.*?)^\}$", re.M | re.S)
FUNCTION = re.compile(r"^export function (\w+)ToHclTerraform\(.*?^  const attrs = \{\n(.*?)^  \};?$", re.M | re.S)
SYNTHESIS = re.compile(r"synthesizeHclAttributes\(\).*?const attrs = \{\n(.*?)^    \};$", re.M | re.S)
BLOCK = re.compile(r"^  \* (\w+) block$", re.M)
ATTRIBUTE = re.compile(
    r"^  // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n(.*?)(?=^  // \w+ - computed|\Z)",
    re.M | re.S,
)
SHAPE = re.compile(
    r"^ +(\w+): \{\n +value: (.*)\n +isBlock: (?:true|false),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\"", re.M
)
NESTED = re.compile(r"new (\w+?)(List|Map|OutputReference)\(this, \"\w+\"(?:, (true|false))?\)")
GETTER = re.compile(
    r"return (cdktf\.Fn\.tolist\(|cdktf\.Token\.asAny\()?.*?this\.(?:get(\w+)Attribute|interpolationForAttribute)\("
)
MAPS = re.compile(r"new cdktf\.(\w+)Map\(this")

SCALARS = {"String": "string", "Number": "number", "Boolean": "bool"}
STORAGE = {"string": "string", "number": "number", "boolean": "bool"}


def convert(package: Path) -> Json:
    """The schemas of a package (a .tgz file): `provider`, `resource_schemas` and `data_source_schemas`."""
    result: Json = {"provider": {}, "resource_schemas": {}, "data_source_schemas": {}}
    for folder, text in sources(package):
        if folder == "provider":
            result["provider"] = {"version": 0, "block": provider_block(Sources(text))}
            continue
        source = Sources(text)
        for name, (base, body) in source.classes.items():
            kind = {"TerraformResource": "resource_schemas", "TerraformDataSource": "data_source_schemas"}.get(base)
            type_name = re.search(r'tfResourceType = "(\w+)"', body)
            if kind and type_name:
                result[kind][type_name.group(1)] = {"version": 0, "block": source.block(name)}
    return result


def sources(package: Path) -> Iterator[tuple[str, str]]:
    """Each folder's TypeScript. Large resources have their nested classes in files of their own, beneath it."""
    folder: str | None = None
    texts: list[str] = []
    parts: dict[str, list[str]] = {}
    with tarfile.open(package) as archive:
        for member in archive:
            path = member.name.split("/")
            if len(path) < 4 or path[1] != "lib" or not path[-1].endswith(".js"):
                continue
            stream = archive.extractfile(member)
            assert stream is not None
            content = stream.read()
            at = content.rfind(MAPPING)
            if at < 0:
                continue
            mapped = json.loads(base64.b64decode(content[at + len(MAPPING) :].strip()))
            parts.setdefault(path[2], []).extend(mapped.get("sourcesContent") or [])
    for folder, texts in sorted(parts.items()):
        yield folder, "\n".join(texts)


class Sources:
    """The classes, interfaces and shapes of one folder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.classes = {match[1]: (match[2], match[3]) for match in CLASS.finditer(text)}
        self.interfaces = {match[1]: match[2] for match in INTERFACE.finditer(text)}
        self.functions = {match[1].lower(): match[2] for match in FUNCTION.finditer(text)}

    def members(self, name: str) -> Iterator[tuple[str, Json, str, str | None]]:
        """Of each attribute of a class: its name, flags, text and, if it can be set, its shape."""
        _, body = self.classes[name]
        synthesis = SYNTHESIS.search(body)
        shapes = synthesis[1] if synthesis else self.functions.get(name.removesuffix("OutputReference").lower(), "")
        shape = {match[1]: match[3] for match in SHAPE.finditer(shapes)}
        for attribute, computed, optional, required, text in ATTRIBUTE.findall(body):
            flags = {"computed": computed, "optional": optional, "required": required}
            yield (
                attribute,
                {flag: True for flag, is_set in flags.items() if is_set == "true"},
                text,
                shape.get(attribute),
            )

    def block(self, name: str) -> Json:
        """A block: what `terraform providers schema` calls one."""
        interface = f"{name}Config" if f"{name}Config" in self.interfaces else name.removesuffix("OutputReference")
        blocks = set(BLOCK.findall(self.interfaces.get(interface, "")))
        result: Json = {"attributes": {}, "block_types": {}}
        for attribute, flags, text, shape in self.members(name):
            nested = NESTED.search(text)
            # What is neither optional nor computed can only be a block, though the comment that says so isn't there.
            if (attribute in blocks or not flags) and nested and f"{nested[1]}OutputReference" in self.classes:
                result["block_types"][attribute] = self.nested_block(nested, flags, shape)
            else:
                result["attributes"][attribute] = {"type": self.type(text, shape), **flags}
        return {key: value for key, value in result.items() if value}

    def nested_block(self, nested: re.Match[str], flags: Json, shape: str | None) -> Json:
        block = self.block(f"{nested[1]}OutputReference")
        result: Json = {"nesting_mode": "list", "block": block}
        if nested[2] == "List":
            result["nesting_mode"] = "set" if nested[3] == "true" else "list"
        elif shape == "struct" or shape is None:
            return {"nesting_mode": "single", "block": block}
        else:
            result |= {"nesting_mode": shape, "max_items": 1}
        if flags.get("required"):
            result["min_items"] = 1
        return result

    def type(self, text: str, shape: str | None) -> Any:
        """An attribute's type, in Terraform's JSON."""
        nested = NESTED.search(text)
        if nested and f"{nested[1]}OutputReference" in self.classes:
            inner = self.object(f"{nested[1]}OutputReference")
            if nested[2] == "OutputReference":
                return inner if shape in (None, "struct") else [shape, inner]
            return ["map" if nested[2] == "Map" else "set" if nested[3] == "true" else "list", inner]
        if found := MAPS.search(text):
            return ["map", SCALARS[found[1]]]
        getter = GETTER.search(text)
        kind = getter[2] if getter else None
        if getter is None or kind is None:
            # Blocks within blocks without end (WAF's statements), which the bindings don't describe: a block of that name
            # is refused, as an argument that takes text. (`dynamic` would be nearer, but not in the blocks of a set.)
            return "string"
        if kind in SCALARS:
            return SCALARS[kind]
        element = next((SCALARS[name] for name in SCALARS if kind.startswith(name)), "string")
        if kind.endswith("Map"):
            return ["map", element]
        return ["set" if getter[1] or shape == "set" else "list", element]

    def object(self, name: str) -> Any:
        return ["object", {attribute: self.type(text, shape) for attribute, _, text, shape in self.members(name)}]


def provider_block(source: Sources) -> Json:
    """The provider's own configuration: its class has no typed getters, so the shapes have to do. All is optional."""

    def block(shapes: str) -> Json:
        result: Json = {"attributes": {}, "block_types": {}}
        for attribute, _, kind, storage in SHAPE.findall(shapes):
            inner = source.functions.get(storage.removesuffix("List").lower())
            if inner is not None:
                mode = "single" if kind == "struct" else kind
                result["block_types"][attribute] = {"nesting_mode": mode, "block": block(inner)}
                continue
            element = next((name for prefix, name in STORAGE.items() if storage.startswith(prefix)), "string")
            result["attributes"][attribute] = {
                "type": element if kind == "simple" else [kind, element],
                "optional": True,
            }
        return {key: value for key, value in result.items() if value}

    _, body = source.classes["AwsProvider"]
    found = SYNTHESIS.search(body)
    assert found, "the provider's class has no attributes"
    return block(found[1])
