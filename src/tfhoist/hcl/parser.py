"""The parser of HCL native syntax: bodies, and expressions as trees, each node with its bytes.

Our own: it's as strict about lines as Terraform, which the tree-sitter grammar isn't (newlines are blanks to it), reads
`$$${x}` and heredocs as HashiCorp's parser does, and is faster than copying a tree-sitter tree out. The grammar
remains as a second opinion in the tests.
"""

from __future__ import annotations

from tfhoist.hcl.bodies import Attribute, Block, Body
from tfhoist.hcl.cursor import DEEPEST, LONGEST, ParseError, too_deep
from tfhoist.hcl.expression_parser import ExpressionParser
from tfhoist.hcl.expressions import LEAVES, Expression, Literal, Template, children
from tfhoist.hcl.template_parser import join_parts

__all__ = ["ParseError", "parse_body", "parse_expression", "parse_template"]


def parse_expression(source: bytes, start: int, end: int) -> Expression:
    """The expression in `source[start:end]`; raises `ParseError` when it isn't one."""
    parser = _BodyParser(source, end)
    parser.at = start
    parser.skip()
    expression = parser.expression()
    check_height(expression)
    parser.skip_lines()
    if parser.at < end:
        raise ParseError(parser.at, "unexpected text after the expression")
    return expression


def parse_template(text: bytes) -> Template:
    """A whole file as a template, as `templatefile` reads it."""
    parser = _BodyParser(text, len(text))
    parts, stop = parser.template_parts(lambda: parser.at >= len(text), heredoc=True)
    if stop:
        raise ParseError(parser.at, f"%{{ {stop} }} without its beginning")
    template = Template(0, len(text), join_parts(parts))
    check_height(template)
    return template


def check_height(expression: Expression) -> None:
    """Refuse a tree of more than LONGEST levels: whoever goes down a tree may rely on that.

    Nesting is counted while it is read; this also counts the links of chains, which are read in loops.
    """
    level = [expression]
    for _ in range(LONGEST):
        level = [child for parent in level if type(parent) not in LEAVES for child in children(parent)]
        if not level:
            return
    raise ParseError(
        expression.start,
        f"an expression of more than {LONGEST} levels",
        "Terraform may read this, tfhoist doesn't: put parts of it into locals.",
    )


def parse_body(source: bytes, start: int, end: int) -> Body:
    """The attributes and blocks of `source[start:end]`; raises `ParseError` at the first thing that isn't HCL."""
    return _BodyParser(source, end).body(start)


class _BodyParser(ExpressionParser):
    """Reads bodies."""

    def body(self, start: int) -> Body:
        """Attributes and blocks up to `end`; open blocks are kept on a list, not on the call stack."""
        self.at = start
        current = _OpenBlock("", (), 0, 0, single=False)
        outer: list[_OpenBlock] = []
        while True:
            if current.single:
                self.skip()
            else:
                self.skip_lines()
            if self.at >= self.end:
                if outer:
                    raise ParseError(current.open, "this block isn't closed")
                return current.body()
            begin = self.at
            if self.take(b"}"):
                if not outer:
                    raise ParseError(begin, "'}' without its '{'")
                closed, current = current, outer.pop()
                current.blocks.append(closed.block(self.at))
                self.end_of_line("a block")
                continue
            name = self.identifier()
            if name is None:
                raise ParseError(self.at, "expected an argument or a block")
            if current.single and current.attributes:
                raise ParseError(begin, "a block on one line holds one argument at most")
            self.skip()
            if self.peek() == b"=" and self.peek(2) != b"==":
                if name in current.attributes:
                    raise ParseError(begin, f"the argument {name!r} was already set")
                self.at += 1
                self.skip()
                value_start = self.at
                expression = self.expression()
                if self.at - value_start > LONGEST:
                    check_height(expression)
                current.attributes[name] = Attribute(name, begin, self.at, value_start, self.at, expression)
                if not current.single:
                    self.end_of_line("an argument")
                continue
            if current.single:
                raise ParseError(begin, "a block on one line can't hold another block")
            labels: list[str] = []
            while self.peek() != b"{":
                at = self.at
                if self.peek() == b'"':
                    label = self.quoted()
                    if not isinstance(label, Literal):
                        raise ParseError(label.start, "a block's label can't be a template")
                    labels.append(str(label.value))
                else:
                    word = self.identifier()
                    if word is None:
                        raise ParseError(at, "expected '=' for an argument, or '{' for a block")
                    labels.append(word)
                self.skip()
            opening = self.at
            if len(outer) >= DEEPEST:
                raise too_deep(opening)
            self.at += 1
            self.skip()
            single = self.peek() not in (b"\n", b"#") and self.peek(2) not in (b"\r\n", b"//")
            outer.append(current)
            current = _OpenBlock(name, tuple(labels), begin, opening, single=single)

    def end_of_line(self, what: str) -> None:
        self.skip()
        if self.at >= self.end or self.peek() in (b"\n", b"#") or self.peek(2) in (b"\r\n", b"//"):
            return
        raise ParseError(self.at, f"expected a new line after {what}")


class _OpenBlock:
    """A block whose end hasn't been read yet."""

    def __init__(self, kind: str, labels: tuple[str, ...], start: int, opening: int, *, single: bool) -> None:
        self.kind = kind
        self.labels = labels
        self.start = start
        self.open = opening
        self.single = single
        self.attributes: dict[str, Attribute] = {}
        self.blocks: list[Block] = []

    def body(self) -> Body:
        return Body(tuple(self.attributes.values()), tuple(self.blocks))

    def block(self, end: int) -> Block:
        return Block(self.kind, self.labels, self.start, end, self.open, end - 1, self.body())
