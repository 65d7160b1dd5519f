"""The edits to the service root: what moved goes, references to it become reads of the central outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tfhoist.boundary.interface import Interface
from tfhoist.boundary.model import ModuleOutput
from tfhoist.configuration.load import SOURCES, Tree, all_modules
from tfhoist.configuration.merging import edit_as_written
from tfhoist.configuration.model import Declaration, Module
from tfhoist.consolidation.inherited import Node, explicit_edits, nested_edits
from tfhoist.consolidation.rewrite import OutputReads, depends_on_edit, downlink_edits
from tfhoist.consolidation.settled import Settled
from tfhoist.consolidation.state_blocks import StateBlocks
from tfhoist.findings import Refusal
from tfhoist.graph import Graph
from tfhoist.hcl.edit import Edit, apply_edits, removal
from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.syntax import File, parse_file


class ServiceRoot(NamedTuple):
    """Changed and new files relative to the service root (None: the file goes), and what can't be carried."""

    files: dict[str, bytes | None]
    refusals: list[Refusal]


def edit_service_root(
    graph: Graph,
    interface: Interface,
    central: set[str],
    dropped: tuple[Declaration, ...],
    explicit: list[Node],
    blocks: StateBlocks,
    tree: Tree,
    remote_state: str,
    remote_state_text: str,
    outputs: tuple[ModuleOutput, ...],
    repository: str,
    settled: Settled,
) -> ServiceRoot:
    """All edits of one consolidation. `dropped` are the definitions that `[[resolve]]` doesn't keep."""
    module = graph.module
    only_central = interface.boundary.followers.only_central()
    reads = OutputReads(f"data.terraform_remote_state.{remote_state}.outputs", "central_")
    edits: dict[str, list[Edit]] = {}
    refusals = list(blocks.refusals)
    gone = [one for declaration in dropped for one in module.as_written(declaration)[:1]]
    gone += [one for declaration in settled.gone for one in module.as_written(declaration)]
    leaving = {(d.file.path, d.start) for d in (*blocks.moved, *blocks.imports)}
    for declaration in module.declarations:
        address = declaration.address
        if declaration.json or declaration in settled.gone:
            continue
        goes = (
            (declaration.file.path, declaration.start) in leaving
            or address in central
            or (address in only_central and declaration.kind in ("data", "ephemeral", "local"))
        )
        if goes:
            gone += module.as_written(declaration)
        else:
            found = _block_edits(declaration, interface, central, reads)
            if ("", address) in explicit and declaration.kind == "resource":
                found += explicit_edits(declaration)
            for edit in found:
                try:
                    file, there = edit_as_written(declaration.file, edit)
                except ValueError:
                    refusals.append(_across_files(declaration))
                else:
                    edits.setdefault(file.path, []).append(there)
    gone_locals: dict[tuple[str, int], list[Declaration]] = {}
    for declaration in gone:
        if declaration.kind == "local" and declaration.block is not None:
            gone_locals.setdefault((declaration.file.path, declaration.block.start), []).append(declaration)
        elif declaration.block is not None:
            edits.setdefault(declaration.file.path, []).append(removal(declaration.file.source, declaration.block))
    for (path, _), declarations in sorted(gone_locals.items()):
        edits.setdefault(path, []).extend(_local_removals(declarations))
    files: dict[str, bytes | None] = {}
    for file in written_files(module):
        if file.path in edits and file.body.blocks:
            changed = apply_edits(file.source, _merged(edits[file.path]))
            problems = parse_file(file.path, changed).diagnostics
            if problems:
                raise AssertionError(f"the edited {file.path} doesn't parse: {problems[0].render()}")
            files[file.path] = changed if changed.strip() else None
    for path, nested in nested_edits(module, explicit, central, side=False).items():
        files[path] = apply_edits(tree[path], nested)
    files |= _new_files(
        graph, interface, central, blocks, tree, reads, remote_state, remote_state_text, outputs, repository
    )
    files |= _gone_folders(module, central, tree)
    return ServiceRoot(files, refusals)


def written_files(module: Module) -> list[File]:
    """The files of a module as they were written: override files stand for themselves."""
    written = {declaration.file.path: declaration.file for declaration in module.written}
    return list({**{file.path: file for file in module.files}, **written}.values())


def _across_files(declaration: Declaration) -> Refusal:
    return Refusal(
        id="override-file", address=declaration.address, range=declaration.range,
        summary=f"what has to be changed of {declaration.address} stands partly in it, and partly in an override file.",
        advice="Merge the override into the block.",
    )  # fmt: skip


