"""Random Terraform configuration: text, and what is known of it because it was made that way."""

from __future__ import annotations

import json
from typing import NamedTuple

from hypothesis import strategies as st


class Made(NamedTuple):
    """An expression's text and the references in it, in order, as `root.name[...]` texts."""

    text: str
    references: tuple[str, ...]


NAMES = st.sampled_from(["a", "b_1", "main", "x-y", "é", "data_", "for_each", "in", "iff", "nulls", "true_"])
ROOTS = st.sampled_from(["var", "local", "module", "aws_lb", "each", "path", "data", "x"])
BLANK = st.sampled_from(["", " ", "  ", "\t", " /* c */ "])
TEXT = st.text(st.sampled_from('ab "\\\n\té{}[]#/$%~:=,'), max_size=12)
KEYWORDS = frozenset({"for", "if", "in", "true", "false", "null"})


def quoted(text: str) -> str:
    """A text as HCL writes it."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _leaf(text: str) -> Made:
    return Made(text, ())


@st.composite
def traversals(draw: st.DrawFn) -> Made:
    text = draw(ROOTS)
    inner: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 4))
        if kind <= 1:
            text += "." + draw(NAMES)
        elif kind == 2:
            text += f"[{draw(st.integers(0, 20))}]"
        elif kind == 3:
            text += f"[{quoted(draw(st.sampled_from(['a', 'b c', 'é'])))}]"
        else:
            key = draw(ROOTS)
            inner.append(key)
            text += f"[{key}]"
    return Made(text, tuple(sorted([text, *inner])))


def _joined(pattern: str, *parts: Made) -> Made:
    return Made(
        pattern.format(*(part.text for part in parts)), tuple(sorted(r for part in parts for r in part.references))
    )


def _extended(inner: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
    def listed(items: list[Made]) -> Made:
        return Made("[" + ", ".join(i.text for i in items) + "]", tuple(sorted(r for i in items for r in i.references)))

    def mapped(pairs: list[tuple[str, Made]]) -> Made:
        text = "{ " + ", ".join(f"{key} = {value.text}" for key, value in pairs) + " }"
        return Made(text, tuple(sorted(r for _, value in pairs for r in value.references)))

    def loop(collection: Made, result: Made, pattern: str) -> Made:
        # `bound` isn't a root that the strategy makes, so nothing else is shadowed
        return _joined(pattern, collection, result)

    patterns = [
        "[for bound in {0} : {1}]",
        "{{for bound, other in {0} : other => {1}}}",
        "[for bound in {0} : {1} if bound]",
    ]
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||"])
    return st.one_of(
        st.lists(inner, max_size=3).map(listed),
        st.lists(st.tuples(NAMES.filter(lambda n: n not in KEYWORDS), inner), max_size=3, unique_by=lambda p: p[0]).map(mapped),
        inner.map(lambda part: _joined("({})", part)),
        inner.map(lambda part: _joined("!{}", part)),
        st.lists(inner, max_size=3).map(lambda items: _joined("f(" + ", ".join("{}" for _ in items) + ")", *items)),
        st.builds(lambda left, op, right: _joined("({} " + op + " {})", left, right), inner, operators, inner),
        st.builds(lambda a, b, c: _joined("({} ? {} : {})", a, b, c), inner, inner, inner),
        st.builds(loop, inner, inner, st.sampled_from(patterns)),
        st.builds(lambda before, part: _joined(quoted(before).replace("{", "{{").replace("}", "}}")[:-1] + "${{{}}}\"", part),
                  TEXT.filter(lambda text: not text.endswith(("$", "%"))), inner),
    )  # fmt: skip


LEAVES = st.one_of(
    traversals(),
    TEXT.map(quoted).map(_leaf),
    st.sampled_from(["0", "17", "1.50", "1e3", "true", "false", "null"]).map(_leaf),
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 0) -> Made:
    """An expression; a function of its own at each level, since `st.recursive` takes long to say what it is."""
    deeper = depth < 2 and draw(st.booleans())
    return draw(_extended(expressions(depth + 1)) if deeper else LEAVES)


EXPRESSIONS = expressions()


@st.composite
def bodies(draw: st.DrawFn, depth: int = 0) -> Made:
    """A body of arguments and blocks, not always laid out well."""
    lines: list[str] = []
    references: list[str] = []
    indent = draw(st.sampled_from(["", "  ", "    "]))
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.integers(0, 4))
        if kind <= 1:
            value = draw(EXPRESSIONS)
            lines.append(f"{indent}k{number}{draw(BLANK)}={draw(BLANK)}{value.text}{draw(BLANK)}")
            references += value.references
        elif kind == 2 and depth < 2:
            inner = draw(bodies(depth + 1))
            lines.append(f'{indent}block{draw(BLANK)} "{draw(NAMES)}"  {{\n{inner.text}{indent}}}')
            references += inner.references
        elif kind == 3:
            lines.append(draw(st.sampled_from(["", "# a comment", "  // b", "/* c */", ""])))
        else:
            value = draw(traversals())
            lines.append(f"{indent}h{number} = <<-EOT\n   x ${{{value.text}}} y\n  EOT")
            references += value.references
    return Made("".join(f"{line}\n" for line in lines), tuple(sorted(references)))


VALUES = st.recursive(
    st.one_of(TEXT, st.integers(-(10**15), 10**15), st.booleans(), st.none(), st.sampled_from([0.5, -1.25, 100.125])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(st.sampled_from("ab-_ é."), min_size=1, max_size=4), inner, max_size=3),
    ),
    max_leaves=8,
)


def written(value: object) -> str:
    """A value as a variable file has it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{\n" + "".join(f"  {quoted(key)} = {written(item)}\n" for key, item in value.items()) + "}"
    return json.dumps(value)
