"""Small helpers of the kinds: which places they want, and edits that several of them make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from tests.mutants.results import Result, Site
from tfhoist.hcl.bodies import Block
from tfhoist.hcl.edit import Edit, insertion

Where = Callable[[Site, Result], bool]
ADDRESSED = ("resource", "data", "module", "ephemeral")


def top(*kinds: str) -> Where:
    """Outermost blocks of some types."""
    return lambda site, result: len(site.blocks) == 1 and site.top in kinds


def within(*kinds: str) -> Where:
    """Anything inside blocks of some types."""
    return lambda site, result: site.top in kinds


def named(name: str, *kinds: str) -> Where:
    """Arguments of one name directly in outermost blocks of some types."""
    return lambda site, result: site.name == name and len(site.blocks) == 1 and site.top in kinds


def nested(site: Site, result: Result) -> bool:
    """Blocks in blocks."""
    return len(site.blocks) > 1


def in_module(site: Site, result: Result) -> bool:
    """Places in the shared module's own folder."""
    return result.in_module(site.path)


def in_central_root(site: Site, result: Result) -> bool:
    """Places in what a central root gained."""
    return result.in_central_root(site.path) and site.path in result.new


def in_service_root(site: Site, result: Result) -> bool:
    """Places in the service root."""
    return result.in_service_root(site.path)


def both(*conditions: Where) -> Where:
    """All of some conditions."""
    return lambda site, result: all(condition(site, result) for condition in conditions)


def label(site: Site, number: int) -> tuple[int, int]:
    """The bytes of a block's label, without its quotes."""
    block = site.block
    at = block.start + len(block.type)
    for position, text in enumerate(block.labels):
        at = site.source.index(text.encode(), at)
        if position == number:
            return at, at + len(text.encode())
        at += len(text.encode())
    raise IndexError(number)


def relabelled(site: Site, number: int, text: str) -> list[Edit]:
    """The edit that gives a block another label."""
    start, end = label(site, number)
    return [Edit(start, end, text.encode())]


def appended(source: bytes, text: str) -> list[Edit]:
    """The edit that puts text at the end of a file."""
    return [Edit(len(source), len(source), b"\n" + text.encode() + b"\n")]


def put(site: Site, text: str, *, first: bool = True) -> list[Edit]:
    """The edits that put a line into a block."""
    return insertion(site.source, site.block, f"  {text}\n".encode(), first=first)


def replaced(site: Site, text: str) -> list[Edit]:
    """The edit that replaces an expression, or an argument's value."""
    if site.expression is not None:
        return [Edit(site.expression.start, site.expression.end, text.encode())]
    assert site.attribute is not None
    return [Edit(site.attribute.value_start, site.attribute.value_end, text.encode())]


def swap(source: bytes, one: tuple[int, int], other: tuple[int, int]) -> list[Edit] | None:
    """The edits that swap two ranges; None when they overlap or are alike."""
    (a, b), (c, d) = sorted((one, other))
    if b > c or source[a:b] == source[c:d]:
        return None
    return [Edit(a, b, source[c:d]), Edit(c, d, source[a:b])]


def another(random: Random, choices: Iterable[str], than: str) -> str | None:
    """Another one of some names, or None."""
    rest = sorted(set(choices) - {than})
    return random.choice(rest) if rest else None


def siblings(site: Site) -> tuple[Block, ...]:
    """The blocks that stand beside this one."""
    return site.blocks[-2].body.blocks if len(site.blocks) > 1 else site.file.body.blocks


def value(site: Site) -> str:
    """The source of an argument's value."""
    assert site.attribute is not None
    return site.file.text(site.attribute.value_start, site.attribute.value_end)
