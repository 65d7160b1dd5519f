"""The remote state, what is read of it, and the blocks that tell Terraform what moved."""

from __future__ import annotations

import re
from random import Random

from tests.mutants.places import (
    another,
    appended,
    in_service_root,
    put,
    relabelled,
    replaced,
    top,
    value,
    within,
)
from tests.mutants.registry import Draft, Group, attributes, blocks, expressions
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit, removal
from tfhoist.hcl.expressions import Attr, Expression, Object

GROUP = Group("remote state and moves")


def reads(node: Expression | None) -> bool:
    """`data.terraform_remote_state.x.outputs.name`."""
    return isinstance(node, Attr) and isinstance(node.target, Attr) and node.target.name == "outputs"


def state(site: Site, result: Result) -> bool:
    """The remote state's own block."""
    return site.top == "data" and site.blocks[0].labels[0] == "terraform_remote_state" and len(site.blocks) == 1


@GROUP.over(expressions, "other-output-read", "the service reads another central output")
def other_output(site: Site, random: Random, result: Result) -> list[Edit] | None:
    node = site.expression
    if not reads(node) or not isinstance(node, Attr):
        return None
    names = [b.block.labels[0] for b in result.blocks if b.top == "output" and result.in_central_root(b.path)]
    chosen = another(random, names, node.name)
    return [Edit(node.end - len(node.name.encode()), node.end, chosen.encode())] if chosen else None


@GROUP.over(expressions, "missing-output-read", "the service reads a central output that isn't there")
def missing_output(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, f"{site.text}_2") if reads(site.expression) else None


@GROUP.over(expressions, "output-read-in-try", "the service reads a central output inside try()")
def in_try(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return (
        replaced(site, f"try({site.text}, null)")
        if reads(site.expression) and not isinstance(site.parent, Attr)
        else None
    )


@GROUP.over(attributes, "state-setting-changed", "the remote state is read from another place", where=state)
def setting_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    expression = site.attribute.expression if site.attribute is not None else None
    if not isinstance(expression, Object) or not expression.items:
        return None
    _, given = random.choice(expression.items)
    text = site.file.text(given.start, given.end)
    return [Edit(given.start, given.end, (f'{text[:-1]}x"' if text.endswith('"') else '"x"').encode())]


@GROUP.over(attributes, "state-setting-dropped", "the remote state lacks a setting", where=state)
def setting_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    expression = site.attribute.expression if site.attribute is not None else None
    if not isinstance(expression, Object) or not expression.items:
        return None
    key, given = random.choice(expression.items)
    return [Edit(key.start, given.end, b"")]


@GROUP.over(attributes, "state-of-one-environment", "every environment reads the state of one", where=state)
def of_one_environment(site: Site, random: Random, result: Result) -> list[Edit] | None:
    text = value(site)
    names = [environment.settings.name for environment in result.out.environments]
    changed = re.sub(r"\$\{(?:var\.\w+|terraform\.workspace)\}", random.choice(names), text)
    return replaced(site, changed) if changed != text else None


@GROUP.over(attributes, "state-backend-changed", "the remote state is read from another backend", where=state)
def backend_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, '"http"') if site.name == "backend" else None


@GROUP.over(blocks, "state-hidden", "the remote state has a setting that hides what is missing", where=state)
def hidden(site: Site, random: Random, result: Result) -> list[Edit]:
    return put(
        site, random.choice(("defaults = {}", "count = 1", 'workspace = "other"', "depends_on = [terraform_data.x]"))
    )


@GROUP.over(blocks, "state-doubled", "a second remote state is new", where=state)
def second(site: Site, random: Random, result: Result) -> list[Edit]:
    return appended(site.source, site.text.replace(f'"{site.block.labels[1]}"', '"second"', 1))


@GROUP.over(attributes, "backend-changed", "a root keeps its state elsewhere", where=within("terraform"))
def backend_block(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return replaced(site, '"elsewhere"') if site.inner == "backend" else None


@GROUP.files("backend-file-changed", "a file of backend settings is another one")
def backend_file(result: Result, random: Random) -> Draft | None:
    paths = [path for path in result.now if path.endswith(".tfbackend")]
    if not paths:
        return None
    path = random.choice(paths)
    return Draft({path: result.files[path].replace(b"=", b'="x" #', 1)}, None, path)


@GROUP.over(blocks, "state-condition-added", "the remote state has a condition on what it reads", where=state)
def state_condition(site: Site, random: Random, result: Result) -> list[Edit]:
    check = 'condition     = self.outputs != null\n      error_message = "Nothing."'
    return put(site, f"lifecycle {{\n    postcondition {{\n      {check}\n    }}\n  }}", first=False)


@GROUP.over(attributes, "removed-names-an-instance", "a removed block names one instance", where=within("removed"))
def removed_instance(site: Site, random: Random, result: Result) -> list[Edit] | None:
    assert site.attribute is not None
    text = site.file.text(site.attribute.value_start, site.attribute.value_end)
    key = random.choice(('["a"]', "[0]"))
    return replaced(site, f"{text}{key}") if site.name == "from" else None


@GROUP.over(blocks, "removed-dropped", "a removed block is gone", where=top("removed"))
def removed_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(attributes, "removed-destroys", "a removed block destroys", where=within("removed"))
def removed_destroys(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.name != "destroy":
        return None
    assert site.attribute is not None
    return replaced(site, "true") if random.random() < 0.5 else [removal(site.source, site.attribute)]


@GROUP.over(attributes, "removed-of-another-block", "a removed block names a block that stays", where=within("removed"))
def removed_other(site: Site, random: Random, result: Result) -> list[Edit] | None:
    kept = sorted(
        ".".join(place.block.labels)
        for place in result.blocks
        if place.top == "resource" and len(place.blocks) == 1 and result.in_service_root(place.path)
    )
    return replaced(site, random.choice(kept)) if site.name == "from" and kept else None


@GROUP.over(blocks, "removed-added", "a removed block names a block that stays", where=top("resource"))
def removed_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if not result.in_service_root(site.path):
        return None
    return appended(
        site.source,
        f"removed {{\n  from = {'.'.join(site.block.labels)}\n  lifecycle {{\n    destroy = false\n  }}\n}}",
    )


@GROUP.over(blocks, "moved-added", "a moved block renames something", where=top("resource"))
def moved_added(site: Site, random: Random, result: Result) -> list[Edit]:
    own = ".".join(site.block.labels)
    return appended(site.source, f"moved {{\n  from = {site.block.labels[0]}.old\n  to   = {own}\n}}")


@GROUP.over(blocks, "import-added", "an import block takes something in", where=top("resource"))
def import_added(site: Site, random: Random, result: Result) -> list[Edit]:
    return appended(site.source, f'import {{\n  to = {".".join(site.block.labels)}\n  id = "x"\n}}')


@GROUP.over(
    blocks, "move-block-dropped", "a moved, import or check block is gone", where=top("moved", "import", "check")
)
def move_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(
    attributes, "move-block-changed", "a moved or import block names something else", where=within("moved", "import")
)
def move_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    text = value(site)
    return replaced(site, f'{text[:-1]}_2"' if text.endswith('"') else f"{text}_2")


@GROUP.over(blocks, "check-renamed", "a check has another name", where=top("check"))
def check_renamed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return relabelled(site, 0, f"{site.block.labels[0]}_2") if in_service_root(site, result) else None
