"""The layout that `terraform fmt` gives a file, without Terraform.

Two stages, as in `terraform fmt` itself: a few spellings are replaced (`internal/command/fmt.go`), then the blanks
between all tokens are set anew (`hclwrite/format.go`). Line breaks are never added or taken away, nor blank lines.

The result is a fixed point of `terraform fmt`, with one exception: see `_label_edits`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from tfhoist.hcl.tokens import Kind, tokenize


def format_source(source: bytes) -> bytes:
    """Lay a file of Terraform's native syntax out as `terraform fmt` does.

    Takes and gives UTF-8. Comments and the text of strings and heredocs keep their bytes; a byte order mark goes, and
    so do comments between a block's type and its last label. A file with invalid characters, unmatched brackets or no
    recognizable blocks and arguments comes back unchanged: Terraform refuses it too, and whoever parses it has the
    diagnostics. The time is linear in what goes in and comes out.
    """
    tokens = tokenize(source)
    code = _Code([token.kind for token in tokens], [source[token.start : token.end] for token in tokens])
    partners = _partners(code, source)
    if partners is None:
        return source
    edits = _edits(code, partners)
    if edits is None:
        return source
    if edits:
        code = _edited(code, edits)
    spaces = _Layout(code).spaces()
    # terraform fmt never looks at what is between the last newline and the end, but makes it spaces
    spaces[-1] = len(source) - (tokens[-2].end if len(tokens) > 1 else 0)
    pads = [b" " * width for width in range(40)]
    blanks = (pads[width] if width < 40 else b" " * width for width in spaces)
    return b"".join(chain.from_iterable(zip(blanks, code.texts, strict=True)))


class _Code(NamedTuple):
    """Tokens as two lists of one length: faster than objects, and easy to edit."""

    kinds: list[Kind]
    texts: list[bytes]


# --- brackets -------------------------------------------------------------------------------------------------------

_CLOSERS = {
    Kind.QUOTE_OPEN: Kind.QUOTE_CLOSE,
    Kind.HEREDOC_OPEN: Kind.HEREDOC_CLOSE,
    Kind.INTERPOLATION: Kind.TEMPLATE_CLOSE,
    Kind.DIRECTIVE: Kind.TEMPLATE_CLOSE,
    Kind.BRACE_OPEN: Kind.BRACE_CLOSE,
    Kind.BRACKET_OPEN: Kind.BRACKET_CLOSE,
    Kind.PAREN_OPEN: Kind.PAREN_CLOSE,
}
_COMMENTS = frozenset({Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})
_ENCLOSING = frozenset(_CLOSERS) | frozenset(_CLOSERS.values()) | {Kind.INVALID}


def _partners(code: _Code, source: bytes) -> dict[int, int] | None:
    """The closing bracket of each opening one; None when they don't match or a token is invalid."""
    kinds = code.kinds
    partners: dict[int, int] = {}
    pending: list[int] = []
    for index, kind in enumerate(kinds):
        if kind not in _ENCLOSING:
            continue
        if kind in _CLOSERS:
            pending.append(index)
        elif pending and _CLOSERS[kinds[pending[-1]]] == kind:
            partners[pending.pop()] = index
        else:
            return None
    if pending or not (_is_utf8(source) or all(map(_is_utf8, _without_comments(code)))):
        return None
    return partners


def _without_comments(code: _Code) -> Iterator[bytes]:
    return (text for kind, text in zip(*code, strict=True) if kind not in _COMMENTS)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- spellings ------------------------------------------------------------------------------------------------------

_LINE_ENDS = frozenset({Kind.NEWLINE, Kind.LINE_COMMENT})
_BETWEEN_ITEMS = _COMMENTS | {Kind.NEWLINE}
_AFTER_VALUE = frozenset({Kind.NEWLINE, Kind.LINE_COMMENT, Kind.BRACE_CLOSE, Kind.END})
_LABELS = frozenset({Kind.IDENTIFIER, Kind.QUOTE_OPEN})


class _Edit(NamedTuple):
    """Replace the tokens from `start` to before `end`."""

    start: int
    end: int
    kinds: tuple[Kind, ...] = ()
    texts: tuple[bytes, ...] = ()


