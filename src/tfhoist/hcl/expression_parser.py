"""Expressions: operators by precedence, traversals, collections, `for`."""

from __future__ import annotations

import re
from decimal import Decimal

from tfhoist.hcl.cursor import ParseError
from tfhoist.hcl.expressions import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    Index,
    Literal,
    Nested,
    Object,
    Parentheses,
    Splat,
    Tuple,
    Unary,
    Variable,
)
from tfhoist.hcl.template_parser import TemplateParser

_NUMBER = re.compile(rb"[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?!\.[0-9])")
_DIGITS = re.compile(rb"[0-9]+(?!\.?[0-9])")  # `a.0.1` is one number to Terraform, which refuses it
_OPERATOR = re.compile(rb"\|\||&&|==|!=|<=|>=|[<>+*%-]|/(?![/*])")
# Most expressions are plain text, a whole number or a name with attributes, alone: read in one step. What follows
# (`after`) says that nothing is added to them; inside brackets an operator may stand on the next line.
_TERM = rb'(?:"([^"\\$%%\r\n]*+)"|([0-9]{1,18}+)|([A-Za-z_][\w-]*+(?:\.[A-Za-z_][\w-]*+)*+))[ \t]*+(?=%b)'
_PLAIN = (re.compile(_TERM % rb"[\n,\]})]|\r\n", re.ASCII), re.compile(_TERM % rb"[,\]})]", re.ASCII))
_KEY = re.compile(rb"([A-Za-z_][\w-]*+)[ \t]*+(?==(?![=>])|:(?!:))", re.ASCII)
_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}
LARGEST_EXPONENT = 1_000
_PRECEDENCE = {
    b"||": 1, b"&&": 2, b"==": 3, b"!=": 3, b"<": 4, b">": 4, b"<=": 4, b">=": 4,
    b"+": 5, b"-": 5, b"*": 6, b"/": 6, b"%": 6,
}  # fmt: skip


