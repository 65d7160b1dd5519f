"""Quoted templates and heredocs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tfhoist.hcl.cursor import Cursor, ParseError
from tfhoist.hcl.expressions import Expression, Literal, Parentheses, Template, TemplateFor, TemplateIf

Ends = Callable[[], bool]

_HEREDOC = re.compile(rb"<<(-?)([A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*)\r?\n")
_ALONE = rb"\$(?!\$?\{)|%(?!%?\{)"  # it opens nothing, and escapes nothing
_QUOTED_RUN = re.compile(rb'(?:[^"\\$%\n]++|' + _ALONE + rb")++")
_HEREDOC_RUN = re.compile(rb"(?:[^$%\n]++|" + _ALONE + rb")++")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class TemplateParser(Cursor):
    """Reads templates; expressions inside them are read by a subclass."""

    def __init__(self, source: bytes, end: int) -> None:
        super().__init__(source, end)
        self.tokens: list[str | None] | None = None
        self.dedented: Iterator[str] | None = None
        self.inner: dict[int, tuple[Expression, int]] = {}
        self._stop_trims = False

    def expression(self) -> Expression:
        """One expression at the cursor."""
        raise NotImplementedError

    def for_names(self) -> tuple[str, str]:
        """The names that `for` binds, with its `in`."""
        raise NotImplementedError

    def quoted(self) -> Expression:
        start = self.at
        self.at += 1
        parts, stop = self.template_parts(lambda: self.peek() == b'"', heredoc=False)
        if stop:
            raise ParseError(self.at, f"%{{ {stop} }} without its beginning")
        self.expect(b'"', "to close the text")
        joined = join_parts(parts)
        if not joined:
            return Literal(start, self.at, "")
        if len(joined) == 1 and isinstance(joined[0], Literal):
            return Literal(start, self.at, joined[0].value)
        return Template(start, self.at, joined)

    def heredoc(self) -> Expression:
        start = self.at
        match = _HEREDOC.match(self.source, self.at, self.end)
        if match is None:
            raise ParseError(self.at, "expected an expression, found '<'")
        self.at = match.end()
        closing = re.compile(rb"[ \t]*" + re.escape(match.group(2)) + rb"(?=[ \t]*(?:\r?\n|\Z))")

        def ends() -> bool:
            fresh = self.source[self.at - 1 : self.at] == b"\n"
            return fresh and closing.match(self.source, self.at, self.end) is not None

        body = self.at
        outer, self.tokens = (self.tokens, self.dedented), [] if match.group(1) else None
        self.dedented = None
        parts, stop = self.template_parts(ends, heredoc=True)
        if self.tokens is not None:
            self.at, self.dedented, self.tokens = body, iter(_dedent(self.tokens)), None
            parts, stop = self.template_parts(ends, heredoc=True)
        self.tokens, self.dedented = outer
        if stop:
            raise ParseError(self.at, f"%{{ {stop} }} without its beginning")
        end = closing.match(self.source, self.at, self.end)
        if end is None:
            raise ParseError(start, f"heredoc without its end {match.group(2).decode()!r}")
        self.at = end.end()
        joined = join_parts(parts)
        if not joined:
            return Literal(start, self.at, "")
        if len(joined) == 1 and isinstance(joined[0], Literal):
            return Literal(start, self.at, joined[0].value)
        return Template(start, self.at, joined)

    def template_parts(self, ends: Ends, *, heredoc: bool, trim: bool = False) -> tuple[list[Expression], str]:
        """The parts up to `ends`, or up to a directive that closes an outer one (its keyword is returned).

        `trim` says that the sequence in front ended with `~}`, which takes the blanks that follow.
        """
        self.deeper()
        outer, self.brackets = self.brackets, 0
        parts: list[Expression] = []
        text: list[str] = []
        text_start = self.at
        stop = ""

        def flush() -> None:
            nonlocal trim
            value = "".join(text)
            # HashiCorp's scanner gives a heredoc line by line, so a strip marker ends with its line
            pieces = _lines(value) if heredoc else [value]
            for number, piece in enumerate(pieces):
                parts.append(_Text(text_start, self.at, self.record(piece.lstrip() if trim and not number else piece)))
            trim = False
            text.clear()

        run = _HEREDOC_RUN if heredoc else _QUOTED_RUN
        while not ends():
            if self.at >= self.end:
                raise ParseError(self.at, "the text isn't closed")
            match = run.match(self.source, self.at, self.end)
            if match is not None:
                text.append(match.group().decode())
                self.at = match.end()
                continue
            three = self.peek(3)
            if three in (b"$${", b"%%{"):
                text.append(three[1:].decode())
                self.at += 3
            elif three[:2] == b"${":
                opening = self.at
                left = three == b"${~"
                flush()
                if left:
                    self.trim_right(parts)
                self.record(None)
                self.at += 3 if left else 2
                self.brackets = 1
                self.skip()
                inner = self.inner_expression()
                self.skip()
                self.brackets = 0
                trim = self.take(b"~")
                self.expect(b"}", "to close the interpolation")
                parts.append(Parentheses(opening, self.at, inner))
                text_start = self.at
            elif three[:2] == b"%{":
                left = three == b"%{~"
                flush()
                if left:
                    self.trim_right(parts)
                self.record(None)
                opening = self.at
                self.at += 3 if left else 2
                self.brackets = 1
                self.skip()
                word = self.identifier() or ""
                self.skip()
                if word in ("else", "endif", "endfor"):
                    self.brackets = 0
                    self._stop_trims = self.take(b"~")
                    self.expect(b"}", "to close the directive")
                    stop = word
                    break
                part, trim = self.directive(word, opening, ends, heredoc=heredoc)
                parts.append(part)
                text_start = self.at
            elif three[:1] == b"\\" and not heredoc:
                text.append(self.escape())
            elif three[:1] == b"\n" and not heredoc:
                raise ParseError(self.at, "quoted text can't go over several lines; use \\n or a heredoc")
            else:
                text.append(three[:1].decode())
                self.at += 1
        if not stop:
            flush()
        self.brackets = outer
        self.depth -= 1
        return parts, stop

    def inner_expression(self) -> Expression:
        """An expression in a sequence. A `<<-` heredoc is read twice, but what is inside its sequences only once."""
        if self.tokens is None and self.dedented is None:
            return self.expression()
        start = self.at
        known = self.inner.get(start)
        if known is not None:
            expression, self.at = known
            return expression
        outer = self.tokens, self.dedented
        self.tokens = self.dedented = None  # the texts inside are none of the heredoc's
        expression = self.expression()
        self.tokens, self.dedented = outer
        self.inner[start] = (expression, self.at)
        return expression

    def record(self, token: str | None) -> str:
        """Note the tokens of a `<<-` heredoc on the first reading; give them back without indentation on the second."""
        if self.dedented is not None:
            return next(self.dedented)
        if self.tokens is not None:
            self.tokens.append(token)
        return token or ""

    def trim_right(self, parts: list[Expression]) -> None:
        if parts and isinstance(parts[-1], _Text) and isinstance(parts[-1].value, str):
            last = parts[-1]
            parts[-1] = _Text(last.start, last.end, str(last.value).rstrip())
            if self.tokens:
                self.tokens[-1] = str(last.value).rstrip()

    def directive(self, word: str, opening: int, ends: Ends, *, heredoc: bool) -> tuple[Expression, bool]:
        if word == "if":
            condition = self.inner_expression()
            trim = self.close_directive()
            yes, stop = self._branch(ends, trim, heredoc=heredoc)
            no: list[Expression] = []
            if stop == "else":
                no, stop = self._branch(ends, self._stop_trims, heredoc=heredoc)
            if stop != "endif":
                raise ParseError(opening, "%{ if } without %{ endif }")
            part: Expression = TemplateIf(
                opening,
                self.at,
                condition,
                Template(opening, self.at, join_parts(yes)),
                Template(opening, self.at, join_parts(no)),
            )
        elif word == "for":
            key, value = self.for_names()
            collection = self.inner_expression()
            trim = self.close_directive()
            body, stop = self._branch(ends, trim, heredoc=heredoc)
            if stop != "endfor":
                raise ParseError(opening, "%{ for } without %{ endfor }")
            part = TemplateFor(opening, self.at, key, value, collection, Template(opening, self.at, join_parts(body)))
        else:
            raise ParseError(opening, f"unknown template directive {word!r}")
        return part, self._stop_trims

    def close_directive(self) -> bool:
        self.skip()
        self.brackets = 0
        trim = self.take(b"~")
        self.expect(b"}", "to close the directive")
        return trim

    def _branch(self, ends: Ends, trim: bool, *, heredoc: bool) -> tuple[list[Expression], str]:
        return self.template_parts(ends, heredoc=heredoc, trim=trim)

    def escape(self) -> str:
        kind = self.source[self.at + 1 : self.at + 2].decode("utf-8", "replace")
        if kind in _ESCAPES:
            self.at += 2
            return _ESCAPES[kind]
        length = {"u": 4, "U": 8}.get(kind)
        if length is not None:
            digits = self.source[self.at + 2 : self.at + 2 + length]
            try:
                character = chr(int(digits, 16))
            except (ValueError, OverflowError):
                raise ParseError(self.at, f"\\{kind} needs {length} hexadecimal digits of a character") from None
            if "\ud800" <= character <= "\udfff":
                raise ParseError(self.at, f"\\{kind} of half a character")
            if len(digits) == length:
                self.at += 2 + length
                return character
        raise ParseError(self.at, f"unknown escape \\{kind}")


class _Text(Literal, frozen=True):
    """Text between the sequences of a template, told apart from a literal that was interpolated."""


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends: only a newline ends one."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def join_parts(parts: list[Expression]) -> tuple[Expression, ...]:
    """The parts with neighbouring text put together and empty text dropped."""
    joined: list[Expression] = []
    texts: list[str] = []
    start = end = 0
    for part in parts:
        if isinstance(part, _Text):
            start = start if texts else part.start
            end = part.end
            texts.append(str(part.value))
            continue
        if any(texts):
            joined.append(Literal(start, end, "".join(texts)))
        texts.clear()
        joined.append(part)
    if any(texts):
        joined.append(Literal(start, end, "".join(texts)))
    return tuple(joined)


def _dedent(tokens: list[str | None]) -> list[str]:
    """What `<<-` does to the text of a heredoc: the smallest indentation is taken off each line.

    `tokens` has the text up to each line's end, and None for an interpolation or directive. A blank line doesn't
    count, and keeps its blanks, as HashiCorp's parser has it.
    """
    smallest: int | None = None
    fresh = True
    adjusted: list[int] = []
    for number, token in enumerate(tokens):
        if fresh:
            indent: int | None = 0
            if token is not None:
                indent = len(token) - len(token.lstrip())
                if indent == len(token) and token.endswith("\n"):
                    indent = None
                else:
                    adjusted.append(number)
            if indent is not None:
                smallest = indent if smallest is None else min(smallest, indent)
        fresh = token is not None and token.endswith("\n")
    cut = set(adjusted)
    return [(token or "")[smallest or 0 :] if number in cut else token or "" for number, token in enumerate(tokens)]
