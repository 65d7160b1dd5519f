"""References: another attribute, another block, another index."""

from __future__ import annotations

import re
from random import Random

from tests.mutants.places import another, replaced
from tests.mutants.registry import Group, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Attr, Index, Literal, Splat, Variable

GROUP = Group("references")
ATTRIBUTES = ("arn", "id", "name", "dns_name", "zone_id", "arn_suffix", "url", "self_link")
NOT_RESOURCES = ("var", "local", "module", "data", "path", "terraform", "each", "count", "self")


def attribute(site: Site, result: Result) -> bool:
    """`x.name`."""
    return isinstance(site.expression, Attr)


def of_root(site: Site, *roots: str) -> str:
    """The name behind `var.`, `local.` and the like, when the place is just that; else ""."""
    node = site.expression
    if isinstance(node, Attr) and isinstance(node.target, Variable) and node.target.name in roots:
        return node.name
    return ""


def renamed(site: Site, name: str | None) -> list[Edit] | None:
    """The edit that puts another name behind the last dot."""
    node = site.expression
    assert isinstance(node, Attr)
    return [Edit(node.end - len(node.name.encode()), node.end, name.encode())] if name else None


def declared(site: Site, result: Result, kind: str, first: str = "") -> list[str]:
    """The names of the blocks of a kind in the folder of a place."""
    folder = site.path.rpartition("/")[0]
    return [
        block.labels[-1]
        for path in result.configuration
        if path.rpartition("/")[0] == folder
        for block in result.file(path).body.blocks
        if block.type == kind and (not first or block.labels[0] == first)
    ]


@GROUP.over(expressions, "other-attribute-read", "another attribute of the same thing is read", where=attribute)
def other_attribute(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, Attr)
    if isinstance(node.target, Variable) or isinstance(site.parent, Attr):
        return None
    return renamed(site, another(random, ATTRIBUTES, node.name))


@GROUP.over(expressions, "other-resource-read", "another resource of the same type is read", where=attribute)
def other_resource(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, Attr)
    if isinstance(node.target, Variable) and node.target.name not in NOT_RESOURCES:
        return renamed(site, another(random, declared(site, result, "resource", node.target.name), node.name))
    if isinstance(node.target, Attr) and isinstance(node.target.target, Variable) and node.target.target.name == "data":
        return renamed(site, another(random, declared(site, result, "data", node.target.name), node.name))
    return None


@GROUP.over(expressions, "other-variable-read", "another variable is read", where=attribute)
def other_variable(site: Site, random: Random, result: Result) -> list[Edit] | None:
    name = of_root(site, "var")
    return renamed(site, another(random, declared(site, result, "variable"), name)) if name else None


@GROUP.over(expressions, "other-local-read", "another local is read", where=attribute)
def other_local(site: Site, random: Random, result: Result) -> list[Edit] | None:
    name = of_root(site, "local")
    folder = site.path.rpartition("/")[0]
    names = [
        place.name for place in result.attributes if place.top == "locals" and place.path.rpartition("/")[0] == folder
    ]
    return renamed(site, another(random, names, name)) if name else None


@GROUP.over(expressions, "undeclared-read", "a name is read that isn't there", where=attribute)
def undeclared(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    assert isinstance(node, Attr)
    return renamed(site, f"{node.name}_2")


@GROUP.over(expressions, "reference-became-text", "a reference is only text", where=attribute)
def became_text(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return (
        None
        if isinstance(site.parent, Attr | Index | Splat)
        else replaced(site, f'"{site.text}"' if '"' not in site.text else '"x"')
    )


@GROUP.over(expressions, "text-became-reference", "text is read from a variable")
def became_reference(site: Site, random: Random, result: Result) -> list[Edit] | None:
    names = sorted(declared(site, result, "variable"))
    if not names or site.above or not isinstance(site.expression, Literal) or not site.text.startswith('"'):
        return None
    return replaced(site, f"var.{random.choice(names)}")


@GROUP.over(expressions, "index-changed", "an index is another one")
def index_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Index):
        return None
    text = (
        "count.index" if random.random() < 0.3 else "1" if site.file.text(node.key.start, node.key.end) == "0" else "0"
    )
    return [Edit(node.key.start, node.key.end, text.encode())]


@GROUP.over(expressions, "index-dropped", "an index is gone")
def index_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    return [Edit(node.target.end, node.end, b"")] if isinstance(node, Index) else None


@GROUP.over(expressions, "index-added", "only the first item is read", where=attribute)
def index_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if site.top in ("removed", "moved", "import", "variable") or site.name in ("providers", "provider", "depends_on"):
        return None
    if isinstance(node, Attr) and isinstance(node.target, Variable) and node.target.name not in ("var", "local"):
        return None
    return None if isinstance(site.parent, Attr | Index | Splat) else replaced(site, f"{site.text}[0]")


@GROUP.over(expressions, "splat-became-index", "the first instance is read instead of all")
def splat_to_index(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    return [Edit(node.target.end, node.mark_end, b"[0]")] if isinstance(node, Splat) else None


@GROUP.over(expressions, "splat-dropped", "a splat is gone")
def splat_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    return [Edit(node.target.end, node.mark_end, b"")] if isinstance(node, Splat) else None


@GROUP.over(
    expressions, "key-and-value-exchanged", "each.key became each.value, or the other way round", where=attribute
)
def key_and_value(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Attr) or not isinstance(node.target, Variable) or node.name not in ("key", "value"):
        return None
    return renamed(site, "value" if node.name == "key" else "key")


@GROUP.over(expressions, "count-index-fixed", "count.index became a number", where=attribute)
def count_index(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, "0") if site.text == "count.index" else None


@GROUP.over(expressions, "path-changed", "path.module became path.root, or the other way round", where=attribute)
def path_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if not re.fullmatch(r"path\.(module|root)", site.text):
        return None
    return renamed(site, "root" if site.text == "path.module" else "module")
