"""The registry of a central repository: read, checked, and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tfhoist import __version__
from tfhoist.api.artifacts import encode
from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.errors import UsageError
from tfhoist.findings import Finding
from tfhoist.registry.catalogue import CHECKS, finding
from tfhoist.registry.central_tree import catalog_info, central_files
from tfhoist.registry.check import check_claims, check_document
from tfhoist.registry.claims import Claims, decode
from tfhoist.registry.claims import encode as encode_claims
from tfhoist.registry.document import put_entry
from tfhoist.registry.drift import Roots, check_consumed, check_drift
from tfhoist.registry.entries import Entry
from tfhoist.registry.from_claims import entry_of
from tfhoist.registry.read_document import ReadEntry, read_entries
from tfhoist.registry.transfer import check_transfer, settled, without
from tfhoist.registry.written import check_written
from tfhoist.secrets import Redaction
from tfhoist.workspace import read_file, read_folder, write_tree

CHECK = "tfhoist/registry-check/1"
CLAIMS = "tfhoist/registry-claims/1"
DOCUMENT = "docs/resource_registry.md"


class Registry:
    """The registry of a central repository as read: claims, the document, and the files."""

    def __init__(
        self, tree: dict[str, bytes], entries: list[Entry], document: str | None, unreadable: list[Finding]
    ) -> None:
        self.tree = tree
        self.entries = entries
        self.document = document
        self.unreadable = unreadable

    @property
    def written(self) -> list[ReadEntry]:
        """The entries of the document."""
        return read_entries(self.document) if self.document is not None else []

    def get(self, service: str) -> Entry | None:
        """The claims of a service."""
        return next((entry for entry in self.entries if entry.claims.service == service), None)


def read_registry(central: Path) -> Registry:
    """Read a central repository; files of claims that can't be read are findings."""
    files = read_folder(central).tree
    tree = Redaction([files]).redact(files)
    entries: list[Entry] = []
    unreadable: list[Finding] = []
    for path in sorted(files):
        if path.startswith("registry/") and path.endswith(".json") and path.count("/") == 1:
            entry = _entry(path, files[path])
            if isinstance(entry, Entry):
                entries.append(entry)
            else:
                unreadable.append(entry)
    source = files.get(DOCUMENT)
    return Registry(tree, entries, source.decode("utf-8", "replace") if source is not None else None, unreadable)


def _entry(path: str, source: bytes) -> Entry | Finding:
    try:
        return Entry(decode(source), path, source.decode("utf-8", "replace"))
    except msgspec.DecodeError as error:
        return finding("registry-claims-unreadable", f"{path} can't be read: {error}", places=[SourceRange(path, 1, 1)])


def read_proposal(path: Path) -> Entry:
    """A proposal: a file of claims, or a folder (what `tfhoist consolidate --out` wrote) that holds one."""
    if path.is_dir():
        found = sorted([*path.glob("central/registry/*.json"), *path.glob("registry/*.json")])
        if len(found) != 1:
            raise UsageError(
                f"{path} holds {len(found)} files of claims.",
                "Give one: registry/SERVICE.json of a consolidation's central folder.",
            )
        path = found[0]
    try:
        entry = _entry(path.name, read_file(path))
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}.", "Give a file of claims.") from None
    if not isinstance(entry, Entry):
        raise UsageError(entry.summary + ".", "It's written by `tfhoist consolidate`, under OUT/central/registry.")
    return entry


def check_registry(registry: Registry, proposal: Entry | None = None) -> tuple[Finding, ...]:
    """The findings about a registry; with a proposal, those about the registry as it would be, where the proposal takes part."""
    entries = registry.entries
    roots = Roots(registry.tree)
    if proposal is None:
        findings = [*registry.unreadable, *check_claims(entries)]
        if registry.document is not None:
            findings += check_document(DOCUMENT, registry.written, entries)
            findings += check_written(DOCUMENT, registry.written, entries)
        for entry in entries:
            findings += check_drift(entry, roots)
        findings += check_consumed(entries, roots)
    else:
        service = proposal.claims.service
        before = registry.get(service)
        others = [entry for entry in entries if entry.claims.service != service]
        known = frozenset(entry.claims.service for entry in others)
        refused = list(check_transfer(proposal, before.claims if before is not None else None, known))
        open_ = set(proposal.claims.transfer_from) - {name for one in refused for name in one.addresses[1:]}

        def handed(one: str, other: str) -> bool:
            return (one == service and other in open_) or (other == service and one in open_)

        after = [*(_left(entry, proposal.claims) for entry in others), proposal]
        offered = {output: entry.claims.service for entry in entries for output in entry.claims.outputs}
        compared = [*check_claims([*others, proposal], handed), *check_consumed(after, roots, offered)]
        found = [one for one in compared if service in one.addresses]
        written = [one for one in registry.written if registry.get(one.service) is None and one.service != service]
        document = [one for one in check_written(DOCUMENT, written, [proposal]) if service in one.addresses]
        findings = [*refused, *found, *document]
    return tuple(sorted(findings, key=lambda one: (one.order(), one.summary)))


