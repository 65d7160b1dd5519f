"""Files of values: what each environment gives its variables."""

from __future__ import annotations

from random import Random

from tests.mutants.places import replaced, swap, value
from tests.mutants.registry import Draft, Group, assignments
from tests.mutants.results import Changes, Result, Site
from tfhoist.hcl.edit import Edit, removal

GROUP = Group("values")


def tfvars(site: Site, result: Result) -> bool:
    """Values of variables."""
    return site.path.endswith(".tfvars")


@GROUP.over(assignments, "value-changed", "a variable is given another value", where=tfvars)
def changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, random.choice(('"other"', "null", "true", "[]")))


@GROUP.over(assignments, "value-dropped", "a variable isn't given a value", where=tfvars)
def dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(assignments, "value-renamed", "another variable is given the value", where=tfvars)
def renamed(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [Edit(site.attribute.start, site.attribute.start + len(site.name.encode()), f"{site.name}_2".encode())]


@GROUP.over(assignments, "values-swapped", "two variables have each other's values", where=tfvars)
def swapped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    rest = [attribute for attribute in site.file.body.attributes if attribute is not site.attribute]
    if not rest or site.attribute is None:
        return None
    chosen = random.choice(rest)
    return swap(
        site.source, (site.attribute.value_start, site.attribute.value_end), (chosen.value_start, chosen.value_end)
    )


@GROUP.over(
    assignments, "value-of-another-environment", "a variable has the value of another environment", where=tfvars
)
def of_another_environment(site: Site, random: Random, result: Result) -> list[Edit] | None:
    values = {value(place) for place in result.assignments if place.name == site.name and place.path != site.path}
    rest = sorted(values - {value(site)})
    return replaced(site, random.choice(rest)) if rest else None


@GROUP.over(assignments, "value-as-text", "a value is text, or isn't any more", where=tfvars)
def as_text(site: Site, random: Random, result: Result) -> list[Edit] | None:
    text = value(site)
    return replaced(site, f'"{text}"') if text.isdigit() or text in ("true", "false") else replaced(site, f"[{text}]")


@GROUP.over(assignments, "value-added", "a variable is given a value that it hadn't", where=tfvars)
def added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    folder = site.path.rpartition("/")[0] + "/"
    root = folder if result.in_central_root(site.path) else result.root
    declared = {
        place.block.labels[0]
        for place in result.blocks
        if place.top == "variable" and len(place.blocks) == 1 and place.path.rpartition("/")[0] + "/" == root
    }
    rest = sorted(declared - {attribute.name for attribute in site.file.body.attributes})
    return [Edit(0, 0, f'{random.choice(rest)} = "added"\n'.encode())] if rest else None


@GROUP.files("values-of-another-environment", "an environment has the whole file of another one")
def whole_file(result: Result, random: Random) -> Draft | None:
    paths = [path for path in result.now if path.endswith(".tfvars")]
    pairs = [
        (one, two)
        for one in paths
        for two in paths
        if one != two
        and result.files[one] != result.files[two]
        and result.in_central_root(one) == result.in_central_root(two)
        and (one in result.new) == (two in result.new)
    ]
    if not pairs:
        return None
    one, two = random.choice(pairs)
    return Draft({one: result.files[two]}, None, f"{one} from {two}")


@GROUP.files("value-file-added", "a new file gives a variable of the service another value")
def file_added(result: Result, random: Random) -> Draft | None:
    names = sorted(
        (place.path.rpartition("/")[0], place.block.labels[0])
        for place in result.blocks
        if place.top == "variable"
        and len(place.blocks) == 1
        and (result.in_central_root(place.path) or result.in_service_root(place.path))
    )
    if not names:
        return None
    folder, name = random.choice(names)
    changes: Changes = {f"{folder}/zz.auto.tfvars": f'{name} = "added"\n'.encode()}
    return Draft(changes, None, f"{folder}/zz.auto.tfvars sets {name}")
