"""Provider configurations, required providers, and who uses which."""

from __future__ import annotations

from random import Random

from tests.mutants.places import appended, named, put, relabelled, replaced, top, value, within
from tests.mutants.registry import Group, attributes, blocks
from tests.mutants.results import Result, Site
from tfhoist.hcl.edit import Edit, removal
from tfhoist.hcl.expressions import Literal, Object

GROUP = Group("providers")
USERS = ("resource", "data", "ephemeral")


@GROUP.over(blocks, "provider-dropped", "a provider configuration is gone", where=top("provider"))
def dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    return [removal(site.source, site.block)]


@GROUP.over(blocks, "provider-doubled", "a provider configuration stands there twice", where=top("provider"))
def doubled(site: Site, random: Random, result: Result) -> list[Edit]:
    return appended(site.source, site.text)


@GROUP.over(blocks, "provider-of-another-type", "a provider configuration is another provider's", where=top("provider"))
def of_another_type(site: Site, random: Random, result: Result) -> list[Edit]:
    return relabelled(site, 0, site.block.labels[0] + "x")


@GROUP.over(
    attributes, "provider-argument-changed", "a provider configuration has another setting", where=within("provider")
)
def argument_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    return None if site.name == "alias" else replaced(site, '"us-gov-east-1"')


@GROUP.over(
    attributes, "provider-argument-dropped", "a provider configuration lost a setting", where=within("provider")
)
def argument_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(blocks, "provider-argument-added", "a provider configuration has a setting more", where=top("provider"))
def argument_added(site: Site, random: Random, result: Result) -> list[Edit] | None:
    said = random.choice(('profile = "other"', "max_retries = 3", 'access_key = "x"'))
    return put(site, said) if site.block.body.attribute(said.split()[0]) is None else None


@GROUP.over(blocks, "default-tags-added", "a provider configuration has default tags", where=top("provider"))
def default_tags(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.block.labels[0] != "aws" or site.block.body.blocks_of("default_tags"):
        return None
    return put(site, 'default_tags {\n    tags = { Added = "yes" }\n  }', first=False)


@GROUP.over(attributes, "alias-changed", "an aliased configuration has another alias", where=named("alias", "provider"))
def alias_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, f'{value(site)[:-1]}_2"')


@GROUP.over(
    attributes, "alias-dropped", "an aliased configuration became the default one", where=named("alias", "provider")
)
def alias_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(
    attributes,
    "provider-argument-of-a-block-dropped",
    "a block uses the default configuration",
    where=named("provider", *USERS),
)
def user_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(blocks, "provider-of-a-block-changed", "a block uses another configuration", where=top(*USERS))
def user_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    name = site.block.labels[0].partition("_")[0]
    aliases = sorted(
        {
            f"{name}.{value(place)[1:-1]}"
            for place in result.attributes
            if (place.top, place.name) == ("provider", "alias")
        }
        | {f"{name}.other"}
    )
    given = site.block.body.attribute("provider")
    if given is None:
        return put(site, f"provider = {random.choice(aliases)}")
    rest = [alias for alias in aliases if alias != site.file.text(given.value_start, given.value_end)]
    return [Edit(given.value_start, given.value_end, random.choice(rest).encode())]


@GROUP.over(
    attributes, "providers-dropped", "a module call passes no configurations on", where=named("providers", "module")
)
def passed_dropped(site: Site, random: Random, result: Result) -> list[Edit]:
    assert site.attribute is not None
    return [removal(site.source, site.attribute)]


@GROUP.over(
    attributes, "providers-changed", "a module call passes other configurations on", where=named("providers", "module")
)
def passed_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    expression = site.attribute.expression if site.attribute is not None else None
    if not isinstance(expression, Object) or not expression.items:
        return None
    key, given = random.choice(expression.items)
    name = site.file.text(key.start, key.end).partition(".")[0]
    if random.random() < 0.5:
        return [Edit(given.start, given.end, name.encode())]
    aliases = sorted(
        value(place)[1:-1]
        for place in result.attributes
        if (place.top, place.name) == ("provider", "alias")
        and place.path.rpartition("/")[0] == site.path.rpartition("/")[0]
    )
    return [Edit(given.start, given.end, f"{name}.{random.choice(aliases)}".encode())] if aliases else None


@GROUP.over(attributes, "provider-source-changed", "a local name means another provider", where=within("terraform"))
def source_changed(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if (
        site.inner != "required_providers"
        or site.attribute is None
        or not isinstance(site.attribute.expression, Object)
    ):
        return None
    for key, given in site.attribute.expression.items:
        if isinstance(key, Literal) and key.value == "source":
            return [Edit(given.start, given.end, b'"example/other"')]
    return None


@GROUP.over(attributes, "requirement-dropped", "required_providers has an entry less", where=within("terraform"))
def requirement_dropped(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if site.inner != "required_providers" or site.attribute is None:
        return None
    return [removal(site.source, site.attribute)]


@GROUP.over(
    attributes,
    "terraform-version-changed",
    "required_version is another one",
    where=named("required_version", "terraform"),
)
def version_changed(site: Site, random: Random, result: Result) -> list[Edit]:
    return replaced(site, '"= 0.12.0"')


@GROUP.over(
    attributes, "provider-version-changed", "a provider's version constraint is another one", where=within("terraform")
)
def provider_version(site: Site, random: Random, result: Result) -> list[Edit] | None:
    if (
        site.inner != "required_providers"
        or site.attribute is None
        or not isinstance(site.attribute.expression, Object)
    ):
        return None
    for key, given in site.attribute.expression.items:
        if isinstance(key, Literal) and key.value == "version":
            return [Edit(given.start, given.end, b'"~> 2.0"')]
    return None
