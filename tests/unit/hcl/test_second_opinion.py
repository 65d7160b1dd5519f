"""References, beside those that the tree-sitter grammar gives on the same files.

The grammar is another reader of the language, by other people. Its two known misreads, `$$${x}` and a heredoc line that
begins with its own marker, don't occur in these files.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_hcl
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Node

from tfhoist.hcl.syntax import parse_file

LANGUAGE = tree_sitter.Language(tree_sitter_hcl.language())
QUERY = tree_sitter.Query(LANGUAGE, "(variable_expr (identifier) @root)")
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("*.tf"))


def opinion(source: bytes) -> list[tuple[int, int]]:
    """Start and end of each reference, as the grammar sees it."""
    root = tree_sitter.Parser(LANGUAGE).parse(source).root_node
    found = []
    for identifier in tree_sitter.QueryCursor(QUERY).captures(root).get("root", []):
        node = identifier.parent
        assert node is not None
        if not _is_key(node) and not _is_bound(node, identifier.text or b""):
            found.append((node.start_byte, _end(node)))
    return sorted(found)


def _end(node: Node) -> int:
    end = node.end_byte
    sibling = node.next_named_sibling
    while sibling is not None and sibling.type in ("get_attr", "index", "splat"):
        end = sibling.end_byte
        sibling = sibling.next_named_sibling
    return end


def _is_key(node: Node) -> bool:
    expression = node.parent
    if expression is None or expression.type != "expression" or expression.named_child_count != 1:
        return False
    element = expression.parent
    return element is not None and element.type == "object_elem" and element.named_children[0].id == expression.id


def _is_bound(node: Node, name: bytes) -> bool:
    child, parent = node, node.parent
    while parent is not None:
        if parent.type in ("for_tuple_expr", "for_object_expr"):
            intro = next(inner for inner in parent.named_children if inner.type == "for_intro")
            names = [inner.text for inner in intro.named_children if inner.type == "identifier"]
            if child.id != intro.id and name in names:
                return True
        child, parent = parent, parent.parent
    return False


def ours(source: bytes) -> list[tuple[int, int]]:
    file = parse_file("x.tf", source)
    assert not file.diagnostics, file.diagnostics[0].render()
    return [(reference.start, reference.end) for reference in file.references]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples(path: Path) -> None:
    source = path.read_bytes()
    assert ours(source) == opinion(source)


NAMES = st.sampled_from(["aws_lb", "var", "local", "module", "data", "x", "each"])
ATTRIBUTES = st.sampled_from(["main", "arn", "id", "name"])


def expressions() -> st.SearchStrategy[str]:
    traversal = st.builds(
        lambda root, steps: root + "".join(steps),
        NAMES,
        st.lists(st.one_of(ATTRIBUTES.map(lambda a: f".{a}"), st.just("[0]"), st.just('["k"]')), max_size=4),
    )
    splat = st.builds(lambda t, a: f"{t}[*].{a}", traversal, ATTRIBUTES)
    leaf = st.one_of(traversal, splat, st.just("1"), st.just('"text"'), st.just("true"))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda a, b: f"[{a}, {b}]", inner, inner),
            st.builds(lambda a, b: f"{{ key = {a}, ({b}) = 1 }}", inner, inner),
            st.builds(lambda a: f"upper({a})", inner),
            st.builds(lambda a, b: f"({a} == {b})", inner, inner),
            st.builds(lambda a, b, c: f"({a} ? {b} : {c})", inner, inner, inner),
            st.builds(lambda a: f'"t ${{{a}}} u"', inner),
            st.builds(lambda a, b: f"[for x in {a} : {b} if x != 1]", inner, inner),
            st.builds(lambda a, b: f"{{ for x, y in {a} : x => {b} }}", inner, inner),
        ),
        max_leaves=12,
    )


@given(expressions())
def test_random_expressions(text: str) -> None:
    source = f"a = {text}\n".encode()
    assert ours(source) == opinion(source)
