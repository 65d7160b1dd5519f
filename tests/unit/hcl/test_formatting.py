"""The formatter against golden text, against itself and, where Terraform is at hand, against `terraform fmt`."""

import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfhoist.hcl.formatting import format_source
from tfhoist.hcl.tokens import BOM, Kind, tokenize

# name: untidy, tidy. All of them are also given to terraform fmt.
CASES = {
    "indentation": ('a "b" {\nc {\n      d = 1\n  }\n}\n', 'a "b" {\n  c {\n    d = 1\n  }\n}\n'),
    "several brackets on one line are one step": (
        "a = f({\nb = [\n1,\n]\n})\n",
        "a = f({\n  b = [\n    1,\n  ]\n})\n",
    ),
    "brackets closed on other lines than opened": ("a = [[\n1,\n],\n2]\n", "a = [[\n  1,\n  ],\n2]\n"),
    "blank lines stay": ("a {\n\n\n  b=1\n\n\n}\n\n\n", "a {\n\n\n  b = 1\n\n\n}\n\n\n"),
    "blanks at line ends": ("a = 1  \t\n   \nb {   \n}\n", "a = 1\n\nb {\n}\n"),
    "no newline at the end": ("a=1", "a = 1"),
    "blanks at the end": ("a=1\n \t", "a = 1\n  "),
    "carriage returns": ("a=1\r\nbc=2 # d\r\n", "a  = 1\r\nbc = 2 # d\r\n"),
    "byte order mark": ("\ufeff  a=1\n", "a = 1\n"),
    "alignment of consecutive lines": (
        "a=1\nbbb=2\n\ncc = 3\nd = {\n  e=1\n  ff = 2\n}\ng=1\n",
        "a   = 1\nbbb = 2\n\ncc = 3\nd = {\n  e  = 1\n  ff = 2\n}\ng = 1\n",
    ),
    "a comment line ends the alignment": ("a=1\n# c\nbbb=2\n", "a = 1\n# c\nbbb = 2\n"),
    "alignment of comments": (
        "a=1 # x\nbbb=22// y\nc {#z\n}\nd=1\n",
        "a   = 1  # x\nbbb = 22 // y\nc {      #z\n}\nd = 1\n",
    ),
    "comments with text before them": ("a=[1,#x\n222 , # y\n]\n", "a = [1, #x\n  222,  # y\n]\n"),
    "block comments": ("/* a\n   b */\nc=/* d */1/* e */\n", "/* a\n   b */\nc = /* d */ 1 /* e */\n"),
    "columns are grapheme clusters": (
        'é="e\u0301" # a\nb="👩\u200d👧\u200d👦🇩🇪" # b\nc="한각🏽" # c\n',
        'é = "e\u0301"  # a\nb = "👩\u200d👧\u200d👦🇩🇪" # b\nc = "한각🏽" # c\n',
    ),
    "columns after an escape": ('a="$\u0301" # a\nb="x\u0301" # b\n', 'a = "$\u0301" # a\nb = "x\u0301"  # b\n'),
    "single-line blocks": ("a{b=1}\nc {  }\n", "a { b = 1 }\nc {}\n"),
    "calls and indexes": (
        "a = f (1 ,[ 2 ] [0], b . c [ 0 ] . d, e ...)\ng = provider :: h :: i (1)\n",
        "a = f(1, [2][0], b.c[0].d, e...)\ng = provider::h::i(1)\n",
    ),
    "splats": ("a = b [ * ] . c\nd = b . * . c\n", "a = b[*].c\nd = b.*.c\n"),
    "operators": (
        "a = 1+2*3-4/5%6\nb = !c&&d||e==f?g:h\ni = 1<2==(3>=4)\n",
        "a = 1 + 2 * 3 - 4 / 5 % 6\nb = !c && d || e == f ? g : h\ni = 1 < 2 == (3 >= 4)\n",
    ),
    "signs": ("a = - 1\nb = 1 - - 1\nc = [ -1,f(- 1)]\nd = b -1\n", "a = -1\nb = 1 - -1\nc = [-1, f(-1)]\nd = b - 1\n"),
    "a sign where terraform fmt takes it for an operator": ('a = "x${-1}"\n', 'a = "x${- 1}"\n'),
    "objects": ('a = {b=1,c:2,"d"=3,(e)=4}\nf={}\n', 'a = { b = 1, c : 2, "d" = 3, (e) = 4 }\nf = {}\n'),
    "for expressions": (
        "a = [for b in [1]:b if c]\nd = {for e , f in g:e=>f...}\n",
        "a = [for b in [1] : b if c]\nd = { for e, f in g : e => f... }\n",
    ),
    "in before parentheses": ("a = [for b in (c) : b]\n", "a = [for b in(c) : b]\n"),
    "templates": (
        'a = "x ${  b+1 }  ${c}${ {d=1} } %{if e}f%{ else }g%{  endif ~}"\n',
        'a = "x ${b + 1}  ${c}${ { d = 1 } } %{if e}f%{else}g%{endif~}"\n',
    ),
    "escapes": ('a = "$${ b  } %%{ c  } $$${ d  } \\"  {  "\n', 'a = "$${ b  } %%{ c  } $$${ d  } \\"  {  "\n'),
    "heredocs": (
        "a = <<EOT\n  x   = 1 # y\n ${ b  } $${ c  }\n  EOT  \nd  = [<<-E\n  %{ if f  }E E\n%{ endif }\n    E\n, 1]\n",
        "a = <<EOT\n  x   = 1 # y\n ${b} $${ c  }\n  EOT  \nd = [<<-E\n  %{if f}E E\n%{endif}\n    E\n, 1]\n",
    ),
    "heredocs in templates in heredocs": (
        "a = <<E\n${ f( <<E\nx  ${ b }\nE\n ) }\nE\nc  = 1\n",
        "a = <<E\n${f(<<E\nx  ${b}\nE\n)}\nE\nc = 1\n",
    ),
    "unwrapped interpolation": (
        'a = "${ b.c }"\nd = ["${ e }"]\nf = "${g}${h}"\ni = "${j} "\n',
        'a = b.c\nd = ["${e}"]\nf = "${g}${h}"\ni = "${j} "\n',
    ),
    "unwrapped with strings inside": ('a = "${b("x${c}", "${d}")}" # e\n', 'a = b("x${c}", "${d}") # e\n'),
    "unwrapped from several lines": (
        'a = "${\n  b ? c : d\n}"\ne = "${b ?\nc : d}"\nf = "${(b ?\nc : d)}"\n',
        "a = b ? c : d\ne = (b ?\nc : d)\nf = (b ?\nc : d)\n",
    ),
    "unwrapped with strip markers": ('a = "${~ b ~}"\n', "a = b\n"),
    "not unwrapped with a template in a heredoc": (
        'a = "${b(<<E\n${c}\nE\n)}"\n',
        'a = "${b(<<E\n${c}\nE\n)}"\n',
    ),
    "types": (
        'variable "a" {\n  type = "string"\n}\nvariable "b" {\n  type = "list"\n}\nvariable "c" {\n  type = "map"\n}\n',
        'variable "a" {\n  type = string\n}\nvariable "b" {\n  type = list(string)\n}\n'
        'variable "c" {\n  type = map(string)\n}\n',
    ),
    "types without their element": (
        "variable a {\n  type=list\n}\nvariable b {\n  type = map\n}\nvariable c {\n  type = set\n}\n",
        'variable "a" {\n  type = list(any)\n}\nvariable "b" {\n  type = map(any)\n}\nvariable "c" {\n  type = set(any)\n}\n',
    ),
    "types elsewhere": (
        'a "b" {\n  type = "list"\n  variable "c" {\n    type = list\n  }\n}\nvariable "d" {\n  type = "${e}"\n}\n',
        'a "b" {\n  type = "list"\n  variable "c" {\n    type = list\n  }\n}\nvariable "d" {\n  type = "${e}"\n}\n',
    ),
    "labels": (
        'a b   "c" {\n}\nd "\\u00e9" "\\n\\"" "" {}\ne "\u200b" "e\u0301" {}\n',
        'a "b" "c" {\n}\nd "é" "\\n\\"" "" {}\ne "\\u200b" "é" {}\n',
    ),
    "comments among labels": (
        'a /* b */ c /* d */ "e" /* f */ {\n}\ng /* h */ {\n}\n',
        'a "c" "e" /* f */ {\n}\ng /* h */ {\n}\n',
    ),
}

