"""Changes that change no meaning: the proof holds for them, or it would be of no use to people who edit a result."""

from __future__ import annotations

import posixpath
import re
from random import Random

from tests.mutants.places import both, in_central_root, in_module, in_service_root, named, replaced, swap
from tests.mutants.registry import Draft, Group, attributes, blocks, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit
from tfhoist.hcl.expressions import Attr, Index, Literal, Object, Splat, Variable

GROUP = Group("harmless")


def ours(site: Site, result: Result) -> bool:
    """What the consolidation wrote or edited, and may be edited again."""
    return in_module(site, result) or in_central_root(site, result) or in_service_root(site, result)


@GROUP.over(blocks, "comment-added", "a comment stands above a block", harmless=True, where=ours)
def comment(site: Site, random: Random, result: Result) -> list[Edit]:
    return [Edit(site.block.start, site.block.start, b"/* why */ ")]


@GROUP.over(blocks, "blank-line-added", "a block has a blank line more", harmless=True, where=ours)
def blank_line(site: Site, random: Random, result: Result) -> list[Edit] | None:
    at = site.block.open + 1
    return [Edit(at, at, b"\n")] if site.source[at : at + 1] == b"\n" else None


@GROUP.over(blocks, "blocks-reordered", "two outermost blocks changed places", harmless=True, where=ours)
def reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    rest = [block for block in site.file.body.blocks if block is not site.block]
    if len(site.blocks) > 1 or not rest:
        return None
    chosen = random.choice(rest)
    return swap(site.source, (site.block.start, site.block.end), (chosen.start, chosen.end))


@GROUP.over(
    attributes,
    "arguments-reordered",
    "two arguments of a block changed places, names and all",
    harmless=True,
    where=ours,
)
def arguments_reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    rest = [attribute for attribute in site.block.body.attributes if attribute is not site.attribute]
    if not rest or site.attribute is None:
        return None
    chosen = random.choice(rest)
    return swap(site.source, (site.attribute.start, site.attribute.end), (chosen.start, chosen.end))


@GROUP.over(
    expressions,
    "object-items-reordered",
    "two items of an object changed places, keys and all",
    harmless=True,
    where=ours,
)
def items_reordered(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if not isinstance(site.expression, Object) or len(site.expression.items) < 2 or site.name == "providers":
        return None
    if not all(isinstance(key, Literal) for key, _ in site.expression.items):
        return None
    one, two = random.sample(site.expression.items, 2)
    return swap(site.source, (one[0].start, one[1].end), (two[0].start, two[1].end))


@GROUP.over(expressions, "parentheses-added", "an expression stands in parentheses", harmless=True, where=ours)
def parentheses(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.top not in ("resource", "data", "locals", "output") or site.above or len(site.blocks) > 1:
        return None
    meta = ("depends_on", "provider", "providers", "sensitive", "description")
    return None if site.name in meta else replaced(site, f"({site.text})")


@GROUP.over(expressions, "reference-in-quotes", "a reference stands alone in quotes", harmless=True, where=ours)
def in_quotes(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.top not in ("resource", "locals", "output") or site.above or not isinstance(site.expression, Attr):
        return None
    return None if site.name in ("provider", "depends_on") else replaced(site, f'"${{{site.text}}}"')


@GROUP.over(expressions, "attribute-as-index", "an attribute is read by an index", harmless=True, where=ours)
def as_index(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if site.top not in ("resource", "data", "locals", "output") or not isinstance(node, Attr):
        return None
    if site.name in ("provider", "depends_on", "ignore_changes", "replace_triggered_by") or isinstance(
        site.parent, Splat
    ):
        return None
    if not isinstance(node.target, Index) or isinstance(node.target.target, Variable):
        return None
    return [Edit(node.target.end, node.end, f'["{node.name}"]'.encode())]


@GROUP.over(
    attributes,
    "description-changed",
    "a variable or output is described otherwise",
    harmless=True,
    where=both(ours, named("description", "variable", "output")),
)
def described(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, '"Something else"')


@GROUP.over(attributes, "local-renamed", "a local has another name, everywhere", harmless=True, where=in_module)
def local_renamed(site: Site, random: Random, result: Result) -> dict[str, bytes | None] | None:
    if site.top != "locals":
        return None
    folder = posixpath.dirname(site.path)
    changes: dict[str, bytes | None] = {}
    for path in result.configuration:
        if posixpath.dirname(path) == folder:
            text = re.sub(
                rb"\blocal\." + site.name.encode() + rb"\b", f"local.{site.name}_2".encode(), result.files[path]
            )
            if path == site.path and site.attribute is not None:
                text = re.sub(
                    rb"(?m)^(\s*)" + site.name.encode() + rb"(\s*=)", rb"\1" + site.name.encode() + rb"_2\2", text
                )
            if text != result.files[path]:
                changes[path] = text
    return changes


@GROUP.files("configuration-file-renamed", "a configuration file of the shared module has another name", harmless=True)
def file_renamed(result: Result, random: Random) -> Draft | None:
    paths = [path for path in result.configuration if result.in_module(path)]
    path = random.choice(sorted(paths))
    return Draft({path: None, path.removesuffix(".tf") + "_2.tf": result.files[path]}, None, path)


@GROUP.files("empty-file-added", "an empty configuration file is new", harmless=True)
def empty_file(result: Result, random: Random) -> Draft:
    folder = random.choice((result.module, result.root, *result.folders))
    return Draft({f"{folder}zz_empty.tf": b"# Nothing.\n"}, None, f"{folder}zz_empty.tf")


@GROUP.over(blocks, "line-ends", "a file has other line ends", harmless=True, where=ours)
def line_ends(site: Site, random: Random, result: Result) -> dict[str, bytes | None] | None:
    if b"<<" in site.source or b"\r" in site.source:
        return None
    return {site.path: site.source.replace(b"\n", b"\r\n")}
