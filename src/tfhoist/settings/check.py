"""Checking settings against the service root that they're about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tfhoist.addresses import split_address
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import MANAGED, MODULE, VARIABLE, Module
from tfhoist.diagnostics import Diagnostic, Severity
from tfhoist.placement.policy import PolicyRule
from tfhoist.secrets import sounds_secret
from tfhoist.settings.file import SettingsFile, sort
from tfhoist.settings.model import UNKNOWN, Settings
from tfhoist.settings.positions import Path
from tfhoist.settings.schema import Problem, nearest
from tfhoist.values.types import Value

PLACED = (MANAGED, MODULE)
_UNPLACED = ("data.", "local.", "var.", "output.", "provider.", "terraform.")


def check_settings(
    settings: Settings, source: bytes, path: str, module: Module, tree: Tree | None = None
) -> tuple[Diagnostic, ...]:
    """What in the settings doesn't fit the service root, in the order of the file: errors, and warnings that stop nothing.

    `source` and `path` are those that `read_settings` took; `module` is the root module, and `tree` its files, without which
    files that the settings name aren't looked for.
    """
    file = SettingsFile(source, path)
    file.read()
    errors = [
        *_overrides(settings, module),
        *rule_faults(settings.placement.rules, ("placement", "rules")),
        *_resolves(settings, module),
    ]
    if "environments" in file.document:
        errors += _environments(settings, module, tree)
    errors += _central_backend(settings)
    found = [file.diagnostic(problem) for problem in errors]
    found += [file.diagnostic(problem, Severity.WARNING) for problem in _warnings(settings, module)]
    return tuple(sort(found))


def _overrides(settings: Settings, module: Module) -> Iterator[Problem]:
    for address in settings.placement.overrides:
        path = ("placement", "overrides", address)
        declaration = module.get(address)
        if declaration is None:
            yield Problem(path, f"{address} isn't declared", _advice_for_address(address, module, PLACED), at_key=True)
        elif declaration.kind not in PLACED:
            yield Problem(
                path,
                f"{address} can't be placed: only managed resources and module calls can",
                "Data sources, locals, variables and outputs follow the blocks that use them; take the line out.",
                at_key=True,
            )


def rule_faults(rules: Sequence[PolicyRule], path: Path) -> Iterator[Problem]:
    """Rules that can't be about anything."""
    for number, rule in enumerate(rules):
        for index, pattern in enumerate(rule.match):
            if pattern.startswith(_UNPLACED):
                yield Problem(
                    (*path, number, "match", index),
                    f'"{pattern}" can match nothing: only managed resources and module calls are placed',
                    "Data sources, locals, variables and outputs follow the blocks that use them.",
                )


def _resolves(settings: Settings, module: Module) -> Iterator[Problem]:
    for number, resolve in enumerate(settings.resolve):
        path: Path = ("resolve", number)
        definitions = module.definitions.get(resolve.address, ())
        if not definitions:
            advice = _advice_for_address(resolve.address, module, ())
            yield Problem((*path, "address"), f"{resolve.address} isn't declared", advice)
            continue
        choices = [str(definition.range) for definition in definitions]
        if resolve.keep not in choices:
            yield Problem(
                (*path, "keep"),
                f"no definition of {resolve.address} begins at {resolve.keep}",
                f"Choose {' or '.join(choices)}.",
            )


def _advice_for_address(address: str, module: Module, kinds: tuple[str, ...]) -> str:
    known = [other for other, (first, *_) in module.definitions.items() if not kinds or first.kind in kinds]
    whole = address.partition("[")[0]
    if whole != address and whole in known:
        return (
            f'Name the whole block, not an instance: "{whole}". To part its instances, first give this one a block of its own, with a '
            f"`moved` block from {address} to it, apply that, and name the new block here."
        )
    folder, inner = split_address(address)
    if folder and inner:
        call = ".".join(folder.split(".")[:2])
        return (
            f'Blocks of a called module go where the call goes: name "{call}".'
            if call in known
            else nearest(call, known)
        )
    return nearest(address, known) or "Only blocks of the root module have an address here."


