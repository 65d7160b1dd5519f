"""Random HCL expressions of a wanted type, made of the names that a module offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from tests.properties.choices import Choices

T = TypeVar("T")

STRING, NUMBER, BOOL, LIST, MAP = "string", "number", "bool", "list(string)", "map(string)"
TYPES = (STRING, NUMBER, BOOL, LIST, MAP)

WORDS = ("a", "b", "main", "x-1", "Überall", "5", "$${kept}", "%%{kept}", 'a\\"b\\\\n', "")


class Expression(NamedTuple):
    """A text, and whether its value may be sensitive."""

    text: str
    secret: bool = False


class Atom(NamedTuple):
    """What an expression may read. `static` atoms are known before anything is applied, and never sensitive."""

    text: str
    type: str
    static: bool = False
    secret: bool = False


class Chance:
    """Choices by short names. The first of several is the simplest: examples shrink towards it."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def pick(self, choices: Sequence[T]) -> T:
        """One of some choices."""
        chosen: T = choices[self.number(0, len(choices) - 1)]
        return chosen

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self._choices.number(least, most)

    def yes(self, percent: int) -> bool:
        """Whether something of this probability happens."""
        return self.number(0, 99) >= 100 - percent


class Expressions:
    """Writes expressions for one module. `atoms` grows while the module is written, so nothing reads in a circle."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.atoms: list[Atom] = []

    def of(
        self, kind: str, here: Sequence[Atom] = (), *, static: bool = False, open_only: bool = False, depth: int = 0
    ) -> Expression:
        """An expression of a type. `here` are names of the place, such as `each.key`; `open_only` leaves out secrets."""
        if depth < 3:
            fitting = [
                a
                for a in (*here, *self.atoms)
                if a.type == kind and (a.static or not static) and not (a.secret and (open_only or static))
            ]
            if fitting and self.chance.yes(55):
                # what was declared last is read most: chains come about
                found = fitting[
                    -1 - min(self.chance.number(0, len(fitting) - 1), self.chance.number(0, len(fitting) - 1))
                ]
                return Expression(found.text, found.secret)
            if self.chance.yes(45):
                return self._compound(kind, here, static=static, open_only=open_only, depth=depth)
        return Expression(self._literal(kind))

    def _literal(self, kind: str) -> str:
        pick = self.chance.pick
        match kind:
            case "string":
                return f'"{pick(WORDS)}"'
            case "number":
                return pick(("1", "0", "8080", "2.5", "-3", "1e3"))
            case "bool":
                return pick(("true", "false"))
            case "list(string)":
                return pick(('["a"]', "[]", '["a", "b"]', '[\n    "c", # third\n    "a",\n  ]'))
            case _:
                return pick(('{ a = "1" }', "{}", '{ "a" = "1", "b-c" = "2" }', '{\n    a : "1",\n    Name = "n"\n  }'))

    def _compound(self, kind: str, here: Sequence[Atom], *, static: bool, open_only: bool, depth: int) -> Expression:
        forms = {STRING: _STRINGS, NUMBER: _NUMBERS, BOOL: _BOOLS, LIST: _LISTS, MAP: _MAPS}[kind]
        form = self.chance.pick(forms)
        secret = False
        pieces: list[str] = []
        for number, piece in enumerate(form.split("@")):
            if number % 2 == 0:
                pieces.append(piece)
                continue
            wanted = {"s": STRING, "n": NUMBER, "b": BOOL, "l": LIST, "m": MAP}[piece]
            part = self.of(wanted, here, static=static, open_only=open_only, depth=depth + 1)
            secret = secret or part.secret
            pieces.append(part.text)
        return Expression("".join(pieces), secret)


# `@s@` stands for an expression of type string, and so on.
_STRINGS = (
    '"${@s@}-${@s@}"',
    "upper(@s@)",
    'join(",", @l@)',
    '(@b@) ? @s@ : "no"',
    'format("%s:%v", @s@, @n@)',
    "tostring(@n@)",
    'lookup(@m@, "a", "-")',
    'try(@m@["a"], "none")',
    "try(@m@.Name, @s@)",
    'concat(@l@, ["z"])[0]',
    'coalesce(@s@, "c")',
    "jsonencode({ port = @n@, on = @b@, tags = @m@, all = [@s@] })",
    '"%{ if @b@ }${@s@}%{ else }no%{ endif ~}  tail"',
    '"%{ for x in @l@ }<${x}>%{ endfor }"',
    "(@s@)",
    'replace(@s@, "/[a-z]+/", "-")',
    'element(concat(@l@, ["e"]), (@n@) > 0 ? 0 : 1)',
    "md5(@s@)",
    "one([@s@])",
)
_NUMBERS = (
    "length(@l@)",
    "(@n@) + 1",
    "(@b@) ? @n@ : 2",
    "max(@n@, 3)",
    'tonumber("7")',
    "-(@n@) * 2",
    "length(@m@)",
    "length(@s@)",
    "(@n@) % 7",
)
_BOOLS = (
    "(@n@) > 2",
    "!(@b@)",
    "(@b@) && (@b@)",
    "(@b@) || false",
    'contains(@l@, "a")',
    "(@s@) == (@s@)",
    'can(@m@["a"])',
    "(@s@) != null",
    "length(@m@) == 0",
)
_LISTS = (
    "[@s@, @s@]",
    "[for x in @l@ : upper(x)]",
    '[for i, x in @l@ : "${i}${x}" if x != "b"]',
    "concat(@l@, @l@)",
    "sort(keys(@m@))",
    "values(@m@)",
    "distinct(compact(@l@))",
    "flatten([@l@, [@s@]])",
    '[for k, v in @m@ : "${k}=${v}"]',
    "tolist((@b@) ? @l@ : [])",
    "slice(concat(@l@, [@s@]), 0, 1)",
    'split(",", @s@)',
    "[@s@][*]",
    "tolist(toset(@l@))",
    "reverse(@l@)",
)
_MAPS = (
    "{ a = @s@ }",
    "merge(@m@, @m@)",
    "{ for k, v in @m@ : k => upper(v) }",
    "{ for i, x in @l@ : i => x }",
    '{ ((@b@) ? "k" : "l") = @s@ }',
    "merge(@m@, { Name = @s@ })",
    "tomap({ a = @s@, b = @s@ })",
    "{ for k, v in { for x in @l@ : x => x... } : k => v[0] }",
    'zipmap(["a"], [@s@])',
)
