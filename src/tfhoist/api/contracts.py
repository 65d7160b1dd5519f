"""The contract between a service root and central roots, read from their folders or from a state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tfhoist import __version__
from tfhoist.api.artifacts import encode, range_json
from tfhoist.configuration.load import all_modules, configuration_folders, load_module, local_calls
from tfhoist.configuration.model import Module
from tfhoist.contract.check import Contract, check
from tfhoist.contract.offers import Offer, offers_of_root, offers_of_state
from tfhoist.contract.reads import reads_of, remote_states
from tfhoist.diagnostics import Severity
from tfhoist.errors import InputError, UsageError
from tfhoist.secrets import Redaction
from tfhoist.state.snapshot import read_snapshot
from tfhoist.workspace import read_folder, read_service

CONTRACT = "tfhoist/contract/1"


def check_contract(service_root: Path, central: Path, remote_state: str | None = None) -> Contract:
    """Compare what a service root reads with what a central root (or each root of a repository, or a state) offers."""
    module = _module(service_root)
    return check(chosen_remote_state(module, service_root, remote_state), reads_of(module), _offers(central))


def chosen_remote_state(module: Module, folder: Path, wanted: str | None) -> str:
    """The data source that reads the central root; raises `UsageError` when it can't be told."""
    known = list(remote_states(module))
    if not known:
        raise UsageError(f"{folder} reads no terraform_remote_state.", "There's no contract to check.")
    if wanted is not None:
        if wanted not in known:
            raise UsageError(f"there is no data.terraform_remote_state.{wanted}.", f"Known: {', '.join(known)}.")
        return wanted
    if len(known) > 1:
        raise UsageError(
            f"{folder} reads several remote states: {', '.join(known)}.", "Choose the central one with --remote-state."
        )
    return known[0]


def _module(folder: Path) -> Module:
    files = read_service(folder)
    return _sound(load_module(Redaction([files.tree]).redact(files.tree)), folder)


def _sound(module: Module, folder: Path) -> Module:
    if not module.files and not module.json_files:
        raise UsageError(f"{folder} has no Terraform configuration (*.tf).", "Give the folder of a root module.")
    problems = [one for inner in all_modules(module) for one in inner.diagnostics if one.severity is Severity.ERROR]
    if problems:
        raise InputError(problems)
    return module


def _offers(central: Path) -> dict[str, Mapping[str, Offer]]:
    """What each central root offers, by its name."""
    if central.is_file():
        return {str(central): offers_of_state(read_snapshot(central.read_bytes(), str(central)))}
    if not central.is_dir():
        raise UsageError(
            f"{central} doesn't exist.", "Give a central root, its repository, or its state (`terraform state pull`)."
        )
    if any(central.glob("*.tf")) or any(central.glob("*.tf.json")):
        return {str(central): offers_of_root(_module(central))}
    files = read_folder(central)
    tree = Redaction([files.tree]).redact(files.tree)
    roots = {folder: _sound(load_module(tree, folder), central / folder) for folder in _roots(tree)}
    if not roots:
        raise UsageError(
            f"{central} holds no root module.", "Give the folder of a central root: it has a backend or a provider."
        )
    return {folder: offers_of_root(root) for folder, root in roots.items()}


def _roots(tree: Mapping[str, bytes]) -> list[str]:
    """The folders of a repository that are root modules: they say where their state is, and nobody calls them."""
    modules = {folder: load_module(tree, folder) for folder in configuration_folders(tree)}
    called = {target for module in modules.values() for _, target in local_calls(module)}
    return sorted(folder for folder, module in modules.items() if folder not in called and _has_backend(module))


def _has_backend(module: Module) -> bool:
    blocks = [block for one in module.of("terraform") for block in one.body.blocks]
    return any(block.type in ("backend", "cloud") for block in blocks)


def contract_json(contract: Contract) -> bytes:
    """`tfhoist contract --json`: the artifact `tfhoist/contract/1`."""
    return encode(
        {
            "schema": CONTRACT,
            "tool": {"name": "tfhoist", "version": __version__},
            "remote_state": contract.remote_state,
            "central": list(contract.central),
            "outputs": [msgspec.to_builtins(one) for one in contract.outputs],
            "findings": [
                {
                    **msgspec.to_builtins(one),
                    "range": range_json(one.range),
                    "ranges": [range_json(place) for place in one.ranges],
                }
                for one in contract.findings
            ],
        }
    )