def _environments(settings: Settings, module: Module, tree: Tree | None) -> Iterator[Problem]:
    declared = [variable.name for variable in module.of(VARIABLE)]
    sensitive = frozenset(v.name for v in module.of(VARIABLE) if v.literal("sensitive") is True)
    for number, environment in enumerate(settings.environments):
        path: Path = ("environments", number)
        for key, names in (("var_files", environment.var_files), ("backend_config", environment.backend_config)):
            for index, name in enumerate(names):
                if tree is not None and name not in tree:
                    yield Problem((*path, key, index), f"the file {name} doesn't exist", _advice_for_file(name, tree))
        for name in environment.variables:
            inner = (*path, "variables", name)
            if name not in declared:
                advice = nearest(name, declared) or "Take the line out, or declare the variable."
                yield Problem(inner, f"variable {name} isn't declared", advice, at_key=True)
            elif name in sensitive:
                yield _secret(inner, f"variable {name}", f"{_UNCOMMITTED}, or as TF_VAR_{name}.")
        yield from _secrets((*path, "variables"), environment.variables, "variable", f"{_UNCOMMITTED}.", sensitive)
        yield from _secrets((*path, "backend"), environment.backend, "backend setting", _BACKEND_SECRET)


_UNCOMMITTED = "Give its value in a variable file that isn't committed"
_BACKEND_SECRET = "Give it through the backend's environment variable, or a file that isn't committed."


def _secrets(
    path: Path, table: Mapping[str, Value], noun: str, advice: str, known: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """Texts whose names say that they're secrets, however deep; `known` ones are reported already."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _secrets((*path, name), value, noun, advice)
        elif isinstance(value, str) and name not in known and (sounds_secret(name) or name in _SECRET_SETTINGS):
            yield _secret((*path, name), f"{noun} {name}", advice)


_SECRET_SETTINGS = ("sas_token", "encryption_key", "conn_str")


def _secret(path: Path, what: str, advice: str) -> Problem:
    return Problem(path, f"{what} is a secret, and this file goes into the repository", advice, at_key=True)


def _advice_for_file(name: str, tree: Tree) -> str:
    if name.startswith("../"):
        return "Only files inside the service root can be read."
    return nearest(name, sorted(tree)) or "Paths are relative to the service root."


def _central_backend(settings: Settings) -> Iterator[Problem]:
    backend = settings.central.backend
    if backend is None:
        return
    yield from _secrets(("central", "backend", "config"), backend.config, "backend setting", _BACKEND_SECRET)
    if len(settings.environments) > 1 and not _names_environment(dict(backend.config)):
        yield Problem(
            ("central", "backend"),
            "all environments would share one central state: no setting of the central backend has {environment} in it",
            'Put it into the key or path: key = "hokusai-infrastructure/{environment}/terraform.tfstate".',
            at_key=True,
        )


def _names_environment(value: Value) -> bool:
    if isinstance(value, str):
        return "{environment}" in value
    if isinstance(value, dict):
        return any(_names_environment(inner) for inner in value.values())
    return isinstance(value, tuple) and any(_names_environment(inner) for inner in value)


def _warnings(settings: Settings, module: Module) -> Iterator[Problem]:
    for key, value in (("owner", settings.service.owner), ("contact", settings.service.contact)):
        if value == UNKNOWN:
            advice = "The registry entry and the runbook name it: fill it in before the pull request."
            yield Problem(("service", key), f"service.{key} isn't known", advice)
    for number, resolve in enumerate(settings.resolve):
        if len(module.definitions.get(resolve.address, ())) == 1:
            yield Problem(
                ("resolve", number), f"{resolve.address} is defined only once now", "Take the entry out.", at_key=True
            )
