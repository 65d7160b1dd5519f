"""Random edits of the kinds that a consolidation makes, and the check that nothing else changes."""

from __future__ import annotations

import random

from tfhoist.hcl.bodies import Attribute, Block
from tfhoist.hcl.edit import Edit, apply_edits, insertion, removal
from tfhoist.hcl.syntax import File, parse_file

MOST = 12


def random_edits(file: File, draw: random.Random) -> list[Edit]:
    """Edits of one file that don't overlap: values and references replaced, things taken out, lines put in."""
    attributes: list[Attribute] = [*file.body.attributes]
    blocks: list[Block] = []
    pending = list(file.body.blocks)
    while pending:
        block = pending.pop()
        blocks.append(block)
        attributes.extend(block.body.attributes)
        pending.extend(block.body.blocks)
    chosen: list[Edit] = []
    for _ in range(draw.randint(1, MOST)):
        kind = draw.choice(("value", "reference", "remove", "insert"))
        made: list[Edit] = []
        if kind == "value" and attributes:
            attribute = draw.choice(attributes)
            expression = attribute.expression
            made = [Edit(expression.start, expression.end, draw.choice((b'"x"', b"[1, 2]", b"local.a", b"var.b[0].c")))]
        elif kind == "reference" and file.references:
            reference = draw.choice(file.references)
            made = [Edit(reference.start, reference.end, b"module.m.out")]
        elif kind == "remove" and blocks:
            thing: Attribute | Block = (
                draw.choice(attributes) if attributes and draw.random() < 0.7 else draw.choice(blocks)
            )
            made = [removal(file.source, thing)]
        elif kind == "insert" and blocks:
            name = f"new_{draw.getrandbits(64):x}".encode()
            made = insertion(file.source, draw.choice(blocks), b"  " + name + b" = 1\n", first=draw.random() < 0.5)
        if all(_apart(one, other) for one in made for other in chosen):
            chosen.extend(made)
    return chosen


def _apart(one: Edit, other: Edit) -> bool:
    """Whether two edits neither overlap nor touch, nor stand in one another's lines."""
    return one.end < other.start or other.end < one.start


def check(file: File, edits: list[Edit]) -> None:
    """Raise `AssertionError` unless the bytes outside the edits are as they were, in their order, and the result parses."""
    result = apply_edits(file.source, edits)
    position = at = 0
    for edit in sorted(edits):
        kept = file.source[position : edit.start]
        assert result[at : at + len(kept)] == kept, f"{file.path}: bytes before {edit.start} changed"
        at += len(kept)
        assert result[at : at + len(edit.text)] == edit.text, f"{file.path}: the edit at {edit.start} isn't there"
        at += len(edit.text)
        position = edit.end
    assert result[at:] == file.source[position:], f"{file.path}: bytes at the end changed"
    problems = parse_file(file.path, result).diagnostics
    assert not problems, f"{problems[0].render()}\nafter {sorted(edits)}"