def _edited(code: _Code, edits: list[_Edit]) -> _Code:
    kinds: list[Kind] = []
    texts: list[bytes] = []
    done = 0
    for edit in sorted(edits):
        kinds += code.kinds[done : edit.start]
        kinds += edit.kinds
        texts += code.texts[done : edit.start]
        texts += edit.texts
        done = edit.end
    return _Code(kinds + code.kinds[done:], texts + code.texts[done:])


def _edits(code: _Code, partners: dict[int, int]) -> list[_Edit] | None:
    """The spellings to replace in every body of the file; None when it isn't made of blocks and arguments."""
    kinds, texts = code
    newlines = [index for index, kind in enumerate(kinds) if kind is Kind.NEWLINE]
    edits: list[_Edit] = []
    blocks: list[bytes] = []
    index = 0
    while True:
        kind = kinds[index]
        if kind in _BETWEEN_ITEMS:
            index += 1
        elif kind is Kind.BRACE_CLOSE and blocks:
            blocks.pop()
            index += 1
        elif kind is Kind.IDENTIFIER:
            name = texts[index]
            start = after = _past_block_comments(kinds, index + 1)
            if kinds[start] is Kind.ASSIGN:
                start = after = _past_block_comments(kinds, start + 1)
                while kinds[after] not in _AFTER_VALUE:
                    after = partners.get(after, after) + 1
                end = after
                while kinds[end - 1] is Kind.BLOCK_COMMENT:
                    end -= 1
                if name == b"type" and blocks == [b"variable"]:
                    edits += _type_edits(code, start, end)
                else:
                    edits += _value_edits(kinds, partners, newlines, start, end)
                index = after
            else:
                labels: list[tuple[int, int]] = []
                while kinds[after] in _LABELS:
                    last = partners.get(after, after) + 1
                    labels.append((after, last))
                    after = _past_block_comments(kinds, last)
                label_edits = _label_edits(code, index + 1, labels)
                if kinds[after] is not Kind.BRACE_OPEN or label_edits is None:
                    return None
                edits += label_edits
                blocks.append(name)
                index = after + 1
        else:
            return edits if kind is Kind.END else None


def _past_block_comments(kinds: Sequence[Kind], index: int) -> int:
    while kinds[index] is Kind.BLOCK_COMMENT:
        index += 1
    return index


def _type_edits(code: _Code, start: int, end: int) -> list[_Edit]:
    """A variable's type in the spelling of Terraform 0.11, or a collection without its element type."""
    kinds, texts = tuple(code.kinds[start:end]), code.texts[start:end]
    element = b""
    if kinds == (Kind.IDENTIFIER,) and texts[0] in (b"list", b"map", b"set"):
        name, element = texts[0], b"any"
    elif kinds == (Kind.QUOTE_OPEN, Kind.QUOTED_TEXT, Kind.QUOTE_CLOSE) and texts[1] in (b"string", b"list", b"map"):
        name, element = texts[1], b"string" if texts[1] != b"string" else b""
    else:
        return []
    if not element:
        return [_Edit(start, end, (Kind.IDENTIFIER,), (name,))]
    call = (Kind.IDENTIFIER, Kind.PAREN_OPEN, Kind.IDENTIFIER, Kind.PAREN_CLOSE)
    return [_Edit(start, end, call, (name, b"(", element, b")"))]


def _value_edits(kinds: list[Kind], partners: dict[int, int], newlines: list[int], start: int, end: int) -> list[_Edit]:
    """Unwrap `"${x}"`, as often as it takes, with parentheses where `x` is on several lines.

    terraform fmt looks at the newlines and at the outermost characters only, and makes invalid code of a comment or
    of `(a)` and `(b)` on two lines; there we add parentheses that it then keeps.
    """
    after = _past_block_comments(kinds, end)
    edits: list[_Edit] = []
    while _is_wrapped(kinds, partners, start, end):
        first, last = start + 2, end - 2
        while first < last and kinds[first] is Kind.NEWLINE:
            first += 1
        while first < last and kinds[last - 1] is Kind.NEWLINE:
            last -= 1
        if first == last:
            break
        several_lines = bisect_left(newlines, first) < bisect_left(newlines, last)
        in_parentheses = kinds[first] is Kind.PAREN_OPEN and kinds[last - 1] is Kind.PAREN_CLOSE
        bare_end = kinds[last - 1] is Kind.LINE_COMMENT and kinds[after] is Kind.BRACE_CLOSE
        if (several_lines and not in_parentheses) or bare_end or _has_bare_line_end(kinds, partners, first, last):
            edits.append(_Edit(start, first, (Kind.PAREN_OPEN,), (b"(",)))
            edits.append(_Edit(last, end, (Kind.PAREN_CLOSE,), (b")",)))
            break
        edits += (_Edit(start, first), _Edit(last, end))
        start, end = _past_block_comments(kinds, first), last
        while end > start and kinds[end - 1] in _COMMENTS:
            end -= 1
    return edits


