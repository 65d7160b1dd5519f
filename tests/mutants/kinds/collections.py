"""Lists and objects: items dropped, doubled, reordered, renamed."""

from __future__ import annotations

from random import Random

from tests.mutants.places import replaced, swap
from tests.mutants.registry import Group, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Call, Expression, Literal, Object, Tuple

GROUP = Group("collections")


def items(site: Site) -> tuple[Expression, ...]:
    """The items of a list as it's written."""
    return site.expression.items if isinstance(site.expression, Tuple) else ()


def pairs(site: Site) -> tuple[tuple[Expression, Expression], ...]:
    """The items of an object as it's written."""
    return site.expression.items if isinstance(site.expression, Object) else ()


def of_list(site: Site, result: Result) -> bool:
    """Lists with items."""
    return bool(items(site))


def of_object(site: Site, result: Result) -> bool:
    """Objects with items."""
    return bool(pairs(site))


def listed(site: Site, parts: list[str]) -> list[Edit]:
    """The edit that writes a list anew."""
    return replaced(site, "[" + ", ".join(parts) + "]")


def texts(site: Site) -> list[str]:
    """The source of each item of a list."""
    return [site.file.text(item.start, item.end) for item in items(site)]


@GROUP.over(expressions, "list-item-dropped", "an item of a list is gone", where=of_list)
def item_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    parts = texts(site)
    del parts[random.randrange(len(parts))]
    return listed(site, parts)


@GROUP.over(expressions, "list-item-doubled", "an item of a list stands there twice", where=of_list)
def item_doubled(site: Site, random: Random, result: Result) -> list[Edit]:
    parts = texts(site)
    return listed(site, [*parts, random.choice(parts)])


@GROUP.over(expressions, "list-reordered", "two items of a list changed places", where=of_list)
def reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if len(items(site)) < 2:
        return None
    one, other = random.sample(items(site), 2)
    return swap(site.source, (one.start, one.end), (other.start, other.end))


@GROUP.over(expressions, "list-wrapped", "a list stands in another list", where=of_list)
def wrapped(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f"[{site.text}]")


@GROUP.over(expressions, "list-became-set", "a list became a set", where=of_list)
def became_set(site: Site, random: Random, result: Result) -> list[Edit] | None:
    parent = site.parent
    return None if isinstance(parent, Call) and parent.name == "toset" else replaced(site, f"toset({site.text})")


@GROUP.over(expressions, "list-emptied", "a list is empty", where=of_list)
def emptied(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, "[]")


@GROUP.over(expressions, "item-became-list", "a single value became a list of one")
def became_list(site: Site, random: Random, result: Result) -> list[Edit] | None:
    keyed = isinstance(site.parent, Object) and any(key is site.expression for key, _ in site.parent.items)
    return (
        None
        if keyed or not isinstance(site.expression, Literal) or not whole(site)
        else replaced(site, f"[{site.text}]")
    )


def whole(site: Site) -> bool:
    """Whether a literal stands by itself, and not inside quotes."""
    return isinstance(site.expression, Literal) and (site.text[:1] == '"' or not isinstance(site.expression.value, str))


@GROUP.over(expressions, "object-item-dropped", "an item of an object is gone", where=of_object)
def pair_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    key, value = random.choice(pairs(site))
    end = value.end
    if site.source[end : end + 1] == b",":
        end += 1
    return [Edit(key.start, end, b"")]


@GROUP.over(expressions, "object-key-renamed", "a key of an object has another name", where=of_object)
def key_renamed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    key, _ = random.choice(pairs(site))
    text = site.file.text(key.start, key.end)
    if not isinstance(key, Literal):
        return None
    return [Edit(key.start, key.end, (f'{text[:-1]}_2"' if text.startswith('"') else f"{text}_2").encode())]


@GROUP.over(expressions, "object-key-case", "a key of an object is written in other letters", where=of_object)
def key_case(site: Site, random: Random, result: Result) -> list[Edit] | None:
    key, _ = random.choice(pairs(site))
    return [Edit(key.start, key.end, site.source[key.start : key.end].swapcase())] if isinstance(key, Literal) else None


@GROUP.over(expressions, "object-values-swapped", "two items of an object have each other's values", where=of_object)
def values_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if len(pairs(site)) < 2:
        return None
    (_, one), (_, other) = random.sample(pairs(site), 2)
    return swap(site.source, (one.start, one.end), (other.start, other.end))


@GROUP.over(expressions, "object-item-added", "an object has an item more", where=of_object)
def pair_added(site: Site, random: Random, result: Result) -> list[Edit]:
    return (
        [Edit(site.expression.start + 1, site.expression.start + 1, b'\n added_key = "x"\n')] if site.expression else []
    )


@GROUP.over(expressions, "object-item-null", "an item of an object is null", where=of_object)
def pair_null(site: Site, random: Random, result: Result) -> list[Edit]:
    _, value = random.choice(pairs(site))
    return [Edit(value.start, value.end, b"null")]