# Where terraform fmt makes something else of it at first; it keeps our text all the same.
OWN_CASES = {
    "wrapped twice": ('a = "${"${b}"}"\n', "a = b\n"),
    "wrapped twice with comments": ('a = "${/* b */ "${c}" /* d */}"\n', "a = /* b */ c /* d */\n"),
    "a comment before the expression": ('a = "${ # b\n  c }"\n', "a = ( # b\nc)\n"),
    "parentheses that aren't around all of it": ('a = "${(b)\n+ (c # d\n)}"\n', "a = ((b)\n  + (c # d\n))\n"),
    "a comment that would hide the brace": ('a { b = "${c # d\n}" }\n', "a { b = (c # d\n) }\n"),
}

# What Terraform refuses: it stays.
INVALID = {
    "unclosed brace": b"a  {\n",
    "unclosed string": b'a   = "b\n',
    "unclosed heredoc": b"a   = <<E\nb\nE",
    "unclosed comment": b"a   = 1 /* b\n",
    "mismatched brackets": b"a   = [(])\n",
    "surplus brace": b"a   = 1\n}\n",
    "no such character": b"a   = 1;\n",
    "curly quotes": "a   = “b”\n".encode(),
    "invalid UTF-8": b'a   = "\xff"\n',
    "no block": b"a   b\n",
    "argument after argument": b"a   = 1, b = 2\n}",
    "template in a label": b'a   "${b}" {\n}\n',
    "wrong escape in a label": b'a   "\\x" {\n}\n',
}