def _is_wrapped(kinds: list[Kind], partners: dict[int, int], start: int, end: int) -> bool:
    """Whether the tokens are a quoted template of one interpolation, in which no heredoc has any."""
    if end - start < 5 or kinds[start] is not Kind.QUOTE_OPEN or kinds[start + 1] is not Kind.INTERPOLATION:
        return False
    if partners[start] != end - 1 or partners[start + 1] != end - 2:
        return False
    index = start + 2
    while index < end - 2:
        if kinds[index] in (Kind.INTERPOLATION, Kind.DIRECTIVE):
            return False
        index = partners[index] + 1 if kinds[index] is Kind.QUOTE_OPEN else index + 1
    return True


def _has_bare_line_end(kinds: list[Kind], partners: dict[int, int], start: int, end: int) -> bool:
    """Whether a line ends before the expression does, outside all brackets."""
    found = False
    while start < end:
        if kinds[start] in _LINE_ENDS:
            found = True
        elif found and kinds[start] is not Kind.BLOCK_COMMENT:
            return True
        start = partners.get(start, start) + 1
    return False


_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPES = {character: "\\" + letter for letter, character in _ESCAPED.items()}
_PLAIN_LABEL = re.compile(rb"[ !#-\[\]-~]*")


def _label_edits(code: _Code, start: int, labels: list[tuple[int, int]]) -> list[_Edit] | None:
    """Labels in quotes, escaped no more than needed, and without comments before and between them.

    A label with `$` or `%` stays as it is, where terraform fmt loses it (no such name is valid in Terraform). Gives
    None when a label is no literal.
    """
    kinds: list[Kind] = []
    texts: list[bytes] = []
    for first, last in labels:
        if last - first == 1:
            text = code.texts[first]
        elif last - first == 2:
            text = b""
        elif last - first == 3 and code.kinds[first + 1] is Kind.QUOTED_TEXT:
            text = code.texts[first + 1]
        else:
            return None
        label = text if _PLAIN_LABEL.fullmatch(text) or b"$" in text or b"%" in text else _label(text)
        if label is None:
            return None
        kinds += (Kind.QUOTE_OPEN, Kind.QUOTED_TEXT, Kind.QUOTE_CLOSE) if label else (Kind.QUOTE_OPEN, Kind.QUOTE_CLOSE)
        texts += (b'"', label, b'"') if label else (b'"', b'"')
    if not labels or code.texts[start : labels[-1][1]] == texts:
        return []
    return [_Edit(start, labels[-1][1], tuple(kinds), tuple(texts))]


def _label(text: bytes) -> bytes | None:
    """The canonical spelling of a label that has escapes or characters beyond ASCII; None for a wrong escape."""
    try:
        value = unicodedata.normalize("NFC", _ESCAPE.sub(_unescaped, text.decode()))
        return "".join(map(_escaped, value)).encode()
    except ValueError:
        return None


def _unescaped(match: re.Match[str]) -> str:
    letter, short, long = match.groups()
    return _ESCAPED[letter] if letter else chr(int(short or long or "", 16))  # ValueError when none is there


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


# --- blanks ---------------------------------------------------------------------------------------------------------

_OPENING = frozenset({Kind.BRACE_OPEN, Kind.BRACKET_OPEN, Kind.PAREN_OPEN, Kind.INTERPOLATION, Kind.DIRECTIVE})
_CLOSING = frozenset({Kind.BRACE_CLOSE, Kind.BRACKET_CLOSE, Kind.PAREN_CLOSE, Kind.TEMPLATE_CLOSE})
_DEPTH = [(kind in _OPENING) - (kind in _CLOSING) for kind in Kind]

