"""Arguments: dropped, added, renamed, swapped."""

from __future__ import annotations

from random import Random

from tests.mutants.places import put, replaced, swap, value
from tests.mutants.registry import Group, attributes, blocks
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit, removal

GROUP = Group("arguments")
CONFIGURED = ("resource", "data", "module", "provider", "ephemeral")


def configured(site: Site, result: Result) -> bool:
    """Arguments of what a provider or a module is given."""
    return site.top in CONFIGURED


@GROUP.over(attributes, "argument-dropped", "an argument is gone")
def dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(blocks, "argument-added", "a block has an argument more", where=configured)
def added(site: Site, random: Random, result: Result) -> list[Edit]:
    return put(site, 'added_argument = "x"')


@GROUP.over(attributes, "argument-renamed", "an argument has another name")
def renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [Edit(site.attribute.start, site.attribute.start + len(site.name.encode()), f"{site.name}_2".encode())]


@GROUP.over(attributes, "arguments-swapped", "two arguments of a block have each other's values")
def swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert site.attribute is not None
    rest = [attribute for attribute in site.block.body.attributes if attribute is not site.attribute]
    if not rest:
        return None
    chosen = random.choice(rest)
    return swap(
        site.source, (site.attribute.value_start, site.attribute.value_end), (chosen.value_start, chosen.value_end)
    )


@GROUP.over(
    attributes,
    "argument-of-another-block",
    "an argument has the value that another block of the type gives it",
    where=configured,
)
def of_another_block(site: Site, random: Random, result: Result) -> list[Edit] | None:
    others = [
        value(place)
        for place in result.attributes
        if (place.name, len(place.blocks), place.blocks[0].labels[:1])
        == (site.name, len(site.blocks), site.blocks[0].labels[:1])
    ]
    rest = sorted(set(others) - {value(site)})
    return replaced(site, random.choice(rest)) if rest else None


@GROUP.over(attributes, "argument-null", "an argument is null", where=configured)
def nulled(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, "null")


@GROUP.over(attributes, "argument-of-another-depth", "an argument of a nested block stands in the block around it")
def lifted(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert site.attribute is not None
    if len(site.blocks) < 2 or site.blocks[-2].body.attribute(site.name) is not None:
        return None
    text = site.text.encode()
    return [Edit(site.attribute.start, site.attribute.end, b""), Edit(site.block.start, site.block.start, text + b"\n")]
