"""Literals: other text, other numbers, another type."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random

from tests.mutants.places import replaced
from tests.mutants.registry import Group, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Literal, Template

GROUP = Group("literals")


def literal(site: Site, kind: type, *kinds: type) -> bool:
    """Whether the place is a literal of a type; `bool` is no number here."""
    return isinstance(site.expression, Literal) and type(site.expression.value) in (kind, *kinds)


def quoted(site: Site, result: Result) -> bool:
    """Text in quotes."""
    return literal(site, str) and site.text.startswith('"')


def number(site: Site, result: Result) -> bool:
    """Numbers."""
    return literal(site, int, Decimal)


def boolean(site: Site, result: Result) -> bool:
    """`true` and `false`."""
    return literal(site, bool)


def heredoc(site: Site, result: Result) -> bool:
    """Heredocs, with and without templates in them."""
    return isinstance(site.expression, Literal | Template) and site.text.startswith("<<")


@GROUP.over(expressions, "text-changed", "text has one character more", where=quoted)
def text_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    at = random.choice((1, len(site.text) - 1))
    return replaced(site, f"{site.text[:at]}x{site.text[at:]}")


@GROUP.over(expressions, "text-shortened", "text lost its last character", where=quoted)
def text_shortened(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, f'{site.text[:-2]}"') if len(site.text) > 2 and "\\" not in site.text else None


@GROUP.over(expressions, "text-emptied", "text is empty", where=quoted)
def text_emptied(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, '""')


@GROUP.over(expressions, "text-case", "text is written in other letters", where=quoted)
def text_case(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, site.text.swapcase() if "\\" not in site.text else site.text)


@GROUP.over(expressions, "text-blank", "text has a blank at its end", where=quoted)
def text_blank(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f'{site.text[:-1]} "')


@GROUP.over(expressions, "text-of-another-place", "text is that of another place in the file", where=quoted)
def text_of_another_place(site: Site, random: Random, result: Result) -> list[Edit]:
    texts = re.findall(rb'"[^"$%\\\n]*"', site.source)
    return replaced(site, random.choice(texts).decode())


@GROUP.over(expressions, "text-unquoted", "text that looks like a number or bool lost its quotes", where=quoted)
def text_unquoted(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, site.text[1:-1]) if re.fullmatch(r'"(\d+|true|false)"', site.text) else None


@GROUP.over(expressions, "number-changed", "a number is another one", where=number)
def number_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, random.choice((f"1{site.text}", f"2{site.text}", "0" if site.text != "0" else "1")))


@GROUP.over(expressions, "number-quoted", "a number became text", where=number)
def number_quoted(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f'"{site.text}"')


@GROUP.over(expressions, "number-negated", "a number has another sign", where=number)
def number_negated(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f"-{site.text}" if site.text != "0" else "-1")


@GROUP.over(expressions, "number-fraction", "a number has a fraction", where=number)
def number_fraction(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, f"{site.text}.5") if site.text.isdigit() else None


@GROUP.over(expressions, "bool-flipped", "true became false, or false true", where=boolean)
def bool_flipped(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, "false" if site.text == "true" else "true")


@GROUP.over(expressions, "bool-quoted", "a bool became text", where=boolean)
def bool_quoted(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f'"{site.text}"')


@GROUP.over(expressions, "heredoc-changed", "a line of a heredoc changed", where=heredoc)
def heredoc_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    lines = site.text.split("\n")
    at = random.randrange(1, len(lines) - 1) if len(lines) > 2 else 0
    return replaced(site, "\n".join([*lines[:at], f"{lines[at]}x", *lines[at + 1 :]])) if at else None


@GROUP.over(expressions, "heredoc-line-dropped", "a line of a heredoc is gone", where=heredoc)
def heredoc_line_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    lines = site.text.split("\n")
    at = random.randrange(1, len(lines) - 1) if len(lines) > 2 else 0
    return replaced(site, "\n".join([*lines[:at], *lines[at + 1 :]])) if at else None


@GROUP.over(expressions, "heredoc-indented", "a line of a heredoc is indented otherwise", where=heredoc)
def heredoc_indented(site: Site, random: Random, result: Result) -> list[Edit] | None:
    lines = site.text.split("\n")
    several = site.text.startswith("<<-") and len(lines) < 4  # the only line of `<<-` has any indent taken away
    if several or len(lines) < 3:
        return None
    at = random.randrange(1, len(lines) - 1)
    if not lines[at].strip():
        return None
    least = min(len(line) - len(line.lstrip()) for line in lines[1:] if line.strip())
    alone = [line for line in lines[1:] if line.strip() and len(line) - len(line.lstrip()) == least]
    if site.text.startswith("<<-") and alone == [lines[at]]:
        return None
    return replaced(site, "\n".join([*lines[:at], f"  {lines[at]}", *lines[at + 1 :]]))


@GROUP.over(expressions, "heredoc-flush", "an indented heredoc became a plain one", where=heredoc)
def heredoc_flush(site: Site, random: Random, result: Result) -> list[Edit] | None:
    lines = site.text.split("\n")
    if not site.text.startswith("<<-") or not any(line.startswith((" ", "\t")) for line in lines[1:-1]):
        return None
    return replaced(site, "\n".join(["<<" + lines[0][3:], *lines[1:-1], lines[-1].strip()]))