def _merged(edits: list[Edit]) -> list[Edit]:
    """Removals of neighbours may share the blank lines between them: overlapping removals become one."""
    merged: list[Edit] = []
    for edit in sorted(set(edits)):
        if merged and not edit.text and not merged[-1].text and edit.start < merged[-1].end:
            merged[-1] = Edit(merged[-1].start, max(edit.end, merged[-1].end), b"")
        else:
            merged.append(edit)
    return merged


def _block_edits(declaration: Declaration, interface: Interface, central: set[str], reads: OutputReads) -> list[Edit]:
    edits = downlink_edits(declaration, interface.routes, reads)
    ordering = depends_on_edit(declaration, lambda address: address in central)
    if ordering is not None:
        edits = [edit for edit in edits if not ordering.start <= edit.start < ordering.end] + [ordering]
    return edits


def _local_removals(declarations: list[Declaration]) -> list[Edit]:
    """Take single locals out, or their whole block when none is left."""
    block = declarations[0].block
    if block is None:
        return []
    source = declarations[0].file.source
    if len(declarations) == len(block.body.attributes):
        return [removal(source, block)]
    return [removal(source, declaration.attribute) for declaration in declarations if declaration.attribute is not None]


def _new_files(
    graph: Graph,
    interface: Interface,
    central: set[str],
    blocks: StateBlocks,
    tree: Tree,
    reads: OutputReads,
    remote_state: str,
    remote_state_text: str,
    outputs: tuple[ModuleOutput, ...],
    repository: str,
) -> dict[str, bytes | None]:
    guard = outputs[0].name if outputs else ""
    comment = (
        f"# What {repository} offers to this root. Until its outputs exist, every plan of this root stops with an error,\n"
        "# and changes nothing."
    )
    lines = [comment, "", remote_state_text]
    if reads.guarded or not _reads_outputs(graph.module, interface):
        lines += ["", "locals {", "  # read here, so that a missing output is an error and not a silent fallback"]
        guarded = reads.guarded or {f"central_{guard}": f"{reads.base}.{guard}"}
        lines += [f"  {name} = {value}" for name, value in sorted(guarded.items())]
        lines.append("}")
    removed = [
        "# These blocks moved to the central repository. Until the migration is final, this tells Terraform to forget them,",
        "# never to destroy them, should this root be applied before its state has been split.",
    ]
    for address in sorted({*central, *blocks.forgotten}):
        removed += ["", "removed {", f"  from = {address}", "", "  lifecycle {", "    destroy = false", "  }", "}"]
    return {
        _free(tree, "central.tf"): format_source(("\n".join(lines) + "\n").encode()),
        _free(tree, "removed.tf"): format_source(("\n".join(removed) + "\n").encode()),
    }


def _reads_outputs(module: Module, interface: Interface) -> bool:
    """Whether something that is evaluated in any case reads an output: an output, or a block with one instance."""
    consumers = (module.get(downlink.consumer) for downlink in interface.boundary.downlinks)
    return any(
        consumer is not None
        and consumer.kind in ("output", "resource", "module")
        and not any(consumer.body.attribute(name) is not None for name in ("count", "for_each"))
        for consumer in consumers
    )


def _free(tree: Tree, name: str) -> str:
    taken = any(name.removesuffix(".tf") + ending in tree for ending in SOURCES)
    return f"tfhoist_{name}" if taken else name


def _gone_folders(module: Module, central: set[str], tree: Tree) -> dict[str, bytes | None]:
    """Files of local modules that only moved calls use. Those beside the root stay: other roots may call them, which aren't read."""
    stay: set[str] = set()
    go: set[str] = set()
    for name, child in module.children.items():
        folders = {inner.folder for inner in all_modules(child) if not inner.folder.startswith("../")}
        if f"module.{name}" in central:
            go |= folders
        else:
            stay |= folders
    return {
        path: None
        for path in sorted(tree)
        if any(path.startswith(f"{folder}/") for folder in go - stay)
        and not any(path.startswith(f"{folder}/") and len(folder) > 0 for folder in stay)
    }


def unread_variables(module: Module, interface: Interface) -> list[str]:
    """Variables of the service root that nothing reads there any more; they stay, since pipelines may set them."""
    sides: Mapping[str, str] = interface.boundary.followers.sides
    return [d.name for d in module.of("variable") if sides.get(d.address) == "central"]
