"""The two roots of a migration: their files with secrets in them, and the places where their states live."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from tfhoist.api.originals import Originals
from tfhoist.api.out_files import placed_path
from tfhoist.api.proving import Out
from tfhoist.configuration.environments import EnvironmentSettings, backend_block, read_environment
from tfhoist.configuration.load import load_module
from tfhoist.configuration.model import Module
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.documents.commands import identifying
from tfhoist.engine.backend import BackendFiles, BackendStore
from tfhoist.engine.process import Engine
from tfhoist.engine.scratch import SCRATCH
from tfhoist.engine.state_file import StateFile
from tfhoist.errors import UsageError
from tfhoist.hcl.formatting import format_source
from tfhoist.migration.model import DESTINATION, SOURCE, Side
from tfhoist.migration.store import StateStore
from tfhoist.proof import ProofEnvironment
from tfhoist.secrets import holds_placeholder
from tfhoist.values.types import Value, has_unknown
from tfhoist.workspace import read_folder, read_service

SIDES = ("before/service", "service", "before/central", "central")
_PLACEHOLDER = re.compile(rb'"tfhoist-secret-bare-\d+"|tfhoist-secret-\d+')


class Roots(NamedTuple):
    """Both repositories' files, before and after, with their secrets; and the settings of the environment with theirs.

    `service_folder` and `central_folder` are where the roots really are, None where OUT's own are meant.
    """

    trees: Mapping[str, Mapping[str, bytes]]
    environment: ProofEnvironment
    service_folder: Path | None
    central_folder: Path | None
    secrets: Mapping[bytes, bytes]

    def hidden(self, text: str) -> str:
        """Some text without the secrets that are known."""
        encoded = text.encode()
        for placeholder, secret in self.secrets.items():
            if len(secret) > 3:
                encoded = encoded.replace(secret, placeholder)
        return encoded.decode(errors="replace")


def read_roots(out: Out, environment: ProofEnvironment, service_root: Path | None, central_root: Path | None) -> Roots:
    """The roots of one environment: OUT's own, or the repositories' (as they were, or as `tfhoist write` left them).

    `central_root` is the central repository, or the environment's folder in it. Raises `UsageError` where secrets are needed that
    only the repositories have, and where a repository is neither as it was nor as it was written.
    """
    central_top, central_folder = _central(environment.central_folder, central_root)
    try:
        originals = Originals(out, service_root, central_top)
        trees = {side: originals.files(side) for side in SIDES}
        variables = {name: originals.value(value) for name, value in environment.settings.variables.items()}
        secrets: Mapping[bytes, bytes] = {}
    except UsageError as error:
        if service_root is None and central_root is None:
            raise
        secrets = _secrets(out, service_root, central_top, error)
        trees = {side: _restored(out, side, secrets) for side in SIDES}
        variables = {name: _value(value, secrets) for name, value in environment.settings.variables.items()}
    settings = msgspec.structs.replace(environment.settings, variables=variables)
    return Roots(trees, msgspec.structs.replace(environment, settings=settings), service_root, central_folder, secrets)


def _central(folder: str, given: Path | None) -> tuple[Path | None, Path | None]:
    """The central repository and the root in it."""
    if given is None:
        return None, None
    if (given / folder).is_dir():
        return given, given / folder
    if given.resolve().as_posix().endswith(f"/{folder}"):
        top = given.resolve()
        for _ in folder.split("/"):
            top = top.parent
        return top, given
    raise UsageError(f"{given} has no folder {folder}.", "Give the central repository with --central-root.")


def _secrets(out: Out, service_root: Path | None, central: Path | None, error: UsageError) -> dict[bytes, bytes]:
    """What the placeholders stand for, from files that `tfhoist write` has put into the repositories."""
    found: dict[bytes, bytes] = {}
    actual: dict[str, bytes] = {}
    if service_root is not None:
        tree = read_service(service_root).tree
        actual |= {f"service/{placed_path(out.service_root, path)}": content for path, content in tree.items()}
    if central is not None:
        actual |= {f"central/{path}": content for path, content in read_folder(central).tree.items()}
    for path, content in out.files.items():
        if not path.startswith(("service/", "central/")) or not holds_placeholder(content):
            continue
        names = _PLACEHOLDER.findall(content)
        pattern = b"(.*?)".join(re.escape(part) for part in _PLACEHOLDER.split(content))
        match = re.fullmatch(pattern, actual.get(path, b""), re.DOTALL)
        values = dict(zip(names, match.groups(), strict=True)) if match is not None else {}
        same = all(found.setdefault(name, value) == value for name, value in values.items())
        if match is None or not same:
            raise UsageError(
                f"{path} isn't in the repository as it was before, nor as it was written; its secrets can't be told.",
                error.advice,
            )
    return found


def _restored(out: Out, side: str, secrets: Mapping[bytes, bytes]) -> dict[str, bytes]:
    prefix = f"{side}/"
    found = {
        path.removeprefix(prefix): _PLACEHOLDER.sub(lambda match: secrets.get(match[0], match[0]), content)
        for path, content in out.files.items()
        if path.startswith(prefix)
    }
    for path, content in found.items():
        if holds_placeholder(content):
            raise UsageError(
                f"{path} has placeholders for secrets that aren't in the repositories.",
                "Give both repositories: --service-root and --central-root.",
            )
    return found


def _value(value: Value, secrets: Mapping[bytes, bytes]) -> Value:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: secrets.get(match[0], match[0]), value.encode()).decode()
    return value


class Places(NamedTuple):
    """Where the states are: files that were given, or what the roots' backends say."""

    source_file: Path | None = None
    destination_file: Path | None = None


