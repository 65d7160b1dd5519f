"""Variables and outputs: what goes into modules and comes out of them."""

from __future__ import annotations

from random import Random

from tests.mutants.places import named, put, relabelled, replaced, swap, top, value, within
from tests.mutants.registry import Group, attributes, blocks, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit, removal
from tfhoist.hcl.expressions import Call

GROUP = Group("variables and outputs")
CALL = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


@GROUP.over(blocks, "output-dropped", "an output is gone", where=top("output"))
def output_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(blocks, "output-renamed", "an output has another name", where=top("output"))
def output_renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    return relabelled(site, 0, f"{site.block.labels[0]}_2")


@GROUP.over(blocks, "output-doubled", "an output stands there twice under another name", where=top("output"))
def output_doubled(site: Site, random: Random, result: Result) -> list[Edit]:
    text = site.text.replace(f'"{site.block.labels[0]}"', f'"{site.block.labels[0]}_2"', 1)
    return [Edit(len(site.source), len(site.source), f"\n{text}\n".encode())]


@GROUP.over(attributes, "outputs-swapped", "two outputs have each other's values", where=named("value", "output"))
def outputs_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    others = [block for block in site.file.body.blocks if block.type == "output" and block is not site.block]
    given = random.choice(others).body.attribute("value") if others else None
    if given is None or site.attribute is None:
        return None
    return swap(
        site.source, (site.attribute.value_start, site.attribute.value_end), (given.value_start, given.value_end)
    )


@GROUP.over(attributes, "output-null", "an output is null", where=named("value", "output"))
def output_null(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, "null")


@GROUP.over(attributes, "output-as-list", "an output is a list of its value", where=named("value", "output"))
def output_as_list(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f"[{value(site)}]")


@GROUP.over(attributes, "output-as-text", "an output is its value as text", where=named("value", "output"))
def output_as_text(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f"tostring({value(site)})")


@GROUP.over(
    attributes,
    "sensitive-lost",
    "a variable or output isn't sensitive any more",
    where=named("sensitive", "variable", "output"),
)
def sensitive_lost(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)] if random.random() < 0.5 else replaced(site, "false")


