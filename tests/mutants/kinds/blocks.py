"""Whole blocks: dropped, doubled, invented, renamed, swapped, on the wrong side."""

from __future__ import annotations

from random import Random

from tests.mutants.places import (
    ADDRESSED,
    appended,
    both,
    in_module,
    in_service_root,
    label,
    nested,
    relabelled,
    siblings,
    swap,
    top,
)
from tests.mutants.registry import Group, blocks
from tests.mutants.results import Changes, Result, Site
from tfhoist.hcl.edit import Edit, apply_edits, removal

GROUP = Group("blocks")
MANAGED = top("resource", "data", "ephemeral")


@GROUP.over(blocks, "block-dropped", "a resource, data source or module call is gone", where=top(*ADDRESSED))
def dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(blocks, "block-doubled", "a resource, data source or module call stands there twice", where=top(*ADDRESSED))
def doubled(site: Site, random: Random, result: Result) -> list[Edit]:
    return appended(site.source, site.text)


@GROUP.over(blocks, "block-invented", "a copy of a block has a name of its own", where=top(*ADDRESSED))
def invented(site: Site, random: Random, result: Result) -> list[Edit]:
    start, end = label(site, len(site.block.labels) - 1)
    text = site.source[site.block.start : start] + b"invented" + site.source[end : site.block.end]
    return appended(site.source, text.decode())


@GROUP.over(blocks, "block-renamed", "a resource, data source or module call has another name", where=top(*ADDRESSED))
def renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    return relabelled(site, len(site.block.labels) - 1, site.block.labels[-1] + "_2")


@GROUP.over(blocks, "type-changed", "a resource has another type", where=MANAGED)
def type_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return relabelled(site, 0, site.block.labels[0] + "s")


@GROUP.over(blocks, "resource-became-data", "a resource became a data source", where=top("resource"))
def became_data(site: Site, random: Random, result: Result) -> list[Edit]:
    return [Edit(site.block.start, site.block.start + len("resource"), b"data")]


@GROUP.over(blocks, "names-swapped", "two blocks of one type have each other's names", where=MANAGED)
def names_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    others = [
        block
        for block in site.file.body.blocks
        if (block.type, block.labels[:1]) == (site.top, site.block.labels[:1]) and block is not site.block
    ]
    if not others:
        return None
    return swap(site.source, label(site, 1), label(site._replace(blocks=(random.choice(others),)), 1))


@GROUP.over(
    blocks, "block-on-both-sides", "a moved block was left in the service root", where=both(in_module, top(*ADDRESSED))
)
def on_both_sides(site: Site, random: Random, result: Result) -> Changes | None:
    return put_back(site, result)


@GROUP.over(
    blocks,
    "block-on-the-wrong-side",
    "a moved block went back to the service root",
    where=both(in_module, top("resource", "module")),
)
def on_the_wrong_side(site: Site, random: Random, result: Result) -> Changes | None:
    changes = put_back(site, result)
    if changes is not None:
        changes[site.path] = apply_edits(site.source, [removal(site.source, site.block)])
    return changes


@GROUP.over(
    blocks,
    "block-of-the-service-moved",
    "a block that stays was put into the shared module",
    where=both(in_service_root, top("resource")),
)
def of_the_service_moved(site: Site, random: Random, result: Result) -> Changes:
    home = f"{result.module}main.tf"
    return {
        home: result.files.get(home, b"") + b"\n" + site.source[site.block.start : site.block.end] + b"\n",
        site.path: apply_edits(site.source, [removal(site.source, site.block)]),
    }


def put_back(site: Site, result: Result) -> Changes | None:
    """The service root with a block as it was there before."""
    home = f"{result.root}main.tf"
    text = original(site, result)
    return None if not text else {home: result.files.get(home, b"") + b"\n" + text + b"\n"}


def original(site: Site, result: Result) -> bytes:
    """The text of a block in the service root as it was."""
    for path in sorted(result.files):
        if path.startswith(f"before/{result.root}") and path.endswith(".tf"):
            file = result.file(path)
            for block in file.body.blocks:
                if (block.type, block.labels) == (site.block.type, site.block.labels):
                    return file.source[block.start : block.end]
    return b""


# blocks in blocks


@GROUP.over(blocks, "nested-block-dropped", "a nested block is gone", where=nested)
def nested_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(blocks, "nested-block-doubled", "a nested block stands there twice", where=nested)
def nested_doubled(site: Site, random: Random, result: Result) -> list[Edit]:
    return [Edit(site.block.end, site.block.end, b"\n" + site.source[site.block.start : site.block.end])]


@GROUP.over(blocks, "nested-block-renamed", "a nested block has another type", where=nested)
def nested_renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    if site.inner == "dynamic":
        return relabelled(site, 0, site.block.labels[0] + "s")
    return [Edit(site.block.start, site.block.start + len(site.inner), site.inner.encode() + b"s")]


@GROUP.over(blocks, "nested-blocks-reordered", "two nested blocks of one type changed places", where=nested)
def nested_reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    alike = [block for block in siblings(site) if block.type == site.inner and block is not site.block]
    if not alike:
        return None
    chosen = random.choice(alike)
    return swap(site.source, (site.block.start, site.block.end), (chosen.start, chosen.end))


@GROUP.over(blocks, "nested-block-moved", "a nested block stands in another block of its type", where=nested)
def nested_moved(site: Site, random: Random, result: Result) -> list[Edit] | None:
    outer = site.blocks[0]
    others = [
        b for b in site.file.body.blocks if b.type == outer.type and b.labels[:1] == outer.labels[:1] and b is not outer
    ]
    if len(site.blocks) != 2 or not others:
        return None
    target = random.choice(others)
    if b"\n" not in site.source[target.open : target.close]:
        return None
    text = site.source[site.block.start : site.block.end]
    return [removal(site.source, site.block), Edit(target.open + 1, target.open + 1, b"\n" + text)]


@GROUP.over(blocks, "comment-swallows-a-block", "a block is only a comment now", where=top(*ADDRESSED))
def commented_out(site: Site, random: Random, result: Result) -> list[Edit] | None:
    text = site.source[site.block.start : site.block.end]
    return None if b"*/" in text else [Edit(site.block.start, site.block.end, b"/* " + text + b" */")]
