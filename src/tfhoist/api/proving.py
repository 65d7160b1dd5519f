"""The proof, from the files under OUT and nothing else."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from tfhoist.api.artifacts import proof_json
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.contract.mock_file import PATH as MOCK
from tfhoist.errors import UsageError
from tfhoist.hcl.syntax import parse_file
from tfhoist.proof import Proof, ProofEnvironment, Subject, prove, read_identities
from tfhoist.workspace import read_file


def subject_from_files(
    files: Mapping[str, bytes],
    service_folder: str,
    environments: tuple[ProofEnvironment, ...],
    kept: Mapping[str, str],
    promises: Mapping[str, str],
) -> Subject:
    """What the proof reads, from the files under OUT and nothing else."""

    def part(prefix: str, folder: str = "") -> dict[str, bytes]:
        found = {path[len(prefix) :]: content for path, content in files.items() if path.startswith(prefix)}
        return {posixpath.relpath(path, folder): content for path, content in found.items()} if folder else found

    before, service = part("before/service/", service_folder), part("service/", service_folder)
    if MOCK in service and MOCK not in before and only_plans(service[MOCK]):
        del service[MOCK]  # what `tfhoist mock` wrote since: nothing but `terraform test` reads it, and that plans only
    identities = {
        path.removeprefix("before/states/").removesuffix(".json"): read_identities(content)
        for path, content in files.items()
        if path.startswith("before/states/")
    }
    return Subject(
        before_service=before,
        service=service,
        before_central=part("before/central/"),
        central=part("central/"),
        environments=environments,
        kept=kept,
        identities=identities,
        promises=promises,
        required=True,
    )


def only_plans(source: bytes) -> bool:
    """Whether a test file holds nothing but mocks, values, and runs that plan and never apply."""
    file = parse_file(MOCK, source)
    blocks = file.body.blocks
    if file.diagnostics or file.body.attributes or {block.type for block in blocks} - _OF_A_MOCK:
        return False
    runs = [block.body.attribute("command") for block in blocks if block.type == "run"]
    return all(one is not None and getattr(one.expression, "name", "") == "plan" for one in runs)


_OF_A_MOCK = {"variables", "mock_provider", "override_data", "run"}


FINAL = "migration/final.json"
"""Where `tfhoist finalize` says, under OUT, that the migration is final."""


class _Recorded(msgspec.Struct):
    """What `consolidation.json` tells `prove` about the input."""

    schema: str
    service_root: str = ""
    environments: list[_RecordedEnvironment] = []
    resolve: dict[str, str] = {}
    refusals: list[dict[str, object]] = []
    interface: _RecordedInterface | None = None
    service: str = ""
    central: _RecordedCentral | None = None
    placement: dict[str, _RecordedPlace] = {}


class _RecordedCentral(msgspec.Struct):
    remote_state: str | None = None


class _RecordedPlace(msgspec.Struct):
    side: str


class _RecordedOutput(msgspec.Struct):
    name: str
    expression: str


class _RecordedInterface(msgspec.Struct):
    outputs: list[_RecordedOutput] = []


class _RecordedEnvironment(msgspec.Struct):
    name: str
    central_folder: str
    var_files: tuple[str, ...] = ()
    workspace: str = "default"
    backend_config: tuple[str, ...] = ()
    variables: dict[str, object] = {}
    backend: dict[str, object] = {}


class Out(NamedTuple):
    """What the proof reads under OUT: the files by their path there, and what they don't say themselves.

    Only plans need `remote_state` (the data source that reads the central root) and `moved` (what was placed centrally).
    """

    files: dict[str, bytes]
    service_root: str
    environments: tuple[ProofEnvironment, ...]
    resolve: Mapping[str, str]
    promises: Mapping[str, str]
    service: str = ""
    remote_state: str = ""
    moved: tuple[str, ...] = ()
    final: bool = False

    def subject(self, files: Mapping[str, bytes] | None = None) -> Subject:
        """What is to be proved: of the files under OUT, or of others in their place."""
        chosen = self.files if files is None else files
        subject = subject_from_files(chosen, self.service_root, self.environments, self.resolve, self.promises)
        return msgspec.structs.replace(subject, final=self.final)


def read_out(out: Path) -> Out:
    """Read what `tfhoist consolidate` wrote, as it is now."""
    path = out / "consolidation.json"
    try:
        recorded = msgspec.json.decode(read_file(path), type=_Recorded)
    except OSError:
        raise UsageError(
            f"{out} holds no consolidation.", "Give the folder that `tfhoist consolidate --out` wrote."
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error}.", "Run `tfhoist consolidate` again.") from None
    if recorded.refusals:
        raise UsageError(f"{out} holds a refused consolidation; there's nothing to prove.", "See its refusals.")
    files = {
        name.relative_to(out).as_posix(): name.read_bytes()
        for part in ("before", "service", "central")
        for name in sorted((out / part).rglob("*"))
        if ".terraform" not in name.relative_to(out).parts and name.is_file()  # what an `init` there left behind
    }
    environments = tuple(
        ProofEnvironment(
            settings=EnvironmentSettings(
                name=one.name,
                var_files=one.var_files,
                workspace=one.workspace,
                backend_config=one.backend_config,
                variables=one.variables,  # type: ignore[arg-type]
                backend=one.backend,  # type: ignore[arg-type]
            ),
            central_folder=one.central_folder,
        )
        for one in recorded.environments
    )
    outputs = recorded.interface.outputs if recorded.interface is not None else []
    promises = {output.name: output.expression for output in outputs}
    if not any(path.startswith("before/service/") for path in files):
        raise UsageError(f"{out} is damaged: before/service is missing.", "Run `tfhoist consolidate` again.")
    remote_state = (recorded.central.remote_state if recorded.central is not None else None) or ""
    moved = tuple(address for address, place in recorded.placement.items() if place.side == "central")
    return Out(
        files, recorded.service_root, environments, recorded.resolve, promises, recorded.service, remote_state, moved,
        final={one.name for one in recorded.environments} <= set(_final(out)),
    )  # fmt: skip


class _Final(msgspec.Struct):
    environments: tuple[str, ...] = ()


def _final(out: Path) -> tuple[str, ...]:
    """The environments whose migration is final."""
    try:
        return msgspec.json.decode(read_file(out / FINAL), type=_Final).environments
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{out / FINAL} is damaged: {error}.", "Run `tfhoist finalize` again.") from None


def prove_read(read: Out) -> Proof:
    """The proof of what was read of OUT."""
    return prove(read.subject())


def prove_out(out: Path) -> tuple[Proof, bytes]:
    """Prove again what is under OUT, reading nothing else; gives the proof and its artifact."""
    proof = prove_read(read_out(out))
    return proof, proof_json(proof)
