"""HCL as HTML with its parts marked; everything is escaped."""

from __future__ import annotations

from html import escape

from tfhoist.hcl.tokens import Kind, Token, tokenize

_MARKS = {
    Kind.LINE_COMMENT: "c",
    Kind.BLOCK_COMMENT: "c",
    Kind.QUOTE_OPEN: "s",
    Kind.QUOTE_CLOSE: "s",
    Kind.QUOTED_TEXT: "s",
    Kind.HEREDOC_OPEN: "s",
    Kind.HEREDOC_CLOSE: "s",
    Kind.HEREDOC_TEXT: "s",
    Kind.NUMBER: "n",
    Kind.INTERPOLATION: "p",
    Kind.DIRECTIVE: "p",
    Kind.TEMPLATE_CLOSE: "p",
}
_CONSTANTS = (b"true", b"false", b"null")
_HEADS = (Kind.QUOTE_OPEN, Kind.BRACE_OPEN, Kind.IDENTIFIER)


def highlight(source: str) -> str:
    """The source in `<i class=...>`: c comment, s string, n constant, k block, a argument, f function, p template."""
    data = source.encode()
    tokens = tokenize(data)
    pieces: list[tuple[str, bytes]] = []
    at = 0
    line_start = True
    for number, token in enumerate(tokens):
        if token.start > at:
            pieces.append(("", data[at : token.start]))
        text = data[token.start : token.end]
        mark = _MARKS.get(token.kind, "")
        if token.kind is Kind.IDENTIFIER:
            mark = _identifier(text, tokens[number + 1] if number + 1 < len(tokens) else None, line_start)
        pieces.append((mark, text))
        line_start = token.kind in (Kind.NEWLINE, Kind.LINE_COMMENT, Kind.BRACE_OPEN)
        at = token.end
    pieces.append(("", data[at:]))
    return _join(pieces)


def _identifier(text: bytes, following: Token | None, line_start: bool) -> str:
    if text in _CONSTANTS:
        return "n"
    if following is None:
        return ""
    if line_start and following.kind is Kind.ASSIGN:
        return "a"
    if line_start and following.kind in _HEADS:
        return "k"
    return "f" if following.kind is Kind.PAREN_OPEN else ""


def _join(pieces: list[tuple[str, bytes]]) -> str:
    """Neighbours with one mark become one element."""
    shown: list[str] = []
    mark, text = "", b""
    for one, content in [*pieces, ("end", b"")]:
        if one == mark or (mark and content.strip(b" ") == b"" and one == ""):
            text += content
            continue
        if text:
            plain = escape(text.decode("utf-8", "replace"), quote=False)
            shown.append(f'<i class="{mark}">{plain}</i>' if mark else plain)
        mark, text = one, content
    return "".join(shown)