class ExpressionParser(TemplateParser):
    """Reads expressions."""

    def expression(self) -> Expression:
        match = _PLAIN[self.brackets > 0].match(self.source, self.at, self.end)
        if match is not None:
            self.at = match.end()
            return _plain(match)
        self.deeper()
        condition = self.binary(0)
        self.skip()
        if self.peek() == b"?":
            self.at += 1
            self.skip()
            yes = self.expression()
            self.skip()
            self.expect(b":", "between the two results of a conditional")
            self.skip()
            no = self.expression()
            condition = Conditional(condition.start, no.end, condition, yes, no)
        self.depth -= 1
        return condition

    def binary(self, floor: int) -> Expression:
        left = self.unary()
        while True:
            mark = self.at
            self.skip()
            match = _OPERATOR.match(self.source, self.at, self.end)
            precedence = _PRECEDENCE[match.group()] if match else 0
            if match is None or precedence <= floor:
                self.at = mark
                return left
            self.at = match.end()
            self.skip()
            right = self.binary(precedence)
            left = Binary(left.start, right.end, match.group().decode(), left, right)

    def unary(self) -> Expression:
        start = self.at
        character = self.peek()
        if character in (b"-", b"!"):
            self.at += 1
            self.skip()
            self.deeper()
            operand = self.unary()
            self.depth -= 1
            return Unary(start, operand.end, character.decode(), operand)
        return self.traversal(self.term())

    def term(self) -> Expression:
        start = self.at
        character = self.peek()
        if character == b'"':
            return self.quoted()
        if character == b"(":
            self.at += 1
            self.brackets += 1
            self.skip()
            inner = self.expression()
            self.skip()
            self.brackets -= 1
            self.expect(b")", "to close the parenthesis")
            return Parentheses(start, self.at, inner)
        if character == b"[":
            return self.list_or_for()
        if character == b"{":
            return self.braces()
        if character == b"<":
            return self.heredoc()
        number = _NUMBER.match(self.source, self.at, self.end)
        if number is not None:
            self.at = number.end()
            return Literal(start, self.at, self.number(number))
        name = self.identifier()
        if name is None:
            found = self.peek().decode("utf-8", "replace")
            raise ParseError(
                self.at, f"expected an expression, found {found!r}" if found.strip() else "expected an expression"
            )
        if name in ("true", "false", "null"):
            return Literal(start, self.at, {"true": True, "false": False, "null": None}[name])
        mark = self.at
        while self.source.startswith(b"::", self.at):
            self.at += 2
            part = self.identifier()
            if part is None:
                raise ParseError(self.at, "expected a function's name after '::'")
            name = f"{name}::{part}"
            mark = self.at
        if self.peek() in (b" ", b"\t", b"\n", b"\r", b"/"):
            self.skip()
        if self.peek() == b"(":
            return self.call(start, name)
        self.at = mark
        if "::" in name:
            raise ParseError(mark, "expected '(' after a function's name")
        return Variable(start, self.at, name)

    def number(self, match: re.Match[bytes]) -> int | Decimal:
        try:
            return parse_number(match.group().decode())
        except (ArithmeticError, ValueError):
            raise ParseError(
                match.start(), "a number out of range", "tfhoist reads numbers up to a thousand digits."
            ) from None

    def call(self, start: int, name: str) -> Expression:
        self.at += 1
        self.brackets += 1
        arguments: list[Expression] = []
        expand = False
        self.skip()
        while self.peek() != b")":
            arguments.append(self.expression())
            self.skip()
            if self.take(b"..."):
                expand = True
                self.skip()
                break
            if not self.take(b","):
                break
            self.skip()
        self.brackets -= 1
        self.expect(b")", f"to close the call of {name}")
        return Call(start, self.at, name, tuple(arguments), expand)

    def traversal(self, target: Expression) -> Expression:
        start = target.start
        while True:
            mark = self.at
            self.skip()
            if self.peek() == b"." and self.peek(3) != b"...":
                self.at += 1
                self.skip()
                if self.take(b"*"):
                    mark_end = self.at
                    steps, ends = self.splat_steps(full=False)
                    target = Splat(start, self.at, target, steps, mark_end, ends)
                    continue
                digits = _DIGITS.match(self.source, self.at, self.end)
                if digits is not None:
                    self.at = digits.end()
                    key = Literal(digits.start(), digits.end(), self.number(digits))
                    target = Index(start, self.at, target, key)
                    continue
                name = self.identifier()
                if name is None:
                    raise ParseError(self.at, "expected an attribute's name after '.'")
                target = Attr(start, self.at, target, name)
            elif self.peek() == b"[":
                self.at += 1
                self.brackets += 1
                self.skip()
                if self.peek() == b"*":
                    self.at += 1
                    self.skip()
                    self.brackets -= 1
                    self.expect(b"]", "to close the splat")
                    mark_end = self.at
                    steps, ends = self.splat_steps(full=True)
                    target = Splat(start, self.at, target, steps, mark_end, ends)
                    continue
                key_expression = self.expression()
                self.skip()
                self.brackets -= 1
                self.expect(b"]", "to close the index")
                target = Index(start, self.at, target, key_expression)
            else:
                self.at = mark
                return target

    def splat_steps(self, *, full: bool) -> tuple[tuple[str | Expression, ...], tuple[int, ...]]:
        """What follows `[*]` (`full`) or `.*`, as far as it's of each item."""
        steps: list[str | Expression] = []
        ends: list[int] = []
        while True:
            mark = self.at
            self.skip()
            if self.peek() == b"." and self.peek(3) != b"...":
                self.at += 1
                self.skip()
                if full and self.take(b"*"):
                    steps.append(self.nested(mark, full=False))
                    ends.append(self.at)
                    continue
                digits = _DIGITS.match(self.source, self.at, self.end)
                if digits is not None:
                    self.at = digits.end()
                    steps.append(Literal(digits.start(), digits.end(), self.number(digits)))
                    ends.append(self.at)
                    continue
                name = self.identifier()
                if name is None:
                    raise ParseError(self.at, "expected an attribute's name after '.'")
                steps.append(name)
                ends.append(self.at)
            elif full and self.peek() == b"[":
                self.at += 1
                self.brackets += 1
                self.skip()
                if self.take(b"*"):
                    self.skip()
                    self.brackets -= 1
                    self.expect(b"]", "to close the splat")
                    steps.append(self.nested(mark, full=True))
                    ends.append(self.at)
                    continue
                steps.append(self.expression())
                self.skip()
                self.brackets -= 1
                self.expect(b"]", "to close the index")
                ends.append(self.at)
            else:
                self.at = mark
                return tuple(steps), tuple(ends)

    def nested(self, start: int, *, full: bool) -> Nested:
        mark_end = self.at
        self.deeper()
        steps, ends = self.splat_steps(full=full)
        self.depth -= 1
        return Nested(start, self.at, steps, mark_end, ends)

    def list_or_for(self) -> Expression:
        start = self.at
        self.at += 1
        self.brackets += 1
        self.skip()
        if self.keyword(b"for"):
            return self.for_expression(start, closing=b"]")
        items: list[Expression] = []
        while self.peek() != b"]":
            items.append(self.expression())
            self.skip()
            if not self.take(b","):
                break
            self.skip()
        self.brackets -= 1
        self.expect(b"]", "or ',' after an item of the list")
        return Tuple(start, self.at, tuple(items))

    def braces(self) -> Expression:
        start = self.at
        self.at += 1
        outer, self.brackets = self.brackets, 1
        self.skip()
        if self.keyword(b"for"):
            expression = self.for_expression(start, closing=b"}")
            self.brackets = outer
            return expression
        items: list[tuple[Expression, Expression]] = []
        while self.peek() != b"}":
            key = self.object_key()
            # an item ends with its line, as Terraform reads it: a comma can't begin the next one
            self.brackets = 0
            self.skip()
            if not (self.take(b":") or (self.peek(2) != b"==" and self.take(b"="))):
                raise ParseError(self.at, "expected '=' or ':' after the key of an object")
            self.skip()
            value = self.expression()
            items.append((key, value))
            self.skip()
            self.brackets = 1
            if not self.take(b",") and self.peek() not in (b"}", b"\n", b"#") and self.peek(2) not in (b"\r\n", b"//"):
                raise ParseError(self.at, "expected ',' or a new line after the value of an object")
            self.skip()
        self.brackets = outer
        self.expect(b"}", "to close the object")
        return Object(start, self.at, tuple(items))

    def object_key(self) -> Expression:
        start = self.at
        match = _KEY.match(self.source, start, self.end)
        if match is not None:
            self.at = match.end()
            return Literal(start, match.end(1), match.group(1).decode())
        self.brackets = 0
        key = self.expression()
        self.brackets = 1
        if isinstance(key, Variable):
            return Literal(start, key.end, key.name)
        if isinstance(key, Literal) and isinstance(key.value, bool | None):
            return Literal(start, key.end, self.source[start : key.end].decode())
        return key

    def for_expression(self, start: int, closing: bytes) -> Expression:
        key, value = self.for_names()
        collection = self.expression()
        self.skip()
        self.expect(b":", "after the collection of 'for'")
        self.skip()
        result = self.expression()
        self.skip()
        result_key: Expression | None = None
        group = False
        if closing == b"}":
            self.expect(b"=>", "between the key and the value of 'for'")
            self.skip()
            result_key, result = result, self.expression()
            self.skip()
            group = self.take(b"...")
            self.skip()
        condition = None
        if self.keyword(b"if"):
            self.skip()
            condition = self.expression()
            self.skip()
        if closing == b"]":
            self.brackets -= 1
        self.expect(closing, "to close 'for'")
        if result_key is None:
            return ForTuple(start, self.at, key, value, collection, result, condition)
        return ForObject(start, self.at, key, value, collection, result_key, result, condition, group)

    def for_names(self) -> tuple[str, str]:
        self.skip()
        value = self.identifier()
        if value is None:
            raise ParseError(self.at, "expected a name after 'for'")
        key = ""
        self.skip()
        if self.take(b","):
            self.skip()
            key, second = value, self.identifier()
            if second is None:
                raise ParseError(self.at, "expected a name after ','")
            value = second
            self.skip()
        if not self.keyword(b"in"):
            raise ParseError(self.at, "expected 'in' after the names of 'for'")
        self.skip()
        return key, value


def _plain(match: re.Match[bytes]) -> Expression:
    """The literal, or the name with its attributes, that `_PLAIN` found."""
    kind = match.lastindex or 0
    start, end = match.span(kind)
    text = match.group(kind)
    if kind == 1:
        return Literal(start - 1, end + 1, text.decode())
    if kind == 2:
        return Literal(start, end, int(text))
    if text in _WORDS:
        return Literal(start, end, _WORDS[text])
    root, *names = text.decode().split(".")
    at = start + len(root)
    expression: Expression = Variable(start, at, root)
    for name in names:
        at += 1 + len(name)
        expression = Attr(start, at, expression, name)
    return expression


def parse_number(text: str) -> int | Decimal:
    """A number as HCL has it: whole numbers as int, others exact; raises `ArithmeticError` for one out of range."""
    value = Decimal(text)
    if abs(value.adjusted()) > LARGEST_EXPONENT:
        raise OverflowError(text)
    return int(value) if value == value.to_integral_value() and abs(value.adjusted()) < 200 else value