_TEXTS = frozenset({Kind.QUOTED_TEXT, Kind.HEREDOC_TEXT})
_AFTER_TEXT = _TEXTS | {Kind.QUOTE_OPEN, Kind.HEREDOC_OPEN}
_BEFORE_TEXT = _TEXTS | {Kind.QUOTE_CLOSE, Kind.HEREDOC_CLOSE}
_INDEXABLE = _CLOSING | {Kind.IDENTIFIER, Kind.NUMBER}

# A minus after one of these is a sign. `=>` and `${` aren't among them, so `${-1}` becomes `${- 1}`, there as here.
_BEFORE_SIGN = frozenset(
    {
        Kind.PAREN_OPEN,
        Kind.BRACE_OPEN,
        Kind.BRACKET_OPEN,
        Kind.ASSIGN,
        Kind.COLON,
        Kind.COMMA,
        Kind.QUESTION,
        Kind.PLUS,
        Kind.STAR,
        Kind.SLASH,
        Kind.PERCENT,
        Kind.MINUS,
        Kind.EQUAL,
        Kind.NOT_EQUAL,
        Kind.GREATER,
        Kind.GREATER_EQUAL,
        Kind.LESS,
        Kind.LESS_EQUAL,
        Kind.AND,
        Kind.OR,
        Kind.NOT,
    }
)


def _space_between(left: Kind, right: Kind, *, keyword: bool = False, sign: bool = False) -> bool:
    """Whether a space stands between two tokens of a line; `left` may be the keyword `in`, or a minus sign."""
    if right is Kind.NEWLINE:
        return False
    if left is Kind.IDENTIFIER and right is Kind.PAREN_OPEN:
        return False
    if {left, right} == {Kind.IDENTIFIER, Kind.DOUBLE_COLON}:
        return False
    if Kind.DOT in (left, right) or right in (Kind.COMMA, Kind.ELLIPSIS):
        return False
    if left is Kind.COMMA:
        return True
    if left in _AFTER_TEXT or right in _BEFORE_TEXT:
        return False
    if keyword:
        return True
    if (right is Kind.BRACKET_OPEN and left in _INDEXABLE) or left is Kind.NOT:
        return False
    if left is Kind.MINUS:
        return not sign
    if left is Kind.BRACE_OPEN or right is Kind.BRACE_CLOSE:
        return (left, right) != (Kind.BRACE_OPEN, Kind.BRACE_CLOSE)
    if left in (Kind.INTERPOLATION, Kind.DIRECTIVE) and right is Kind.BRACE_OPEN:
        return True
    if left is Kind.BRACE_CLOSE and right is Kind.TEMPLATE_CLOSE:
        return True
    if left is Kind.TEMPLATE_CLOSE and right in (Kind.INTERPOLATION, Kind.DIRECTIVE):
        return False
    return left not in _OPENING and right not in _CLOSING


_SPACES = [[int(_space_between(left, right)) for right in Kind] for left in Kind]
_SPACES_AFTER_IN = [int(_space_between(Kind.IDENTIFIER, right, keyword=True)) for right in Kind]
_SPACES_AFTER_SIGN = [int(_space_between(Kind.MINUS, right, sign=True)) for right in Kind]


class _Line(NamedTuple):
    """The cells of a line: `first` to `assign` to `comment` to `last`, of which the latter two may be empty.

    `assign` begins with `=`, when what comes after it ends on this line. `comment` is the last token, when it isn't
    the only one.
    """

    first: int
    assign: int
    comment: int
    last: int


