"""Loops over whole resources that leave instances out, or give them other keys, and what reads those."""

from __future__ import annotations

import pytest

from tests.unit.proof.small import OUT, equivalent, split, told
from tfhoist.proof import Subject, prove

MANY = 'resource "aws_subnet" "a" {\n  count = 3\n  public = count.index == 0\n}\n'
KEYED = 'resource "aws_subnet" "a" {\n  for_each = toset(["x", "y"])\n  public = each.key == "x"\n}\n'
LIST = "[for v in aws_subnet.a : { id = v.id, public = v.public, zone = v.zone }]"
MAP = "{ for k, v in aws_subnet.a : k => { id = v.id, public = v.public, zone = v.zone } }"
BLOCK = 'resource "aws_nat_gateway" "n" {\n%s}\n'
SOME = "[for v in %s : v if v.public]"
ANEW = "{ for v in %s : v.zone => v }"
FILTERED = "{ for k, v in %s : k => v if v.public }"


def chosen(block: str, producer: str, value: str, now: str | None = None) -> Subject:
    def reader(read: str, text: str) -> str:
        return BLOCK % (text.replace("%s", read) if "%s" in text else text)

    return split(
        producer + reader("aws_subnet.a", block), reader(f"{OUT}.out", now or block),
        f'{producer}output "out" {{\n  value = {value}\n}}\n', moved=("aws_subnet.a",),
    )  # fmt: skip


def killed(subject: Subject) -> None:
    proof = prove(subject)
    assert proof.verdict != "equivalent"
    assert "aws_nat_gateway.n" in told(proof), told(proof)


CASES = [
    (f"  x = {SOME}[0].id\n", MANY, LIST),
    (f"  x = {SOME}[*].id\n", MANY, LIST),
    (f"  x = [for w in {SOME} : w.id]\n", MANY, LIST),
    (f'  x = [for w in {SOME} : w.id if w.zone != "c"]\n', MANY, LIST),
    (f"  x = {{ for w in {SOME} : w.zone => upper(w.id) }}\n", KEYED, MAP),
    (f"  x = length({SOME})\n", MANY, LIST),
    (f"  count = length({SOME})\n  x = {SOME}[count.index].id\n", MANY, LIST),
    (f'  x = {ANEW}["a"].id\n', MANY, LIST),
    (f"  for_each = {ANEW}\n  x = each.value.id\n  y = each.value.public\n", MANY, LIST),
    (f"  for_each = {FILTERED}\n  x = each.value.id\n  y = each.key\n", KEYED, MAP),
    (f"  x = keys({FILTERED})\n", KEYED, MAP),
]


@pytest.mark.parametrize(("block", "producer", "value"), CASES)
def test_what_is_chosen(block: str, producer: str, value: str) -> None:
    equivalent(chosen(block, producer, value))
    equivalent(chosen(block, producer, value.replace("id = v.id", "id = v.id, more = v.more")))
    if "v.zone" in block or "w.zone" in block:
        killed(chosen(block, producer, value.replace("zone = v.zone", "zone = v.id")))
    if ".id" in block:
        killed(chosen(block, producer, value.replace("id = v.id", "id = v.zone")))
        killed(chosen(block, producer, value, block.replace(".id", ".zone")))
    if "v.public" in block:
        killed(chosen(block, producer, value.replace("public = v.public", "public = !v.public")))
        killed(chosen(block, producer, value.replace("public = v.public", "public = true")))
        killed(chosen(block, producer, value, block.replace(" if v.public", "")))
        killed(chosen(block, producer, value, block.replace(" if v.public", " if !v.public")))
    closing = "]" if value.endswith("]") else " }"
    killed(chosen(block, producer, value.removesuffix(closing) + ' if v.id != "x"' + closing))
    if "for w in" in block:
        killed(
            chosen(
                block,
                producer,
                value,
                block.replace('!= "c"', '== "c"').replace("for w in", "for i, w in").replace("w.id", "i"),
            )
        )


def test_positions_among_what_is_chosen_are_not_those_of_all() -> None:
    """The number of an item that a filter left is another one than its instance's."""
    block = f"  x = [for i, w in {SOME} : i]\n"
    killed(chosen(block, MANY, LIST, "  x = [for i, w in %s : i if w.public]\n"))
    killed(chosen(f"  x = {SOME}[0].id\n", MANY, LIST, "  x = %s[0].id\n"))
