"""Versions and provider sources: what the service asks for has to agree with what a central root asks for already.

Terraform takes the constraints of all modules of a root together (documentation page "Version Constraints").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfhoist.configuration.load import all_modules
from tfhoist.configuration.model import Module
from tfhoist.configuration.sources import implied_source
from tfhoist.configuration.versions import compatible
from tfhoist.consolidation.providers import ProviderUse, required_providers
from tfhoist.findings import Refusal

REMOVED_BLOCKS = ">= 1.7"
"""The versions of Terraform that know `removed` blocks."""


def check_requirements(
    module: Module, providers: list[ProviderUse], roots: Mapping[str, Module | None], folders: Mapping[str, str]
) -> Iterator[Refusal]:
    """The refusals of one consolidation; `roots` and `folders` are those of the central repository by environment."""
    wanted = _terraform_versions(module)
    if compatible([*wanted, REMOVED_BLOCKS]) is False:
        yield Refusal(
            id="terraform-too-old",
            summary=f"the service root's required_version ({', '.join(wanted)}) leaves out Terraform 1.7 and newer, and "
            "`removed` blocks need that.",
            advice="Move the service root to a newer Terraform first.",
        )
    for environment, root in sorted(roots.items()):
        if root is None:
            continue
        folder = folders[environment]
        modules = list(all_modules(root))
        theirs = [text for inner in modules for text in _terraform_versions(inner)]
        if compatible([*wanted, *theirs]) is False:
            yield _conflict(folder, "Terraform", wanted, theirs)
        for name in sorted({use.name for use in providers}):
            requirement = dict(next(use for use in providers if use.name == name).requirement)
            yield from _provider(folder, name, requirement, module, root, modules)


def _provider(
    folder: str, name: str, requirement: Mapping[str, str], service: Module, root: Module, modules: list[Module]
) -> Iterator[Refusal]:
    source = _source(requirement.get("source"), name)
    there = dict(required_providers(root).get(name, ()))
    if there and _source(there.get("source"), name) != source:
        yield Refusal(
            id="provider-source-conflict",
            address=f"provider.{name}",
            summary=f"{name} is {source} in the service root, and {_source(there.get('source'), name)} in {folder}.",
            advice="Give one of the two another local name first.",
        )
        return
    if not there and source != implied_source(name):
        yield Refusal(
            id="provider-not-required-centrally",
            address=f"provider.{name}",
            summary=f"{folder} doesn't say where provider {name} ({source}) comes from, and without that Terraform looks for "
            f"{implied_source(name)}.",
            advice=f'Add `{name} = {{ source = "{source}" }}` to required_providers there first.',
        )
    mine = [text for inner in all_modules(service) for text in _versions(inner, name, source)]
    theirs = [text for inner in modules for text in _versions(inner, name, source)]
    if compatible([*mine, *theirs]) is False:
        yield _conflict(folder, f"provider {name}", mine, theirs)


def _conflict(folder: str, what: str, mine: list[str], theirs: list[str]) -> Refusal:
    return Refusal(
        id="version-conflict",
        summary=f"no version of {what} satisfies both the service ({'; '.join(sorted(set(mine)))}) and {folder} "
        f"({'; '.join(sorted(set(theirs)))}).",
        advice="Bring both to one version first, each by its own pull request.",
    )


def _terraform_versions(module: Module) -> list[str]:
    return [text for d in module.of("terraform") if isinstance(text := d.literal("required_version"), str)]


def _versions(module: Module, name: str, source: str) -> list[str]:
    requirement = dict(required_providers(module).get(name, ()))
    if "version" not in requirement or _source(requirement.get("source"), name) != source:
        return []
    return [requirement["version"].strip('"')]


def _source(text: str | None, name: str) -> str:
    """A source in its short form: `hashicorp/aws`."""
    written = (text or implied_source(name)).strip('"').lower()
    short = written.removeprefix("registry.terraform.io/")
    return short if "/" in short else f"hashicorp/{short}"