@pytest.mark.parametrize("name", [*CASES, *OWN_CASES])
def test_layout(name: str) -> None:
    untidy, tidy = (CASES | OWN_CASES)[name]
    assert format_source(untidy.encode()).decode() == tidy


@pytest.mark.parametrize("name", [*CASES, *OWN_CASES])
def test_formatting_twice_changes_nothing(name: str) -> None:
    once = format_source((CASES | OWN_CASES)[name][0].encode())
    assert format_source(once) == once


@pytest.mark.parametrize("name", INVALID)
def test_invalid_files_stay(name: str) -> None:
    assert format_source(INVALID[name]) == INVALID[name]


def test_invalid_bytes_in_comments_stay() -> None:
    assert format_source(b"a  = 1 # \xff\n") == b"a = 1 # \xff\n"


def test_labels_that_terraform_would_lose_stay() -> None:
    assert format_source(b'a   "b$c" "%%{d" {\n}\n') == b'a "b$c" "%%{d" {\n}\n'


@pytest.fixture(scope="module")
def terraform_fmt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[bytes]], list[bytes]]:
    """Files as terraform fmt leaves them. Not by way of its standard output, where it adds newlines."""

    def run(sources: list[bytes]) -> list[bytes]:
        folder = tmp_path_factory.mktemp("fmt")
        files = [folder / f"{index}.tf" for index in range(len(sources))]
        for file, source in zip(files, sources, strict=True):
            file.write_bytes(source)
        subprocess.run(["terraform", "fmt", "-list=false", str(folder)], check=True)
        return [file.read_bytes() for file in files]

    return run


@pytest.mark.terraform
def test_terraform_agrees(terraform_fmt: Callable[[list[bytes]], list[bytes]]) -> None:
    formatted = terraform_fmt([untidy.encode() for untidy, _ in CASES.values()])
    assert dict(zip(CASES, formatted, strict=True)) == {name: tidy.encode() for name, (_, tidy) in CASES.items()}


@pytest.mark.terraform
def test_terraform_keeps(terraform_fmt: Callable[[list[bytes]], list[bytes]]) -> None:
    tidy = [tidy.encode() for _, tidy in OWN_CASES.values()]
    assert terraform_fmt(tidy) == tidy


@pytest.mark.terraform
def test_terraform_agrees_on_all_cases_in_one_file(terraform_fmt: Callable[[list[bytes]], list[bytes]]) -> None:
    texts = (untidy.removeprefix("\ufeff") for untidy, _ in CASES.values())
    # each in a block of its own, since an argument may be set only once
    source = "".join(f"block{index} {{\n{text}\n}}\n" for index, text in enumerate(texts)).encode()
    assert [format_source(source)] == terraform_fmt([source])


# --- tokens ---------------------------------------------------------------------------------------------------------

