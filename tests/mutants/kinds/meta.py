"""Meta-arguments: count, for_each, depends_on, provider and lifecycle, and dynamic blocks."""

from __future__ import annotations

from random import Random

from tests.mutants.places import ADDRESSED, both, named, put, replaced, top, value
from tests.mutants.registry import Group, attributes, blocks
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit, insertion, removal
from tfhoist.hcl.expressions import Tuple

GROUP = Group("meta-arguments")
RESOURCES = ("resource", "data")
ORDERS = (*ADDRESSED, "output")


def single(site: Site, result: Result) -> bool:
    """Blocks without `count` and `for_each`."""
    return site.block.body.attribute("count") is None and site.block.body.attribute("for_each") is None


def in_lifecycle(site: Site, result: Result) -> bool:
    """Arguments of `lifecycle`."""
    return site.inner == "lifecycle" and site.top in RESOURCES


def gone(site: Site) -> list[Edit]:
    """The edit that takes an argument out."""
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(attributes, "count-dropped", "count is gone", where=named("count", *ADDRESSED))
def count_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return gone(site)


@GROUP.over(attributes, "count-changed", "count is a number", where=named("count", *ADDRESSED))
def count_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, random.choice("123"))


@GROUP.over(blocks, "count-added", "a block that had one instance has count", where=both(top(*ADDRESSED), single))
def count_added(site: Site, random: Random, result: Result) -> list[Edit]:
    return put(site, "count = 1")


@GROUP.over(attributes, "for-each-dropped", "for_each is gone", where=named("for_each", *ADDRESSED))
def for_each_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return gone(site)


@GROUP.over(attributes, "for-each-became-count", "for_each became count", where=named("for_each", *ADDRESSED))
def for_each_to_count(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [Edit(site.attribute.start, site.attribute.end, f"count = length({value(site)})".encode())]


@GROUP.over(attributes, "for-each-changed", "for_each runs over something else", where=named("for_each", *ADDRESSED))
def for_each_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, 'toset(["a"])')


@GROUP.over(attributes, "depends-on-dropped", "depends_on is gone", where=named("depends_on", *ORDERS))
def depends_on_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return gone(site)


@GROUP.over(
    attributes, "depends-on-item-dropped", "depends_on names one block less", where=named("depends_on", *ORDERS)
)
def depends_on_item(site: Site, random: Random, result: Result) -> list[Edit] | None:
    expression = site.attribute.expression if site.attribute is not None else None
    if not isinstance(expression, Tuple) or len(expression.items) < 2:
        return None
    parts = [site.file.text(item.start, item.end) for item in expression.items]
    del parts[random.randrange(len(parts))]
    return replaced(site, "[" + ", ".join(parts) + "]")


@GROUP.over(blocks, "depends-on-added", "a block waits for another one", where=top(*ORDERS))
def depends_on_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    folder = site.path.rpartition("/")[0]
    addresses = [
        ".".join(place.block.labels)
        for place in result.blocks
        if place.top == "resource" and len(place.blocks) == 1 and place.path.rpartition("/")[0] == folder
    ]
    rest = sorted(set(addresses) - {".".join(site.block.labels)})
    if not rest or site.block.body.attribute("depends_on") is not None:
        return None
    return put(site, f"depends_on = [{random.choice(rest)}]", first=False)


@GROUP.over(blocks, "lifecycle-dropped", "a lifecycle block is gone")
def lifecycle_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return [removal(site.source, site.block)] if site.inner == "lifecycle" and site.top in RESOURCES else None


@GROUP.over(blocks, "lifecycle-added", "a lifecycle block is new", where=top("resource"))
def lifecycle_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.block.body.blocks_of("lifecycle"):
        return None
    said = random.choice(
        ("create_before_destroy = true", "prevent_destroy = true", "ignore_changes = all", "ignore_changes = [tags]")
    )
    return insertion(site.source, site.block, f"  lifecycle {{\n    {said}\n  }}\n".encode())


@GROUP.over(attributes, "lifecycle-argument-dropped", "an argument of lifecycle is gone", where=in_lifecycle)
def lifecycle_argument(site: Site, random: Random, result: Result) -> list[Edit]:
    return gone(site)


@GROUP.over(
    attributes, "lifecycle-flipped", "create_before_destroy or prevent_destroy is the opposite", where=in_lifecycle
)
def lifecycle_flipped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.name not in ("create_before_destroy", "prevent_destroy"):
        return None
    return replaced(site, "false" if value(site) == "true" else "true")


@GROUP.over(attributes, "ignored-changes-changed", "ignore_changes names something else", where=in_lifecycle)
def ignored_changes(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.name != "ignore_changes":
        return None
    return replaced(site, random.choice(("all", "[]", "[added]", value(site)[:-1] + ", added]")))


@GROUP.over(attributes, "condition-always-true", "a check, a validation or a condition holds always")
def always_true(site: Site, random: Random, result: Result) -> list[Edit] | None:
    kinds = ("precondition", "postcondition", "assert", "validation")
    return replaced(site, "true") if site.name == "condition" and site.inner in kinds else None


@GROUP.over(blocks, "condition-dropped", "a validation, precondition or assertion is gone")
def condition_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    kinds = ("precondition", "postcondition", "assert", "validation")
    return [removal(site.source, site.block)] if site.inner in kinds else None


@GROUP.over(blocks, "dynamic-fixed", "a dynamic block makes one block only")
def dynamic_fixed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    each = site.block.body.attribute("for_each") if site.inner == "dynamic" else None
    return [Edit(each.value_start, each.value_end, b"[1]")] if each is not None else None


@GROUP.over(
    blocks,
    "dynamic-reordered",
    "a dynamic block runs the other way",
    where=lambda site, result: site.inner == "dynamic",
)
def dynamic_reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    each = site.block.body.attribute("for_each")
    if each is None:
        return None
    return [
        Edit(each.value_start, each.value_end, f"reverse({site.file.text(each.value_start, each.value_end)})".encode())
    ]
