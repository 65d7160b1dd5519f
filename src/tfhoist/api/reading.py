"""Reading a service root: its files without secrets, its settings, module and environments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from tfhoist.configuration.environments import Environment, EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree, all_modules, load_module
from tfhoist.configuration.model import Declaration, Module
from tfhoist.diagnostics import Severity
from tfhoist.errors import InputError, UsageError
from tfhoist.hcl.syntax import Files
from tfhoist.secrets import Redaction
from tfhoist.settings.check import check_settings
from tfhoist.settings.defaults import default_settings
from tfhoist.settings.model import Settings
from tfhoist.settings.read import read_settings
from tfhoist.settings.write import init_text as write_init
from tfhoist.state.snapshot import Snapshot, read_snapshot
from tfhoist.workspace import FolderFiles, common_base, read_file, read_service

SETTINGS_FILE = "tfhoist.toml"

Progress = Callable[[str], None]


class Service:
    """A service root as read: its files (secrets are placeholders already), settings, module and environments."""

    def __init__(
        self,
        folder: Path,
        files: FolderFiles,
        tree: dict[str, bytes],
        settings: Settings,
        module: Module,
        dropped: tuple[Declaration, ...],
        environments: tuple[Environment, ...],
        environment_settings: tuple[EnvironmentSettings, ...],
        redaction: Redaction,
    ) -> None:
        self.folder = folder
        self.files = files
        self.tree = tree
        self.settings = settings
        self.module = module
        self.dropped = dropped
        self.environments = environments
        self.environment_settings = environment_settings
        self.redaction = redaction

    @property
    def resolved(self) -> Module:
        """The module with only the definitions that `[[resolve]]` keeps."""
        if not self.dropped:
            return self.module
        return self.module.without(frozenset((d.file.path, d.start) for d in self.dropped))


def read(
    folder: Path,
    *,
    config: Path | None = None,
    service: str | None = None,
    central: FolderFiles | None = None,
) -> Service:
    """Read a service root; raises `InputError` with everything that is wrong in its files, or `UsageError`."""
    parse = Files().parse
    files = read_service(folder, parse)
    redaction = Redaction([files.tree, *([central.tree] if central is not None else [])], parse)
    tree = redaction.redact(files.tree)
    module = load_module(tree, parse=parse)
    if not module.files and not module.json_files:
        raise UsageError(f"{folder} has no Terraform configuration (*.tf).", "Give the folder of a root module.")
    problems = [diagnostic for inner in all_modules(module) for diagnostic in inner.diagnostics]
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InputError(problems)
    settings = _settings(folder, config, tree, module, service)
    environments: list[Environment] = []
    for one in settings.environments:
        environment, diagnostics = read_environment(tree, module, one)
        problems.extend(diagnostics)
        environments.append(environment)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InputError(problems)
    dropped = _dropped(module, settings)
    return Service(
        folder, files, tree, settings, module, dropped, tuple(environments), settings.environments, redaction
    )


def _check_name(name: str | None) -> None:
    if name is not None and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is None:
        raise UsageError(
            f"{name!r} can't be a service's name.",
            "It names a folder and a module: letters, digits, - and _, a letter first.",
        )


def _settings(folder: Path, config: Path | None, tree: Tree, module: Module, service: str | None) -> Settings:
    defaults = default_settings(tree, module, folder.resolve().parts)
    path = config if config is not None else folder / SETTINGS_FILE
    if config is None and SETTINGS_FILE not in tree:
        settings = defaults
    else:
        try:
            source = read_file(path)
        except OSError as error:
            raise UsageError(
                f"{path} can't be read: {error.strerror or error}.", "Write one with `tfhoist init`."
            ) from None
        shown = SETTINGS_FILE if config is None else path.name
        settings = read_settings(source, shown, defaults=defaults)
        diagnostics = check_settings(settings, source, shown, module, tree)
        if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
            raise InputError(diagnostics)
    _check_name(service)
    if service is not None:
        settings = msgspec.structs.replace(settings, service=msgspec.structs.replace(settings.service, name=service))
    return settings


def default_service_name(folder: Path) -> str:
    """The service's name that the folder's own name suggests."""
    tree = read_service(folder).tree
    return default_settings(tree, load_module(tree), folder.resolve().parts).service.name


def init_text(folder: Path, answers: Mapping[str, str]) -> str:
    """The text of a complete `tfhoist.toml` for a folder."""
    _check_name(answers.get("name") or None)
    parse = Files().parse
    files = read_service(folder, parse)
    tree = Redaction([files.tree], parse).redact(files.tree)
    module = load_module(tree, parse=parse)
    if not module.files and not module.json_files:
        raise UsageError(f"{folder} has no Terraform configuration (*.tf).", "Give the folder of a root module.")
    problems = [d for inner in all_modules(module) for d in inner.diagnostics if d.severity is Severity.ERROR]
    if problems:
        raise InputError(problems)
    return write_init(tree, module, folder.resolve().parts, dict(answers))


def _dropped(module: Module, settings: Settings) -> tuple[Declaration, ...]:
    """The definitions that `[[resolve]]` doesn't keep."""
    dropped: list[Declaration] = []
    for resolve in settings.resolve:
        for declaration in module.definitions.get(resolve.address, ()):
            if f"{declaration.file.path}:{declaration.range.start_line}" != resolve.keep:
                dropped.append(declaration)
    return tuple(dropped)


def read_states(states: Mapping[str, Path]) -> dict[str, Snapshot]:
    """The snapshots of some files."""
    snapshots: dict[str, Snapshot] = {}
    for name, path in states.items():
        try:
            source = read_file(path)
        except OSError as error:
            raise UsageError(
                f"{path} can't be read: {error.strerror or error}.", "Take one with `terraform state pull > FILE`."
            ) from None
        snapshots[name] = read_snapshot(source, str(path))
    return snapshots


def repository_folder(service: Service) -> str:
    """Where the root lies in the service's repository: below the folder that has the service's name, if there's one."""
    parts = service.folder.resolve().parts
    name = service.settings.service.name
    below = parts[len(parts) - parts[::-1].index(name) :] if name in parts else ()
    return "/".join(below) or service_folder(service)


def service_folder(service: Service) -> str:
    """The folder of the root inside the tree that is written: "" unless modules lie beside it."""
    steps = len(common_base(service.tree))
    return "/".join(service.folder.resolve().parts[-steps:]) if steps else ""
