"""Random modules: the grammar of the declarations that a consolidation carries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.properties.expressions import BOOL, LIST, MAP, NUMBER, STRING, TYPES, Atom, Chance, Expressions
from tests.properties.resources import AWS, DATA, Attributes, Schema

SET = "set(string)"
KEYS = ("a", "b-c", "d.e")


class Instances(NamedTuple):
    """The instance keys of a managed resource: (None,) for one without `count` and `for_each`."""

    address: str
    keys: tuple[str | int | None, ...]


class Repetition(NamedTuple):
    """How often a block is there: its argument, its keys, and what its body may read."""

    lines: tuple[str, ...] = ()
    keys: tuple[str | int | None, ...] = (None,)
    here: tuple[Atom, ...] = ()
    kind: str = ""


class ModuleWriter:
    """Writes one module: declarations in an order in which each reads only what came before."""

    def __init__(self, chance: Chance, *, builtin: bool, depth: int = 0) -> None:
        self.chance = chance
        self.builtin = builtin
        self.depth = depth
        self.expressions = Expressions(chance)
        self.blocks: list[str] = []
        self.instances: list[Instances] = []
        self.placed: list[str] = []
        self.files: dict[str, str] = {}
        self.children: dict[str, ModuleWriter] = {}
        self.calls: dict[str, ModuleWriter] = {}
        self.variables: list[tuple[str, str, bool, bool]] = []  # name, type, secret, has a default
        self.outputs: list[tuple[str, str, bool]] = []  # name, type, secret
        self.values: dict[str, str] = {}  # for terraform.tfvars
        self.providers: tuple[str, ...] = ()
        self.map_variables: list[str] = []

    # parts

    def variable(self) -> None:
        """A variable of some type, with or without default, validation, sensitivity and a value."""
        chance, name = self.chance, f"v{len(self.variables)}"
        kind = chance.pick((*TYPES, "object", SET, "untyped", "nullable", "quoted"))
        secret = kind == STRING and chance.yes(25)
        lines = [f'variable "{name}" {{']
        type_, default, atoms = _variable_of(kind, name)
        if type_ and (kind != STRING or secret or chance.yes(70)):
            lines.append(f"  type = {type_}")
        if chance.yes(30):
            lines.append(f'  description = "Says {name}"')
        defaulted = chance.yes(65)
        if defaulted:
            lines.append(f"  default = {default}")
        if defaulted and kind != "nullable" and chance.yes(15):
            lines.append("  nullable = false")
        if secret:
            lines.append("  sensitive = true")
        if kind == STRING and not secret and chance.yes(20):
            lines += [
                "  validation {",
                f"    condition     = length(var.{name}) < 99",
                '    error_message = "Too long."',
                "  }",
            ]
        self.blocks.append("\n".join([*lines, "}"]))
        if not defaulted or chance.yes(25):
            self.values[name] = _VALUES[kind]
        self.variables.append((name, kind, secret, defaulted))
        self.expressions.atoms += [atom._replace(secret=secret, static=not secret and not self.depth) for atom in atoms]

    def local(self, number: int) -> None:
        """A local value of some type."""
        chance = self.chance
        kind, static = chance.pick(TYPES), chance.yes(40)
        value = self.expressions.of(kind, static=static)
        name = chance.pick(("l{}", "with-dash{}", "größe{}")).format(number)
        self.blocks.append(f"locals {{\n  {name} = {value.text}\n}}")
        self.expressions.atoms.append(Atom(f"local.{name}", kind, static and not value.secret, value.secret))
        if chance.yes(15):
            more = self.expressions.of(STRING)
            self.blocks.append(f"locals {{\n  both{number} = {{ one = {value.text}, two = {more.text} }}\n}}")
            mixed = value.secret or more.secret
            self.expressions.atoms.append(Atom(f"local.both{number}.one", kind, secret=mixed))
            self.expressions.atoms.append(Atom(f"local.both{number}.two", STRING, secret=mixed))

    def repetition(self) -> Repetition:
        """No, `count` or `for_each`."""
        chance = self.chance
        if not chance.yes(38):
            return Repetition()
        if chance.yes(50):
            number = chance.pick((1, 1, 2, 2, 2, 0))
            flags = [a.text for a in self.expressions.atoms if a.text == "var.on"]
            text = f"var.on ? {number} : 0" if flags and chance.yes(60) else str(number)
            if chance.yes(20):
                text = f"length({json.dumps(list(KEYS[:number]))})"
            return Repetition(
                (f"count = {text}",), tuple(range(number)), (Atom("count.index", NUMBER, static=True),), "count"
            )
        keys = KEYS[: chance.number(1, 3)]
        chained = [p for p in self.chained() if chance.yes(15)]
        if chained:
            address, keys = chained[-1]
            return Repetition(
                (f"for_each = {address}",), keys, (Atom("each.key", STRING), Atom("each.value.id", STRING)), "for_each"
            )
        items = ", ".join(f'"{key}" = "value {key}"' for key in keys)
        form = chance.pick(("set", "map", "local"))
        if form == "set":
            text = f"toset({json.dumps(list(keys))})"
        elif form == "map":
            text = f"{{ {items} }}"
        else:
            name = f"local.each{len(self.blocks)}"
            self.blocks.append(f"locals {{\n  {name[6:]} = {{ {items} }}\n}}")
            text = name
        here = (Atom("each.key", STRING, static=True), Atom("each.value", STRING, static=True))
        return Repetition((f"for_each = {text}",), tuple(keys), here, "for_each")

    def chained(self) -> list[tuple[str, tuple[str, ...]]]:
        """The resources with `for_each` that another may go through."""
        return [
            (i.address, tuple(str(key) for key in i.keys))
            for i in self.instances
            if i.keys and isinstance(i.keys[0], str)
        ]

    def resource(self) -> None:
        """A managed resource with all that may stand in one."""
        chance = self.chance
        builtin = self.builtin or chance.yes(15)
        schema = None if builtin else chance.pick(AWS)
        type_ = "terraform_data" if schema is None else schema.type
        name = f"{chance.pick(('r', 'main-', 'É'))}{len(self.blocks)}"
        address = f"{type_}.{name}"
        repeated = self.repetition()
        lines = list(repeated.lines)
        secrets: frozenset[str] = frozenset()
        if schema is None:
            produced, secrets = self._terraform_data(lines, repeated)
        else:
            if self.providers and chance.yes(30):
                lines.append(f"provider = {chance.pick(self.providers)}")
            self._arguments(schema.arguments, schema, lines, repeated)
            produced = schema.attributes
        self._meta(lines, schema, repeated)
        self._write(f'resource "{type_}" "{name}"', lines)
        self._offer(address, produced, repeated, secrets)
        self.instances.append(Instances(address, repeated.keys))
        self.placed.append(address)

    def _terraform_data(self, lines: list[str], repeated: Repetition) -> tuple[Attributes, frozenset[str]]:
        """What may be read of a `terraform_data` (any value comes back as `output`, with its type), and what of it is secret."""
        chance, of = self.chance, self.expressions.of
        produced: dict[str, str] = {"id": STRING}
        secrets: frozenset[str] = frozenset()
        form = chance.pick((*TYPES, *TYPES, "nothing", "object", SET, "null inside"))
        if form in TYPES:
            value = of(form, repeated.here)
            text = value.text if form != STRING or not chance.yes(20) else self.argument(STRING, repeated.here)
            lines.append(f"input = {text}")
            produced |= {"output": form, "input": form} if chance.yes(40) else {"output": form}
            secrets = frozenset({"input"}) if value.secret else secrets
        elif form == "object":
            parts = [of(kind, repeated.here).text for kind in (STRING, LIST, MAP, NUMBER)]
            lines.append(
                f"input = {{ name = {parts[0]}, all = {parts[1]}, in = {{ m = {parts[2]} }}, 5 = {parts[3]} }}"
            )
            produced |= {"output.name": STRING, "output.all": LIST, "output.in.m": MAP, 'output["5"]': NUMBER}
        elif form == SET:
            lines.append(f"input = toset({of(LIST, repeated.here).text})")
            produced["output"] = SET
        elif form == "null inside":
            lines.append("input = { gone = null, n = 12345678901234567890, f = 0.1 }")
            produced |= {'output.gone == null ? "n" : "x"': STRING, "output.n": NUMBER, "output.f": NUMBER}
        if chance.yes(15):
            lines.append(f"triggers_replace = [{of(STRING, repeated.here).text}]")
        return produced, secrets

    def argument(self, kind: str, here: Sequence[Atom] = (), *, open_only: bool = False) -> str:
        """An argument's value; a text may be a heredoc."""
        if kind == STRING and self.chance.yes(12):
            parts = [self.expressions.of(STRING, here, open_only=open_only, depth=2).text for _ in range(2)]
            flush = self.chance.pick(("-", ""))
            return f"<<{flush}EOT\n    first ${{{parts[0]}}}\n      $${{kept}} %{{ if true ~}}\n  ${{{parts[1]}}}\n    %{{ endif }}\nEOT"
        return self.expressions.of(kind, here, open_only=open_only).text

    def _arguments(self, arguments: Attributes, schema: Schema, lines: list[str], repeated: Repetition) -> None:
        for name, kind in arguments.items():
            if name in schema.required or self.chance.yes(60):
                lines.append(f"{name} = {self.argument(kind, repeated.here)}")
        for block, inside in schema.blocks.items():
            if self.chance.yes(40):
                body = [f"{n} = {self.argument(k, repeated.here)}" for n, k in inside.items()]
                lines.append(f"{block} {{\n    " + "\n    ".join(body) + "\n  }")
            elif self.chance.yes(40):
                iterator = self.chance.yes(40)
                here = (*repeated.here, Atom(f"{'it' if iterator else block}.value", STRING))
                over = self.expressions.of(LIST, repeated.here, open_only=True).text
                named = "    iterator = it\n" if iterator else ""
                body = [f"{n} = {self.expressions.of(k, here).text}" for n, k in inside.items()]
                lines.append(
                    f'dynamic "{block}" {{\n    for_each = {over}\n{named}    content {{\n      '
                    + "\n      ".join(body)
                    + "\n    }\n  }"
                )

    def _meta(self, lines: list[str], schema: Schema | None, repeated: Repetition) -> None:
        chance = self.chance
        if self.placed and chance.yes(15):
            lines.append(f"depends_on = [{chance.pick(self.placed)}]")
        inside: list[str] = []
        if chance.yes(8):
            inside.append("prevent_destroy = true" if schema is not None else "prevent_destroy = false")
        if chance.yes(10):
            inside.append("create_before_destroy = true")
        if chance.yes(10):
            inside.append(f"ignore_changes = [{'tags' if schema is not None and 'tags' in schema.arguments else ''}]")
        if chance.yes(4) and self.instances and self.instances[-1].keys:  # what has no instance can't trigger anything
            inside.append(f"replace_triggered_by = [{self.instances[-1].address}]")
        known = [a.text for a in (*repeated.here, *self.expressions.atoms) if not a.secret]
        if known and chance.yes(8):
            condition = f"length(jsonencode({chance.pick(known)})) > 0"  # it has to read something
            inside.append(
                f'precondition {{\n      condition     = {condition}\n      error_message = "Not so."\n    }}'
            )
        if inside:
            lines.append("lifecycle {\n    " + "\n    ".join(inside) + "\n  }")

    def _write(self, header: str, lines: Sequence[str]) -> None:
        body = "".join(f"  {line}\n" for line in lines)
        comment = "# Why: `${no.reference}`\n" if self.chance.yes(10) else ""
        self.blocks.append(f"{comment}{header} {{\n{body}}}" if body else f"{comment}{header} {{}}")

    def _offer(
        self, address: str, produced: Attributes, repeated: Repetition, secrets: frozenset[str] = frozenset()
    ) -> None:
        """What later declarations may read of a block: mostly single attributes, and those that identify it most often."""
        rarely = self.chance.yes
        keys = [key for key in repeated.keys if key is not None]
        identities = [item for item in produced.items() if item[0] in ("id", "arn")]
        others = [item for item in produced.items() if item not in identities and (item[0] == "output" or rarely(60))]
        for attribute, kind in [*others, *identities, *identities]:
            secret = attribute in secrets
            for text, type_ in self._readings(address, attribute, kind, repeated.kind, keys, repeated.lines):
                self.expressions.atoms.append(Atom(*_wrapped(text, type_), secret=secret))
        if repeated.kind and rarely(20):
            self.expressions.atoms.append(Atom(f"length({address})", NUMBER))
        if repeated.kind == "for_each" and rarely(15):
            self.expressions.atoms.append(Atom(f"sort(keys({address}))", LIST))

    def _readings(
        self, address: str, attribute: str, kind: str, repeated: str, keys: Sequence[str | int], lines: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        rarely = self.chance.yes
        plain = kind == STRING and "?" not in attribute
        if repeated == "":
            yield f"{address}.{attribute}", kind
            if plain and rarely(10):
                yield f'try({address}.{attribute}, "none")', STRING
        elif repeated == "count":
            if keys and "var." not in lines[0]:
                yield f"{address}[0].{attribute}", kind
            if plain:
                yield f"{address}[*].{attribute}", LIST
                yield f'try({address}[0].{attribute}, "none")', STRING
                if rarely(30):
                    yield f"{address}.*.{attribute}", LIST
                if len(keys) < 2 and rarely(30):
                    yield f'coalesce(one({address}[*].{attribute}), "none")', STRING
        else:
            yield f'{address}["{self.chance.pick(keys)}"].{attribute}', kind
            if plain and rarely(10):
                yield f"{{ for k, v in {address} : k => v.{attribute} }}", MAP
            if plain and rarely(10):
                yield f"[for k in {json.dumps(keys)} : {address}[k].{attribute}]", LIST
            if plain and rarely(10):
                yield f"values({address})[*].{attribute}", LIST

    def data(self) -> None:
        """A data source."""
        schema = self.chance.pick(DATA)
        name = f"d{len(self.blocks)}"
        repeated = self.repetition() if self.chance.yes(20) else Repetition()
        lines = list(repeated.lines)
        self._arguments(schema.arguments, schema, lines, repeated)
        if self.placed and self.chance.yes(8):
            lines.append(f"depends_on = [{self.chance.pick(self.placed)}]")
        self._write(f'data "{schema.type}" "{name}"', lines)
        self._offer(f"data.{schema.type}.{name}", schema.attributes, repeated)

    def module(self, folder: str) -> None:
        """A call of a local module, which is written too (or one that is there already)."""
        chance = self.chance
        if self.children and chance.yes(30):
            source = sorted(self.children)[0]
            child = self.children[source]
        else:
            source = f"{'./' if self.depth or chance.yes(60) else '../'}{folder}"
            child = self.children[source] = ModuleWriter(chance, builtin=self.builtin, depth=self.depth + 1)
            child.write_child(aliased=bool(self.providers) and chance.yes(50))
        name = f"m{len(self.blocks)}"
        self.calls[f"module.{name}"] = child
        repeated = self.repetition()
        lines = [f'source = "{source}"', *repeated.lines]
        if child.providers:
            lines.append(f"providers = {{\n    aws       = aws\n    aws.other = {chance.pick(self.providers)}\n  }}")
        for variable, kind, secret, defaulted in child.variables:
            if not defaulted or chance.yes(70):
                lines.append(f"{variable} = {self._given(kind, repeated.here, secret=secret)}")
        if self.placed and chance.yes(8):
            lines.append(f"depends_on = [{chance.pick(self.placed)}]")
        self._write(f'module "{name}"', lines)
        address = f"module.{name}"
        self._offer(address, {n: k for n, k, secret in child.outputs if not secret}, repeated)
        if repeated.kind == "":
            self.expressions.atoms += [
                Atom(f"{address}.{n}", k, secret=True) for n, k, secret in child.outputs if secret
            ]
        self.placed.append(address)

    def _given(self, kind: str, here: Sequence[Atom], *, secret: bool) -> str:
        match kind:
            case "object":
                return f"{{ name = {self.expressions.of(STRING, here, open_only=True).text} }}"
            case "set(string)":
                return self.expressions.of(LIST, here, open_only=True).text
            case "untyped" | "nullable":
                return self.expressions.of(STRING, here, open_only=True).text
            case "quoted":
                return self.expressions.of(NUMBER, here, open_only=True).text
            case _:
                return self.expressions.of(kind, here, open_only=not secret).text

    def write_child(self, *, aliased: bool) -> None:
        """The declarations of a module that is called."""
        chance = self.chance
        if aliased and not self.builtin:
            self.blocks.append(
                'terraform {\n  required_providers {\n    aws = {\n      source                = "hashicorp/aws"\n'
                "      configuration_aliases = [aws.other]\n    }\n  }\n}"
            )
            self.providers = ("aws.other",)
        for _ in range(chance.number(0, 2)):
            self.variable()
        if chance.yes(30):
            self.local(0)
        for _ in range(chance.number(1, 2)):
            self.resource()
        if self.depth < 2 and chance.yes(20):
            self.module("inner")
        if chance.yes(15):
            self.files["text.txt"] = "Text\n"
            self._write('resource "terraform_data" "file"', ['input = file("${path.module}/text.txt")'])
        for _ in range(chance.number(1, 2)):
            self.output()

    def output(self) -> None:
        """An output of some type."""
        kind = self.chance.pick(TYPES)
        value = self.expressions.of(kind)
        name = f"o{len(self.outputs)}"
        lines = [f"value = {value.text}"]
        if value.secret:
            lines.append("sensitive = true")
        if self.placed and self.chance.yes(5):
            lines.append(f"depends_on = [{self.chance.pick(self.placed)}]")
        self._write(f'output "{name}"', lines)
        self.outputs.append((name, kind, value.secret))

    def tree(self, folder: str, files: dict[str, str]) -> None:
        """Put the module's files, and those of what it calls, under their paths."""
        parts = 2 if len(self.blocks) > 4 and self.chance.yes(40) else 1
        for part in range(parts):
            name = "main.tf" if part == 0 else "more.tf"
            files[f"{folder}/{name}"] = "\n\n".join(self.blocks[part::parts]) + "\n"
        for name, text in self.files.items():
            files[f"{folder}/{name}"] = text
        for source, child in self.children.items():
            place = f"{folder}/{source[2:]}" if source.startswith("./") else f"{folder.rpartition('/')[0]}/{source[3:]}"
            child.tree(place.lstrip("/"), files)


_VALUES = {
    STRING: '"given"', NUMBER: "12", BOOL: "true", LIST: '["g", "h"]', MAP: '{ g = "1" }', "object": '{ name = "n", port = "81" }',
    SET: '["s", "t", "s"]', "untyped": '"77"',
    "nullable": "null", "quoted": '"7"',
}  # fmt: skip


def _wrapped(text: str, kind: str) -> tuple[str, str]:
    """An expression that can stand anywhere, and its type: a set is read as a list, an operator stands in parentheses."""
    if kind == SET:
        return f"sort(tolist({text}))", LIST
    return f"({text})" if " ? " in text else text, kind


def _variable_of(kind: str, name: str) -> tuple[str, str, list[Atom]]:
    """The type constraint, a default, and what may be read."""
    read = f"var.{name}"
    match kind:
        case "object":
            atoms = [Atom(f"{read}.name", STRING), Atom(f"{read}.port", NUMBER), Atom(f"{read}.tags", MAP)]
            return (
                "object({\n    name = string\n    port = optional(number, 80)\n    tags = optional(map(string), {})\n  })",
                '{ name = "o" }',
                atoms,
            )
        case "nullable":
            return (
                "string",
                "null",
                [Atom(f'({read} == null ? "n" : {read})', STRING), Atom(f'coalesce({read}, "c")', STRING)],
            )
        case "quoted":
            return "number", '"8"', [Atom(read, NUMBER)]
        case "set(string)":
            return kind, '["x", "y"]', [Atom(f"tolist({read})", LIST), Atom(f"length({read})", NUMBER)]
        case "untyped":
            return "", '"1"', [Atom(f'"${{{read}}}"', STRING)]
        case _:
            return kind, _VALUES[kind].replace("given", "default"), [Atom(read, kind)]