def _left(entry: Entry, taken: Claims) -> Entry:
    """What is left of a service's claims once a proposal has taken over what it asks for."""
    handed = entry.claims.service in taken.transfer_from
    return entry._replace(claims=without(entry.claims, taken)) if handed else entry


def add(central: Path, proposal: Entry) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Check a proposal and, without errors, write it: the claims and the document's entry. Gives findings and written files.

    Claims that are handed over leave the claims of the service that had them.
    """
    registry = read_registry(central)
    findings = check_registry(registry, proposal)
    if any(one.severity is Severity.ERROR for one in findings):
        return findings, ()
    before = registry.get(proposal.claims.service)
    claims = settled(proposal.claims, before.claims if before is not None else None)
    changed: list[Claims] = []
    for name in proposal.claims.transfer_from:
        owner = registry.get(name)
        if owner is not None:
            changed.append(without(owner.claims, claims))
    changed.append(claims)
    document = registry.document
    files: dict[str, bytes] = {}
    for one in changed:
        document = put_entry(document, entry_of(one))
        files[f"registry/{one.service}.json"] = encode_claims(one)
    files[DOCUMENT] = (document or "").encode()
    write_tree(central, files)
    return findings, tuple(sorted(files))


def check_json(findings: Sequence[Finding]) -> bytes:
    """`tfhoist registry check --json`: the artifact `tfhoist/registry-check/1`."""
    return encode(
        {
            "schema": CHECK,
            "tool": {"name": "tfhoist", "version": __version__},
            "findings": [msgspec.to_builtins(one) for one in findings],
        }
    )


def check_sarif(findings: Sequence[Finding]) -> bytes:
    """The findings in SARIF."""
    from tfhoist.audit.sarif import Kind, sarif

    kinds = [
        Kind(one.id, one.id, one.description, one.description, one.advice, one.severity) for one in CHECKS.values()
    ]
    return sarif("tfhoist", __version__, kinds, findings, "The central repository.")


def claims_json(registry: Registry) -> bytes:
    """`tfhoist registry claims --json`: the artifact `tfhoist/registry-claims/1`."""
    return encode(
        {
            "schema": CLAIMS,
            "tool": {"name": "tfhoist", "version": __version__},
            "claims": [msgspec.to_builtins(entry.claims) for entry in registry.entries],
        }
    )


def init_central(
    folder: Path, environments: Sequence[str], team: str, *, force: bool = False, backstage: bool = False
) -> list[str]:
    """Write what a central repository starts with; what exists stays unless `force` says otherwise. Gives what was written."""
    wrong = [name for name in environments if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name)]
    if wrong:
        raise UsageError(
            f"{wrong[0]!r} can't be an environment's name.", "It names a folder: letters, digits, - and _."
        )
    if team and not re.fullmatch(r"[A-Za-z0-9@._+/-]+", team):
        raise UsageError(f"{team!r} can't stand in CODEOWNERS.", "Write @ORGANISATION/TEAM, @USER or an address.")
    claims = [entry.claims for entry in read_registry(folder).entries] if folder.is_dir() else []
    files = central_files(environments, claims, team)
    if backstage:
        files |= {f"registry/{one.service}/catalog-info.yaml": catalog_info(one).encode() for one in claims}
    kept = {path: content for path, content in files.items() if force or not (folder / path).exists()}
    protected = {path for path in (DOCUMENT, "README.md") if (folder / path).exists()}  # people wrote these
    kept = {path: content for path, content in kept.items() if path not in protected}
    write_tree(folder, kept)
    return sorted(kept)