PIECES = [
    *(
        '"',
        "${",
        "%{",
        "$${",
        "%%{",
        "$",
        "%",
        "~}",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "<<E\n",
        "<<-E\r\n",
        "E\n",
        "  E \n",
    ),
    *("\n", "\r\n", "\r", " ", "\t", "a", "b-c", "é", "“", "in", "1.5e3", "1.", ".", "...", "=", "=>", "==", "!", "-"),
    *(":", "::", "?", ",", "#", "//", "/*", "*/", "\\", "&&", "|", "\u0301", "\u200d", "🇩", "a = 1\n", 'b "c" {\n'),
]
PIECE_TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(lambda pieces: "".join(pieces).encode())
SOURCES = st.one_of(PIECE_TEXTS, st.binary(max_size=60))


def gaps(source: bytes) -> Iterator[bytes]:
    position = 0
    for token in tokenize(source):
        yield source[position : token.start]
        position = token.end
    yield source[position:]


@given(SOURCES)
def test_tokens_and_gaps_are_the_source(source: bytes) -> None:
    tokens = tokenize(source)
    texts = [source[token.start : token.end] for token in tokens]
    between = list(gaps(source))
    assert b"".join(gap + text for gap, text in zip(between, [*texts, b""], strict=True)) == source
    assert all(gap.removeprefix(BOM).strip(b" \t") == b"" for gap in between)
    assert all(texts[:-1])
    assert tokens[-1] == (Kind.END, len(source), len(source))
    assert all(left.end <= right.start for left, right in pairwise(tokens))


@given(SOURCES)
def test_formatting_twice_changes_nothing_whatever_the_bytes(source: bytes) -> None:
    once = format_source(source)
    assert format_source(once) == once


@given(PIECE_TEXTS)
def test_only_blanks_and_quotes_around_labels_change(text: bytes) -> None:
    # neither strings to unwrap nor comments that labels lose
    source = b"a = 1\n" + text.replace(b'"', b"").replace(b"/*", b"")
    assert format_source(source).translate(None, b' \t"') == source.translate(None, b" \t")


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        (b"a-b = 1.5e-3", [Kind.IDENTIFIER, Kind.ASSIGN, Kind.NUMBER]),
        (b"1...", [Kind.NUMBER, Kind.ELLIPSIS]),
        (b"# a\n// b\n/* c */", [Kind.LINE_COMMENT, Kind.LINE_COMMENT, Kind.BLOCK_COMMENT]),
        (b'"$${a}%%{b}$"', [Kind.QUOTE_OPEN, Kind.QUOTED_TEXT, Kind.QUOTE_CLOSE]),
        (
            b'"${{}}"',
            [
                Kind.QUOTE_OPEN,
                Kind.INTERPOLATION,
                Kind.BRACE_OPEN,
                Kind.BRACE_CLOSE,
                Kind.TEMPLATE_CLOSE,
                Kind.QUOTE_CLOSE,
            ],
        ),
        (b"<<E\n E E\n  E \n", [Kind.HEREDOC_OPEN, Kind.HEREDOC_TEXT, Kind.HEREDOC_CLOSE, Kind.NEWLINE]),
        (b"<<E\n", [Kind.HEREDOC_OPEN]),
        (b"<<E\nE", [Kind.HEREDOC_OPEN, Kind.INVALID]),
        (b"/* a", [Kind.INVALID]),
    ],
)
def test_kinds(source: bytes, kinds: list[Kind]) -> None:
    assert [token.kind for token in tokenize(source)] == [*kinds, Kind.END]


@pytest.mark.parametrize(
    "source",
    [
        b"a = " + b"[" * 20_000 + b"]" * 20_000 + b"\n",
        b"a = x" + b'"${' * 20_000 + b"b" + b'}"' * 20_000 + b"\n",
        b'a = "' + b"$" * 200_000 + b'"\n',
        b"a = 1" + b"." * 200_000 + b"\n",
        b"/*" * 100_000,
        b"<<a" * 50_000,
        b"a = <<E\n" + b"E $\n" * 50_000 + b"E\n",
        b'a = "' + b'\\"' * 200_000,
        b"a = 1 # b\n" * 10_000,
    ],
    ids=["brackets", "templates", "dollars", "dots", "comments", "heredocs", "markers", "escapes", "lines"],
)
def test_time_is_linear(source: bytes) -> None:
    begin = time.perf_counter()
    format_source(source)
    assert time.perf_counter() - begin < 20  # quadratic would be minutes