class _Layout:
    """The blanks before each token, set in three passes over the lines."""

    def __init__(self, code: _Code) -> None:
        self._kinds, self._texts = code
        self._spaces = [0] * len(self._kinds)
        self._ascii = all(map(bytes.isascii, self._texts)) and not any(b"\r" in text for text in self._texts)
        self._lines = self._split()

    def spaces(self) -> list[int]:
        """The number of blanks before each token; before the end, none."""
        self._indent()
        for line in self._lines:
            self._separate(line.first, line.assign)
            self._separate(line.assign, line.comment)
        self._align()
        return self._spaces

    def _split(self) -> list[_Line]:
        kinds = self._kinds
        lines: list[_Line] = []
        first = 0
        for index, kind in enumerate(kinds):
            if kind in _LINE_ENDS:
                lines.append(self._line(first, index + 1))
                first = index + 1
        if first < len(kinds) - 1:
            lines.append(self._line(first, len(kinds) - 1))
        return lines

    def _line(self, first: int, last: int) -> _Line:
        kinds = self._kinds
        comment = last - 1 if last - first > 1 and kinds[last - 1] in _COMMENTS else last
        try:
            assign = kinds.index(Kind.ASSIGN, first + 1, comment)
        except ValueError:
            return _Line(first, comment, comment, last)
        balance = sum(_DEPTH[kind] for kind in kinds[assign:comment])
        return _Line(first, comment if balance else assign, comment, last)

    def _indent(self) -> None:
        """A line that opens brackets, however many, indents what follows by one step, until they are closed."""
        kinds, spaces = self._kinds, self._spaces
        opened: list[int] = []
        for line in self._lines:
            if kinds[line.first] is Kind.NEWLINE:
                continue
            balance = 0
            for kind in kinds[line.first : line.assign]:
                balance += _DEPTH[kind]
                if kind is Kind.HEREDOC_OPEN:
                    break
            # the `assign` cell is balanced by its definition
            closed = -balance
            while closed > 0 and opened:
                step = min(closed, opened[-1])
                opened[-1] -= step
                closed -= step
                if not opened[-1]:
                    opened.pop()
            spaces[line.first] = 2 * len(opened)
            if balance > 0:
                opened.append(balance)

    def _separate(self, first: int, last: int) -> None:
        kinds, texts, spaces = self._kinds, self._texts, self._spaces
        before = Kind.END
        if first == last:
            return
        left = kinds[first]
        for index in range(first + 1, last):
            right = kinds[index]
            if left is Kind.IDENTIFIER and before is Kind.IDENTIFIER and texts[index - 1] == b"in":
                spaces[index] = _SPACES_AFTER_IN[right]
            elif left is Kind.MINUS and (before in _BEFORE_SIGN or index - first == 1):
                spaces[index] = _SPACES_AFTER_SIGN[right]
            else:
                spaces[index] = _SPACES[left][right]
            before, left = left, right

    def _align(self) -> None:
        # `=` first, since comments move with it
        for has_assign, lines in groupby(self._lines, lambda line: line.assign < line.comment):
            if has_assign:
                self._align_cells([(line.first, line.assign) for line in lines])
        for has_comment, lines in groupby(self._lines, lambda line: line.comment < line.last):
            if has_comment:
                self._align_cells([(line.first, line.comment) for line in lines])

    def _align_cells(self, spans: list[tuple[int, int]]) -> None:
        """Put the tokens that the spans of consecutive lines end before into one column."""
        widths = [self._width(first, last) for first, last in spans]
        column = max(widths) + 1
        for (_, last), width in zip(spans, widths, strict=True):
            self._spaces[last] = column - width

    def _width(self, first: int, last: int) -> int:
        blanks = sum(self._spaces[first:last])
        texts = self._texts[first:last]
        if self._ascii:
            return blanks + sum(map(len, texts))
        return blanks + sum(map(_columns, self._kinds[first:last], texts))


# --- columns --------------------------------------------------------------------------------------------------------

