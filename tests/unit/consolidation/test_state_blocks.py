"""Which `moved`, `import` and `removed` blocks move along."""

from __future__ import annotations

import pytest

from tfhoist.configuration.load import load_module
from tfhoist.consolidation.state_blocks import StateBlocks, state_blocks

DECLARED = 'resource "a" "x" {\n}\nresource "a" "y" {\n}\nmodule "m" {\n  source = "./m"\n}\n'


def found(*blocks: str) -> StateBlocks:
    text = DECLARED + "\n".join(blocks)
    module = load_module({"main.tf": text.encode()})
    return state_blocks(module, {"a.x", "module.m"}, {"a.x", "a.y", "module.m"})


def moved(start: str, end: str) -> str:
    return f"moved {{\n  from = {start}\n  to = {end}\n}}\n"


@pytest.mark.parametrize(
    ("start", "end", "forgotten"),
    [
        ("a.old", "a.x", ("a.old",)),
        ("a.x", 'a.x["one"]', ()),
        ("module.old", "module.m", ("module.old",)),
        ('module.old["a"].b.c[0]', "module.m.b.c", ("module.old.b.c",)),
        ("a.x", "module.m.a.x", ()),
    ],
)
def test_it_goes_along(start: str, end: str, forgotten: tuple[str, ...]) -> None:
    blocks = found(moved(start, end))
    assert (len(blocks.moved), blocks.forgotten, blocks.refusals) == (1, forgotten, ())


def test_it_stays() -> None:
    assert found(moved("a.old", "a.y")) == found(moved("a.gone", "a.nowhere")) == StateBlocks((), (), (), ())


def test_a_chain_is_followed_and_a_circle_ends() -> None:
    blocks = found(moved("a.oldest", "a.old"), moved("a.old", "a.x"))
    assert (len(blocks.moved), blocks.forgotten) == (2, ("a.old", "a.oldest"))
    assert found(moved("a.p", "a.q"), moved("a.q", "a.p")).moved == ()


@pytest.mark.parametrize(("start", "end"), [("a.x[0]", "a.y"), ("a.y[0]", "a.x"), ("a.x", "a.nowhere")])
def test_across_the_boundary_is_refused(start: str, end: str) -> None:
    blocks = found(moved(start, end))
    assert [refusal.id for refusal in blocks.refusals] == ["moved-names-moved"]
    assert blocks.moved == ()


def test_imports_with_a_constant_id() -> None:
    assert len(found('import {\n  to = a.x["k"]\n  id = "i"\n}\n').imports) == 1
    assert len(found('import {\n  to = a.x[each.key]\n  id = each.value\n  for_each = { k = "i" }\n}\n').imports) == 1
    assert found('import {\n  to = a.y\n  id = "i"\n}\n') == StateBlocks((), (), (), ())
    for more in ("id = var.i", 'id = "i"\n  provider = b.c', 'id = "i"\n  for_each = toset([var.k])', "identity = {}"):
        assert [r.id for r in found(f"import {{\n  to = a.x\n  {more}\n}}\n").refusals] == ["import-names-moved"]


def test_removed_of_what_moves_is_refused() -> None:
    assert [r.id for r in found("removed {\n  from = module.m.a.x\n}\n").refusals] == ["removed-names-moved"]
