"""What a migration leaves behind in the configuration, taken out once it's final: `removed` blocks and `import` blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from tfhoist.hcl.bodies import Block
from tfhoist.hcl.edit import apply_edits, removal
from tfhoist.hcl.syntax import File, parse_file


def forgets(moved: Collection[str]) -> Callable[[File, Block], bool]:
    """Whether a block of the service root is a `removed` block of something that moved, and destroys nothing."""

    def is_one(file: File, block: Block) -> bool:
        return block.type == "removed" and _named(file, block, "from") in moved

    return is_one


def imports_into(
    call: str, kept: Collection[bytes], carried: Collection[tuple[str, str]]
) -> Callable[[File, Block], bool]:
    """Whether a block of a central root imports into the shared module's call.

    Those that were there before (`kept`, as text) and the service's own that went along (`carried`, by address and id) stay.
    """

    def is_one(file: File, block: Block) -> bool:
        if block.type != "import" or file.source[block.start : block.end] in kept:
            return False
        address = _named(file, block, "to")
        own = (address.removeprefix(f"module.{call}."), _named(file, block, "id"))
        return address.startswith(f"module.{call}.") and own not in carried

    return is_one


def without_call(path: str, source: bytes, call: str) -> bytes | None:
    """A file of a central root without a module's call and all blocks that read it; None when nothing is left of it."""
    reads = re.compile(rb"\bmodule\." + re.escape(call.encode()) + rb"(?![\w-])")

    def is_one(file: File, block: Block) -> bool:
        named = block.type == "module" and block.labels == (call,)
        return named or reads.search(file.source[block.start : block.end]) is not None

    return without(path, source, is_one)


def imports_of(source: bytes) -> frozenset[tuple[str, str]]:
    """The `import` blocks of a file, by address and id as they're written."""
    file = parse_file("", source)
    return frozenset((_named(file, one, "to"), _named(file, one, "id")) for one in file.body.blocks_of("import"))


def blocks_in(source: bytes, kind: str) -> frozenset[bytes]:
    """The text of the top-level blocks of one type."""
    return frozenset(source[block.start : block.end] for block in parse_file("", source).body.blocks_of(kind))


def without(path: str, source: bytes, doomed: Callable[[File, Block], bool]) -> bytes | None:
    """A file without some blocks, all else byte for byte; None when nothing but comments is left of it."""
    file = parse_file(path, source)
    gone = [block for block in file.body.blocks if doomed(file, block)]
    if not gone:
        return source
    if len(gone) == len(file.body.blocks) and not file.body.attributes:
        return None
    return apply_edits(source, [removal(source, block) for block in gone])


def _named(file: File, block: Block, name: str) -> str:
    attribute = block.body.attribute(name)
    return "".join(file.text(attribute.value_start, attribute.value_end).split()) if attribute is not None else ""