_REGIONAL = range(0x1F1E6, 0x1F200)
_JOINER = "\u200d"
# grapheme clusters (UAX 29) where the general category doesn't tell: what continues a cluster, what doesn't for all
# its being a spacing mark, and what joins the next character
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f") | frozenset(
    map(chr, [*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)])
)
_NOT_EXTENDING = frozenset(
    "\u102b\u102c\u1038\u1062\u1063\u1064\u1067\u1068\u1069\u106a\u106b\u106c\u106d\u1083\u1087\u1088\u1089\u108a\u108b"
    "\u108c\u108f\u109a\u109b\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d\U00011720\U00011721"
)
_PREPENDED = frozenset("\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3") | frozenset(
    map(chr, [*range(0x600, 0x606), 0x1193F, 0x11941, 0x11A3A, *range(0x11A84, 0x11A8A), 0x11D46, 0x11F02])
)
# HCL's scanner cuts the text of templates after `$`, `%` and escapes, so that no cluster goes across these places.
_AFTER_ESCAPE = re.compile(r"(?<=[$%])(?![$%{])|(?<=[$%]\{)(?!~)|(?<=[$%]\{~)")
# Emoji, which U+200D joins into one (Extended_Pictographic): where the ranges begin and end, by turns.
_PICTOGRAPHS = tuple(
    int(bound, 16)
    for bound in (
        "A9 AA AE AF 203C 203D 2049 204A 2122 2123 2139 213A 2194 219A 21A9 21AB 231A 231C 2328 2329 2388 2389 "
        "23CF 23D0 23E9 23F4 23F8 23FB 24C2 24C3 25AA 25AC 25B6 25B7 25C0 25C1 25FB 25FF 2600 2606 2607 2613 2614 "
        "2686 2690 2706 2708 2713 2714 2715 2716 2717 271D 271E 2721 2722 2728 2729 2733 2735 2744 2745 2747 2748 "
        "274C 274D 274E 274F 2753 2756 2757 2758 2763 2768 2795 2798 27A1 27A2 27B0 27B1 27BF 27C0 2934 2936 2B05 "
        "2B08 2B1B 2B1D 2B50 2B51 2B55 2B56 3030 3031 303D 303E 3297 3298 3299 329A 1F000 1F100 1F10D 1F110 1F12F "
        "1F130 1F16C 1F172 1F17E 1F180 1F18E 1F18F 1F191 1F19B 1F1AD 1F1E6 1F201 1F210 1F21A 1F21B 1F22F 1F230 "
        "1F232 1F23B 1F23C 1F240 1F249 1F3FB 1F400 1F53E 1F546 1F650 1F680 1F700 1F774 1F780 1F7D5 1F800 1F80C "
        "1F810 1F848 1F850 1F85A 1F860 1F888 1F890 1F8AE 1F900 1F90C 1F93B 1F93C 1F946 1F947 1FB00 1FC00 1FFFE"
    ).split()
)
# Hangul: leading consonants L, vowels V, trailing consonants T, and the syllables A (LV) and B (LVT)
_HANGUL = (
    (0x1100, 0x1160, "L"),
    (0x1160, 0x11A8, "V"),
    (0x11A8, 0x1200, "T"),
    (0xA960, 0xA97D, "L"),
    (0xD7B0, 0xD7C7, "V"),
    (0xD7CB, 0xD7FC, "T"),
)
_HANGUL_PAIRS = frozenset(("LL", "LV", "LA", "LB", "VV", "VT", "AV", "AT", "TT", "BT"))


def _columns(kind: Kind, text: bytes) -> int:
    """The number of grapheme clusters, which is how terraform fmt measures a token (an emoji is one column)."""
    if text.isascii():
        return len(text) - text.count(b"\r\n")
    if kind in _TEXTS:
        return sum(map(_clusters, _AFTER_ESCAPE.split(text.decode("utf-8", "replace"))))
    return _clusters(text.decode("utf-8", "replace"))


def _clusters(text: str) -> int:
    count = 0
    before = "\n"
    regional = 0
    pictograph = False
    for character in text:
        regional = regional + 1 if ord(character) in _REGIONAL else 0
        if not (
            (before == "\r" and character == "\n")
            or (not _is_control(before) and not _is_control(character) and _is_extending(character))
            or (before in _PREPENDED and not _is_control(character))
            or (before == _JOINER and pictograph and _is_pictograph(character))
            or (regional and regional % 2 == 0)
            or (_hangul(before) + _hangul(character) in _HANGUL_PAIRS)
        ):
            count += 1
        if _is_pictograph(character):
            pictograph = True
        elif not _is_extending(character):
            pictograph = False
        before = character
    return count


def _is_control(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")
        and character not in _EXTENDING
        and character not in _PREPENDED
    )


def _is_extending(character: str) -> bool:
    marks = unicodedata.category(character) in ("Mn", "Me", "Mc")
    return (marks and character not in _NOT_EXTENDING) or character in _EXTENDING


def _is_pictograph(character: str) -> bool:
    return bisect_right(_PICTOGRAPHS, ord(character)) % 2 == 1


def _hangul(character: str) -> str:
    """The kind of a Hangul syllable or part of one, as in `_HANGUL_PAIRS`."""
    code = ord(character)
    if 0xAC00 <= code < 0xD7A4:
        return "A" if (code - 0xAC00) % 28 == 0 else "B"
    for start, end, kind in _HANGUL:
        if start <= code < end:
            return kind
    return "-"
