"""The tokens of HCL native syntax, each with its bytes: what the formatter works on.

Lossless: tokens are in order and don't overlap, and only blanks (and a byte order mark) are between them. Nothing is
rejected here: bytes that the language has no use for become `Kind.INVALID`, and an unfinished string or heredoc
simply has no closing token. The rules are those of HCL's own scanner, `hclsyntax/scan_tokens.rl`.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum, auto
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"


class Kind(IntEnum):
    """What a token is. An `IntEnum`, so that tables over pairs of kinds can be lists."""

    END = 0
    IDENTIFIER = auto()
    NUMBER = auto()
    NEWLINE = auto()
    LINE_COMMENT = auto()  # `#` or `//`, with the newline that ends it
    BLOCK_COMMENT = auto()
    QUOTE_OPEN = auto()
    QUOTE_CLOSE = auto()
    QUOTED_TEXT = auto()
    HEREDOC_OPEN = auto()  # `<<EOT` or `<<-EOT`, with its newline
    HEREDOC_CLOSE = auto()  # the marker, with the blanks around it
    HEREDOC_TEXT = auto()
    INTERPOLATION = auto()  # `${` or `${~`
    DIRECTIVE = auto()  # `%{` or `%{~`
    TEMPLATE_CLOSE = auto()  # the `}` or `~}` of either
    BRACE_OPEN = auto()
    BRACE_CLOSE = auto()
    BRACKET_OPEN = auto()
    BRACKET_CLOSE = auto()
    PAREN_OPEN = auto()
    PAREN_CLOSE = auto()
    COMMA = auto()
    DOT = auto()
    ELLIPSIS = auto()
    COLON = auto()
    DOUBLE_COLON = auto()
    QUESTION = auto()
    ASSIGN = auto()
    ARROW = auto()
    EQUAL = auto()
    NOT_EQUAL = auto()
    LESS = auto()
    LESS_EQUAL = auto()
    GREATER = auto()
    GREATER_EQUAL = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    PLUS = auto()
    MINUS = auto()
    STAR = auto()
    SLASH = auto()
    PERCENT = auto()
    INVALID = auto()


class Token(NamedTuple):
    """One token, and the half-open range of bytes that it covers."""

    kind: Kind
    start: int
    end: int


_OPERATORS = {
    b'"': Kind.QUOTE_OPEN,
    b"{": Kind.BRACE_OPEN,
    b"}": Kind.BRACE_CLOSE,
    b"~}": Kind.TEMPLATE_CLOSE,
    b"[": Kind.BRACKET_OPEN,
    b"]": Kind.BRACKET_CLOSE,
    b"(": Kind.PAREN_OPEN,
    b")": Kind.PAREN_CLOSE,
    b",": Kind.COMMA,
    b".": Kind.DOT,
    b"...": Kind.ELLIPSIS,
    b":": Kind.COLON,
    b"::": Kind.DOUBLE_COLON,
    b"?": Kind.QUESTION,
    b"=": Kind.ASSIGN,
    b"=>": Kind.ARROW,
    b"==": Kind.EQUAL,
    b"!=": Kind.NOT_EQUAL,
    b"<": Kind.LESS,
    b"<=": Kind.LESS_EQUAL,
    b">": Kind.GREATER,
    b">=": Kind.GREATER_EQUAL,
    b"&&": Kind.AND,
    b"||": Kind.OR,
    b"!": Kind.NOT,
    b"+": Kind.PLUS,
    b"-": Kind.MINUS,
    b"*": Kind.STAR,
    b"/": Kind.SLASH,
    b"%": Kind.PERCENT,
}

# No pattern can go back over what it has matched, so that the time stays linear whatever the bytes are.
_IDENTIFIER = rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\-\x80-\xff]*+"
_CODE = re.compile(
    rb"[ \t]*+(?:"
    rb"(" + _IDENTIFIER + rb")"
    rb"|(\r?\n)"
    rb"|((?:\#|//)[^\n]*+\n?)"
    rb"|(<<-?" + _IDENTIFIER + rb"\r?\n)"
    rb"|(==|=>|=|!=|!|>=|>|<=|<|&&|\|\||\.\.\.|\.|::|:|~\}|[\"{}\[\](),?+\-*%]|/(?!\*))"
    rb"|([0-9]++(?:\.++[0-9]++|\.*+[eE][+-]?[0-9]++)*+)"
    rb"|(/\*)"
    rb"|([^ \t])"
    rb")"
)
_KINDS = (
    Kind.END,
    Kind.IDENTIFIER,
    Kind.NEWLINE,
    Kind.LINE_COMMENT,
    Kind.HEREDOC_OPEN,
    Kind.QUESTION,  # looked up in _OPERATORS
    Kind.NUMBER,
    Kind.BLOCK_COMMENT,
    Kind.INVALID,
)
_OPERATOR_GROUP = 5

# `${` opens an interpolation, but `$${` is an escape for it, with any number of further `$` before it.
_NO_TEMPLATE = rb"\$++(?:(?<=\$\$)\{|(?!\{))|%++(?:(?<=%%)\{|(?!\{))"
_QUOTED = re.compile(
    rb"((?:[^\"\\$%\r\n]++|\\[^\r\n]|" + _NO_TEMPLATE + rb")++)"
    rb"|(\")"
    rb"|(\$\{~?)"
    rb"|(%\{~?)"
    rb"|([\r\n]++|\\)"
)
_QUOTED_KINDS = (
    Kind.END,
    Kind.QUOTED_TEXT,
    Kind.QUOTE_CLOSE,
    Kind.INTERPOLATION,
    Kind.DIRECTIVE,
    Kind.INVALID,
)
_HEREDOC_LINE = re.compile(rb"(?:[^$%\n]++|" + _NO_TEMPLATE + rb")*+\n?")
_TEMPLATE_OPEN = re.compile(rb"\$\{~?|%\{~?")

# What Go's `strings.TrimSpace` trims, which finds a heredoc's marker.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_ID_START = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_ID_CONTINUE = _ID_START | {"Mn", "Mc", "Nd", "Pc"}
_OTHER_ID_START = frozenset("\u1885\u1886\u2118\u212e\u309b\u309c")
_OTHER_ID_CONTINUE = _OTHER_ID_START | frozenset(
    "\u00b7\u0387\u1369\u136a\u136b\u136c\u136d\u136e\u136f\u1370\u1371\u19da"
)


def tokenize(source: bytes) -> list[Token]:
    """Cut a file into tokens; the last one is `Kind.END`, with no bytes.

    Takes any bytes and never raises; the time is linear in their number.
    """
    return _Scanner(source).scan()


class _Scanner:
    """The scanner's state. The modes are stacked by hand, so that nesting has no limit."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.position = len(BOM) if source.startswith(BOM) else 0
        self.tokens: list[Token] = []
        # None is code, `"` a quoted template, anything else the marker of a heredoc
        self.modes: list[bytes | None] = [None]
        self.braces = 0
        self.templates: list[int] = []  # the depth of braces that each open interpolation is at
        self.line_start = True  # only of use in a heredoc

    def scan(self) -> list[Token]:
        end = len(self.source)
        while self.position < end:
            mode = self.modes[-1]
            if mode is None:
                self._code()
            elif mode == b'"':
                self._quoted()
            else:
                self._heredoc(mode)
        self.tokens.append(Token(Kind.END, end, end))
        return self.tokens

    def _code(self) -> None:
        source, tokens = self.source, self.tokens
        position = self.position
        match_code, operators = _CODE.match, _OPERATORS
        while match := match_code(source, position):
            group = match.lastindex or 0
            start, position = match.span(group)
            if group == _OPERATOR_GROUP:
                kind = operators[match[group]]
                if kind is Kind.BRACE_OPEN:
                    self.braces += 1
                elif kind is Kind.BRACE_CLOSE or kind is Kind.TEMPLATE_CLOSE:
                    closes = bool(self.templates) and self.templates[-1] == self.braces
                    self.braces -= 1
                    if closes:
                        tokens.append(Token(Kind.TEMPLATE_CLOSE, start, position))
                        self.templates.pop()
                        self.modes.pop()
                        self.line_start = False
                        break
                elif kind is Kind.QUOTE_OPEN:
                    tokens.append(Token(kind, start, position))
                    self.modes.append(b'"')
                    break
                tokens.append(Token(kind, start, position))
                continue
            kind = _KINDS[group]
            if kind is Kind.IDENTIFIER:
                if not match[group].isascii() and not is_identifier(match[group]):
                    kind = Kind.INVALID
            elif kind is Kind.HEREDOC_OPEN:
                marker = match[group].lstrip(b"<-").rstrip(b"\r\n")
                if marker.isascii() or is_identifier(marker):
                    tokens.append(Token(kind, start, position))
                    self.modes.append(marker)
                    self.line_start = True
                    break
                kind = Kind.INVALID
            elif kind is Kind.BLOCK_COMMENT:
                closing = source.find(b"*/", position)
                position = len(source) if closing < 0 else closing + 2
                kind = Kind.INVALID if closing < 0 else kind
            tokens.append(Token(kind, start, position))
        else:
            position = len(source)  # blanks at the end
        self.position = position

    def _quoted(self) -> None:
        source, tokens = self.source, self.tokens
        position = self.position
        while match := _QUOTED.match(source, position):
            kind = _QUOTED_KINDS[match.lastindex or 0]
            tokens.append(Token(kind, position, match.end()))
            position = match.end()
            if kind is Kind.QUOTE_CLOSE:
                self.modes.pop()
                break
            if kind is Kind.INTERPOLATION or kind is Kind.DIRECTIVE:
                self._open_template()
                break
        self.position = position

    def _heredoc(self, marker: bytes) -> None:
        source, tokens = self.source, self.tokens
        start = position = self.position
        while True:
            if self.line_start:
                newline = source.find(b"\n", position)
                if newline < 0:
                    tokens.append(Token(Kind.INVALID, start, len(source)))
                    self.position = len(source)
                    return
                if marker in source[position:newline] and _trimmed(source[position:newline]) == marker:
                    if start < position:
                        tokens.append(Token(Kind.HEREDOC_TEXT, start, position))
                    closing = newline - 1 if source[newline - 1] == 13 else newline
                    tokens.append(Token(Kind.HEREDOC_CLOSE, position, closing))
                    tokens.append(Token(Kind.NEWLINE, closing, newline + 1))
                    self.modes.pop()
                    self.position = newline + 1
                    return
            match = _HEREDOC_LINE.match(source, position)
            position = match.end() if match else position
            self.line_start = match is not None and match[0].endswith(b"\n")
            if not self.line_start:
                break
        if start < position:
            tokens.append(Token(Kind.HEREDOC_TEXT, start, position))
        opening = _TEMPLATE_OPEN.match(source, position)
        if opening:
            kind = Kind.INTERPOLATION if source[position] == 36 else Kind.DIRECTIVE
            tokens.append(Token(kind, position, opening.end()))
            position = opening.end()
            self._open_template()
        self.position = position

    def _open_template(self) -> None:
        self.braces += 1
        self.templates.append(self.braces)
        self.modes.append(None)
        self.line_start = False


def _trimmed(line: bytes) -> bytes:
    return line.strip() if line.isascii() else line.decode("utf-8", "replace").strip(_SPACE).encode()


def is_identifier(text: bytes) -> bool:
    """Whether bytes that aren't all ASCII are an identifier: Unicode's ID_Start, then ID_Continue or dashes."""
    try:
        characters = text.decode()
    except UnicodeDecodeError:
        return False
    first = characters[0]
    return (first == "_" or unicodedata.category(first) in _ID_START or first in _OTHER_ID_START) and all(
        character == "-" or unicodedata.category(character) in _ID_CONTINUE or character in _OTHER_ID_CONTINUE
        for character in characters[1:]
    )