@contextmanager
def open_stores(
    out: Out, roots: Roots, places: Places, engine: Engine | None, sides: tuple[Side, ...] = (SOURCE, DESTINATION)
) -> Iterator[dict[Side, StateStore]]:
    """The places of both states, or of one side. Scratch folders of theirs are removed at the end."""
    with ExitStack() as stack:
        yield {side: _store(out, roots, places, engine, side, stack) for side in sides}


def _store(out: Out, roots: Roots, places: Places, engine: Engine | None, side: Side, stack: ExitStack) -> StateStore:
    file = places.source_file if side == SOURCE else places.destination_file
    if file is not None:
        return StateFile(file)
    tree = roots.trees["service" if side == SOURCE else "central"]
    settings = roots.environment.settings
    if side == SOURCE:
        if out.service_root not in ("", "."):
            tree = {posixpath.relpath(path, out.service_root): content for path, content in tree.items()}
        module, folder = load_module(tree), roots.service_folder
    else:
        module, folder = load_module(tree, roots.environment.central_folder), roots.central_folder
        settings = EnvironmentSettings(name=settings.name)
    if any(block.type == "cloud" for one in module.of("terraform") for block in one.body.blocks):
        return _backend_store(_cloud_files(module, settings), engine, stack)
    evaluated, _ = read_environment(tree, module, settings)
    found = backend_block(module)
    if found is None or found[0] == "local":
        config = evaluated.backend.config if evaluated.backend is not None else {}
        return StateFile(_local_path(side, config, settings.workspace, folder))
    kind, declaration, number = found
    place = ", ".join(f"{key} {value}" for key, value in identifying(evaluated.backend))
    start, end = declaration.body.blocks[number].start, declaration.body.blocks[number].end
    files = BackendFiles(
        block=b"terraform {\n  " + declaration.file.source[start:end] + b"\n}\n",
        settings=_settings_files(tree, settings),
        workspace=settings.workspace,
        where=f"{kind} ({place})" if place else kind,
    )
    return _backend_store(files, engine, stack)


def _backend_store(files: BackendFiles, engine: Engine | None, stack: ExitStack) -> StateStore:
    if engine is None:
        raise UsageError(
            f"the state is in a backend ({files.where}), which takes an engine to read.",
            "Put terraform or tofu on PATH, or give local files: --source-state, --destination-state.",
        )
    scratch = Path(stack.enter_context(TemporaryDirectory(prefix=SCRATCH))).resolve()
    return BackendStore(engine, scratch, files)


def _cloud_files(module: Module, settings: EnvironmentSettings) -> BackendFiles:
    for declaration in module.of("terraform"):
        for block in declaration.body.blocks:
            if block.type == "cloud":
                text = declaration.file.source[block.start : block.end]
                return BackendFiles(
                    block=b"terraform {\n  " + text + b"\n}\n", workspace=settings.workspace, where="HCP Terraform"
                )
    raise AssertionError


def _settings_files(tree: Mapping[str, bytes], settings: EnvironmentSettings) -> dict[str, bytes]:
    """Files of backend settings, in their order; those of tfhoist.toml last, as they win."""
    found: dict[str, bytes] = {}
    for number, path in enumerate(settings.backend_config):
        found[f"settings-{number:02d}.tfbackend"] = tree.get(posixpath.normpath(path), b"")
    own = {name: value for name, value in settings.backend.items() if not has_unknown(value)}
    if own:
        text = "".join(f"{name} = {hcl_text(value)}\n" for name, value in own.items())
        found["settings-own.tfbackend"] = format_source(text.encode())
    return found


def _local_path(side: Side, config: Mapping[str, Value], workspace: str, folder: Path | None) -> Path:
    default = "terraform.tfstate"
    path = config.get("path")
    if workspace != "default":
        directory = config.get("workspace_dir")
        where = Path(directory if isinstance(directory, str) else "terraform.tfstate.d") / workspace / default
    else:
        where = Path(path if isinstance(path, str) and path else default)
    if where.is_absolute():
        return where
    if folder is None:
        option = "--service-root" if side == SOURCE else "--central-root"
        files = "--source-state" if side == SOURCE else "--destination-state"
        raise UsageError(
            f"the {side}'s state is a local file, {where}, in the root's own folder.",
            f"Give the root with {option}, or the file with {files}.",
        )
    return folder / where