@GROUP.over(blocks, "sensitive-gained", "a variable or output is sensitive", where=top("variable", "output"))
def sensitive_gained(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return put(site, "sensitive = true") if site.block.body.attribute("sensitive") is None else None


@GROUP.over(expressions, "sensitive-call-lost", "sensitive() is gone")
def sensitive_call_lost(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Call) or node.name != "sensitive":
        return None
    return replaced(site, site.file.text(node.arguments[0].start, node.arguments[0].end))


@GROUP.over(
    attributes, "nonsensitive-call", "a value loses its mark", where=within("resource", "locals", "output", "module")
)
def nonsensitive_call(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if len(site.blocks) > 1 or site.name in CALL | {"provider", "description", "sensitive"}:
        return None
    return replaced(site, f"nonsensitive({value(site)})")


@GROUP.over(
    attributes, "sensitive-call-gained", "a value gains a mark", where=within("resource", "locals", "output", "module")
)
def sensitive_call_gained(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if len(site.blocks) > 1 or site.name in CALL | {"provider", "description", "sensitive"}:
        return None
    return replaced(site, f"sensitive({value(site)})")


@GROUP.over(blocks, "variable-dropped", "a variable is gone", where=top("variable"))
def variable_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(blocks, "variable-renamed", "a variable has another name", where=top("variable"))
def variable_renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    return relabelled(site, 0, f"{site.block.labels[0]}_2")


@GROUP.over(attributes, "default-changed", "a variable's default is another value", where=named("default", "variable"))
def default_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, random.choice(('"other"', "null", "[]", "{}", "0")))


@GROUP.over(attributes, "default-dropped", "a variable has no default any more", where=named("default", "variable"))
def default_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(blocks, "default-added", "a variable that has to be given has a default", where=top("variable"))
def default_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return put(site, "default = null") if site.block.body.attribute("default") is None else None


@GROUP.over(attributes, "variable-type-changed", "a variable has another type", where=named("type", "variable"))
def type_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    types = (
        "string",
        "number",
        "bool",
        "any",
        "list(string)",
        "set(string)",
        "map(string)",
        "list(any)",
        "tuple([string])",
    )
    return replaced(site, random.choice(types))


@GROUP.over(attributes, "variable-type-dropped", "a variable has no type any more", where=named("type", "variable"))
def type_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(
    expressions,
    "optional-changed",
    "an attribute of an object type became required, or has another default",
    where=named("type", "variable"),
)
def optional_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not isinstance(node, Call) or node.name != "optional":
        return None
    inner = site.file.text(node.arguments[0].start, node.arguments[0].end)
    return replaced(site, random.choice((inner, f"optional({inner})", f"optional({inner}, null)")))


@GROUP.over(blocks, "nullable-changed", "a variable can be null, or can't any more", where=top("variable"))
def nullable_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    given = site.block.body.attribute("nullable")
    return put(site, "nullable = false") if given is None else [removal(site.source, given)]


@GROUP.over(blocks, "validation-added", "a variable has a validation that refuses its value", where=top("variable"))
def validation_added(site: Site, random: Random, result: Result) -> list[Edit]:
    name = site.block.labels[0]
    text = f'validation {{\n    condition     = var.{name} == "never"\n    error_message = "Never."\n  }}'
    return put(site, text, first=False)


@GROUP.over(blocks, "variable-ephemeral", "a variable is ephemeral", where=top("variable"))
def ephemeral(site: Site, random: Random, result: Result) -> list[Edit]:
    return put(site, "ephemeral = true")


@GROUP.over(blocks, "output-ephemeral", "an output is ephemeral", where=top("output"))
def output_ephemeral(site: Site, random: Random, result: Result) -> list[Edit]:
    return put(site, "ephemeral = true")


@GROUP.over(blocks, "output-condition-added", "an output has a condition on its value", where=top("output"))
def output_condition_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    given = site.block.body.attribute("value")
    if given is None:
        return None
    text = f"length(jsonencode({site.file.text(given.value_start, given.value_end)})) > 0"
    return put(site, f'precondition {{\n    condition     = {text}\n    error_message = "Nothing."\n  }}', first=False)


@GROUP.over(blocks, "module-version-added", "a module that is at hand has a version", where=top("module"))
def version_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return put(site, 'version = "1.0.0"') if site.block.body.attribute("version") is None else None


def given(site: Site, result: Result) -> bool:
    """What a module call gives the module."""
    return site.top == "module" and len(site.blocks) == 1 and site.name not in CALL


@GROUP.over(attributes, "module-argument-dropped", "a module isn't given a value", where=given)
def argument_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(attributes, "module-argument-fixed", "a module is given a constant", where=given)
def argument_fixed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, '"fixed"')


@GROUP.over(attributes, "module-arguments-swapped", "two values that a module is given changed places", where=given)
def arguments_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    rest = [a for a in site.block.body.attributes if a.name not in CALL and a is not site.attribute]
    if not rest or site.attribute is None:
        return None
    chosen = random.choice(rest)
    return swap(
        site.source, (site.attribute.value_start, site.attribute.value_end), (chosen.value_start, chosen.value_end)
    )


@GROUP.over(attributes, "module-source-changed", "a module call names another source", where=named("source", "module"))
def source_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    sources = ("./other", "../other", "terraform-aws-modules/vpc/aws", f"{value(site)[1:-1]}/modules")
    return replaced(site, f'"{random.choice(sources)}"')


@GROUP.over(
    attributes, "module-version-changed", "a registry module has another version", where=named("version", "module")
)
def version_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, '"99.0.0"')


@GROUP.over(attributes, "local-changed", "a local is another value", where=within("locals"))
def local_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, random.choice(('"other"', "null", f"[{value(site)}]")))


@GROUP.over(attributes, "locals-swapped", "two locals have each other's values", where=within("locals"))
def locals_swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    rest = [attribute for attribute in site.block.body.attributes if attribute is not site.attribute]
    if not rest or site.attribute is None:
        return None
    chosen = random.choice(rest)
    return swap(
        site.source, (site.attribute.value_start, site.attribute.value_end), (chosen.value_start, chosen.value_end)
    )
