"""The files of the service root: what isn't configuration of its root module may not change.

Root-level `.tf` files may be edited, added and removed, since their content is compared block by block. Values and
backends (`.tfvars`, `.tfbackend`), child modules, and everything else stay byte for byte, or go along with what moved; a child
module may gain a `create_before_destroy` that a resource in it had through a reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from tfhoist.configuration.load import SOURCES, Tree, all_modules
from tfhoist.configuration.model import Module
from tfhoist.configuration.paths import is_override
from tfhoist.hcl.bodies import Block, Body
from tfhoist.hcl.syntax import parse_file
from tfhoist.proof.model import FAILS, HOLDS, UNDECIDED, Obligation
from tfhoist.proof.plain import plain_body
from tfhoist.proof.terms import Terms


def check_service_files(
    terms: Terms, before: Tree, after: Tree, module: Module, moved: set[str], central: Tree, folders: Mapping[str, str]
) -> Iterator[Obligation]:
    """Compare two trees. `folders` gives, for a folder of a moved module, its place in the central repository."""
    gone = _folders_of_moved(module, moved)
    kept = 0
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            kept += 1
        elif _is_root_configuration(path):
            if old is None and is_override(path):
                yield _fails(
                    path,
                    "it's a new override file, whatever it says: no split writes one, and Terraform merges it into blocks elsewhere. "
                    "Write what it says into those blocks, or add it in a change of its own",
                )
        elif old is None:
            yield _fails(path, "it's a new file, and not configuration of the root module")
        elif new is None:
            yield from _gone(terms, path, old, gone, central, folders)
        elif path.endswith(SOURCES) and same_but_for_lifecycle(terms, old, new):
            kept += 1  # what it gained is an obligation of each resource in it
            if path.startswith("../"):
                detail = "it gained create_before_destroy, and other roots may call this module too"
                yield Obligation("file", path, None, UNDECIDED, detail)
        else:
            yield _fails(path, "its content was changed, and only configuration of the root module may be")
    yield Obligation("file", "the service root's other files", None, HOLDS, f"{kept} files are byte for byte the same")


def _is_root_configuration(path: str) -> bool:
    return "/" not in path and path.endswith(SOURCES)


def same_but_for_lifecycle(terms: Terms, old: bytes, new: bytes) -> bool:
    """Whether two files of a module say the same but for `create_before_destroy`, written out where it was inherited."""
    files = [parse_file("module.tf", source) for source in (old, new)]
    if any(file.diagnostics for file in files):
        return False
    one, other = (plain_body(terms, _without_order(file.body)) for file in files)
    return one is other


def _without_order(body: Body) -> Body:
    """A body without the `create_before_destroy` of the blocks in it, and without a `lifecycle` that holds nothing else."""
    return msgspec.structs.replace(body, blocks=tuple(_block_without_order(block) for block in body.blocks))


def _block_without_order(block: Block) -> Block:
    kept: list[Block] = []
    for inner in block.body.blocks:
        if inner.type == "lifecycle":
            attributes = tuple(a for a in inner.body.attributes if a.name != "create_before_destroy")
            inner = msgspec.structs.replace(inner, body=Body(attributes, inner.body.blocks))
            if not attributes and not inner.body.blocks:
                continue
        kept.append(inner)
    return msgspec.structs.replace(block, body=Body(block.body.attributes, tuple(kept)))


def _fails(path: str, detail: str) -> Obligation:
    return Obligation("file", path, None, FAILS, detail)


def _folders_of_moved(module: Module, moved: set[str]) -> set[str]:
    """The folders of local modules that only moved calls use."""
    go: set[str] = set()
    stay: set[str] = set()
    for name, child in module.children.items():
        folders = {inner.folder for inner in all_modules(child)}
        if f"module.{name}" in moved:
            go |= folders
        else:
            stay |= folders
    return go - stay


def _gone(
    terms: Terms, path: str, content: bytes, gone: set[str], central: Tree, folders: Mapping[str, str]
) -> Iterator[Obligation]:
    owners = [folder for folder in gone if path.startswith(f"{folder}/")]
    if owners:
        folder = max(owners, key=len)
        place = folders.get(folder)
        new = central.get(f"{place}/{path[len(folder) + 1 :]}") if place is not None else None
        if new == content or (
            new is not None and path.endswith(SOURCES) and same_but_for_lifecycle(terms, content, new)
        ):
            return
        yield _fails(path, f"it went with the module in {folder}, and isn't the same in the central repository")
    elif any(central.get(other) == content for other in central if other.endswith(f"/{path}")):
        # a file that a moved block reads; whether the block reads the same content is the block's own obligation
        return
    else:
        yield _fails(path, "it's gone")
