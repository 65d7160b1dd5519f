"""Versions and provider sources of a central root with the shared module in it: some version has to satisfy everyone.

Terraform takes the constraints of all modules of a root together, and a local name in `providers` has to mean the same
provider on both ends (documentation pages "Version Constraints", "Providers Within Modules").
"""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.configuration.load import all_modules
from tfhoist.configuration.model import Module
from tfhoist.configuration.versions import admitted, compatible
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.providers import source, version
from tfhoist.proof.sides import Opened, Roots

_REMOVED_BLOCKS = ">= 1.7"
_IMPORT_BLOCKS = ">= 1.5"


def check_versions(opened: Opened, roots: Roots) -> Iterator[Obligation]:
    """The obligations of one environment's central root."""
    root = roots.central[opened.name]
    if opened.shared is None:
        return
    modules = list(all_modules(root.after))
    yield _satisfied("required_version", f"{root.folder}: Terraform", _required(modules), opened.name)
    if any(d.kind == "import" for d in root.gained()) and compatible([*_required(modules), _IMPORT_BLOCKS]) is False:
        detail = "it leaves out Terraform 1.5 and newer, which `import` blocks need"
        yield Obligation("required_version", f"{root.folder}: Terraform", opened.name, FAILS, detail)
    by_source: dict[str, list[str]] = {}
    for module in modules:
        for name in _names(module):
            by_source.setdefault(source(module, name), []).append(version(module, name))
    service = {source(roots.before, name): version(roots.before, name) for name in _names(roots.before)}
    for address, texts in sorted(by_source.items()):
        # with the service root's own: what no version of it satisfies reads the moved blocks with another one
        yield _satisfied(
            "required_providers", f"{root.folder}: {address}", [*texts, service.get(address, "")], opened.name
        )
    for name in sorted(_names(opened.shared.module)):
        one, other = source(root.after, name), source(opened.shared.module, name)
        if one != other:
            detail = f"it's {one} in the central root and {other} in the shared module"
            yield Obligation("provider", f"{root.folder}: required_providers.{name}", opened.name, FAILS, detail)


def other_versions(opened: Opened, roots: Roots) -> Iterator[str]:
    """The assumptions on providers of which a central root takes other versions than the service root did."""
    root = roots.central[opened.name]
    if opened.shared is None:
        return
    modules = list(all_modules(root.after))
    for name in sorted(_names(roots.before) | _names(opened.shared.module)):
        address, own = source(roots.before, name), version(roots.before, name)
        texts = [
            version(module, other) for module in modules for other in _names(module) if source(module, other) == address
        ]
        if admitted(texts) != admitted([own]):
            shown = "; ".join(sorted({f'"{text}"' for text in texts if text})) or "any"
            asked = f'"{own}"' if own else "any"
            yield f"{address}: the versions that {root.folder} takes ({shown}; the service root: {asked}) read the moved blocks alike"


def check_service_version(roots: Roots) -> Iterator[Obligation]:
    """The service root has `removed` blocks now, which Terraform knows from 1.7 on."""
    if any(roots.service.of("removed")) and compatible([*_required([roots.service]), _REMOVED_BLOCKS]) is False:
        detail = "it leaves out Terraform 1.7 and newer, which `removed` blocks need"
        yield Obligation("required_version", "the service root", None, FAILS, detail)


def _satisfied(kind: str, address: str, texts: list[str], environment: str) -> Obligation:
    answer = compatible(texts)
    if answer:
        return Obligation(kind, address, environment, HOLDS)
    shown = "; ".join(sorted({text for text in texts if text}))
    if answer is None:
        return Obligation(kind, address, environment, UNDECIDED, f"a version constraint can't be read: {shown}")
    return Obligation(kind, address, environment, FAILS, f"no version satisfies all of {shown}")


def _required(modules: list[Module]) -> list[str]:
    return [
        text
        for module in modules
        for declaration in module.of("terraform")
        if isinstance(text := declaration.literal("required_version"), str)
    ]


def _names(module: Module) -> set[str]:
    return {
        attribute.name
        for declaration in module.of("terraform")
        for block in declaration.body.blocks_of("required_providers")
        for attribute in block.body.attributes
    }
