"""The page: `render_page(report)`. One file, nothing loaded from anywhere, and a policy that says so.

Source of the policy's rules: W3C, "Content Security Policy Level 3": a hash allows exactly one inline script or style.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from tfhoist.inventory import CATEGORIES
from tfhoist.proof.wording import KINDS
from tfhoist.report.highlight import highlight
from tfhoist.report.model import CENTRAL, LOCAL, Alternative, Document, Finding, Port, Report
from tfhoist.report.picture import MOST_BLOCKS, Picture, draw, kind_words

if TYPE_CHECKING:
    import jinja2

_WORDS = {"equivalent": "Nothing changes", "different": "Something changes", "undecided": "Not decided"}
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the writing direction: no text of a repository brings them into the page."""

_AT_ONCE = 2_000
"""Pieces of the page that are joined before they're encoded."""

_SIGNS = {"equivalent": "✓", "different": "✗", "undecided": "?"}


def render_page(report: Report) -> bytes:
    """The page of a report; UTF-8, the same bytes for the same report."""
    anchors = {block.address: f"b{number}" for number, block in enumerate(report.blocks)}
    pictures = [draw(report, anchors, together=False)]
    if len(report.blocks) > MOST_BLOCKS:
        pictures.insert(0, draw(report, anchors, together=True))
    style, script = _asset("report.css"), _asset("report.js")
    values = {
        "report": report,
        "anchors": anchors,
        "pictures": pictures,
        "style": style,
        "script": script,
        "policy": f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "data": _data(report, anchors, pictures),
        "words": _WORDS.get(report.verdict, report.verdict),
        "sign": _SIGNS.get(report.verdict, "?"),
        "obligations": _obligations(report),
        "categories": {c: t for c, t in CATEGORIES.items() if any(block.category == c for block in report.blocks)},
        "finding_ids": sorted({finding.id for finding in report.findings}),
        "entries": _entries(report, anchors),
        "runbook": _sections(report.runbook),
        "registry": _markdown(report.registry) if report.registry is not None else "",
        "CENTRAL": CENTRAL,
        "LOCAL": LOCAL,
    }
    stream = _environment().get_template("page.html.j2").stream(values)
    stream.enable_buffering(_AT_ONCE)  # a page of 17 MB would be in memory five times over as one text
    return b"".join(_UNSEEN.sub(" ", text).encode() for text in stream)


@cache
def _asset(name: str) -> str:
    return (resources("tfhoist.report") / "assets" / name).read_text("utf-8").strip() + "\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tfhoist.report", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"kind_words": kind_words, "plural": _plural, "signed": _signed, "size": _size}
    return environment


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "±0"


def _size(number: int) -> str:
    return f"{number:,} bytes" if number < 10_000 else f"{number / 1000:.0f} kB"


def _data(report: Report, anchors: Mapping[str, str], pictures: Sequence[Picture]) -> str:
    """What the script needs beside the page itself; no `<` can end the element that holds it."""
    document: dict[str, Any] = {
        "members": {
            item.key: [anchors[address] for address in item.members] for picture in pictures for item in picture.items
        },
        "blocks": {
            anchors[block.address]: {
                "a": block.address,
                "s": block.side,
                "o": block.by == "override",
                **(
                    {
                        "d": block.alternative.difference,
                        "x": [anchors[a] for a in block.alternative.against if a in anchors],
                    }
                    if block.alternative is not None
                    else {}
                ),
            }
            for block in report.blocks
        },
        "cost": report.cost,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _obligations(report: Report) -> list[dict[str, Any]]:
    """The obligations by kind; kinds with something that doesn't hold come first."""
    kinds: dict[str, dict[str, Any]] = {}
    for one in report.obligations:
        kind = kinds.setdefault(
            one.kind,
            {"kind": one.kind, "title": KINDS.get(one.kind, one.kind).replace("`", ""), "entries": [], "counts": {}},
        )
        kind["entries"].append(one)
        kind["counts"][one.result] = kind["counts"].get(one.result, 0) + max(len(one.environments), 1)
    return sorted(kinds.values(), key=lambda kind: (set(kind["counts"]) == {"holds"}, kind["kind"]))


def _entries(report: Report, anchors: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the section of each block shows, besides the block itself."""
    sides = {one.address: one.side for one in report.blocks}
    reads: dict[str, list[dict[str, Any]]] = {}
    read_by: dict[str, list[dict[str, Any]]] = {}
    for edge in report.edges:
        what = "only its order" if edge.ordering else ", ".join(name or "the whole" for name in edge.attributes)
        more = {"what": what, "crosses": sides[edge.consumer] != sides[edge.producer]}
        reads.setdefault(edge.consumer, []).append({"address": edge.producer, **more})
        read_by.setdefault(edge.producer, []).append({"address": edge.consumer, **more})
    ports: dict[str, list[Port]] = {}
    outputs: dict[str, set[str]] = {}
    readers = {output.name: [c for c in output.consumers if c.startswith("output.")] for output in report.outputs}
    for port in report.ports:
        for address in sorted({*port.producers, *port.consumers}):
            ports.setdefault(address, []).append(port)
        for address in port.producers:
            outputs.setdefault(address, set()).update(readers.get(port.name, ()) if not port.pinned else ())
    findings: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in enumerate(report.findings):
        for address in finding.blocks():
            findings.setdefault(address, []).append((number, finding))
    return [
        {
            "block": block,
            "anchor": anchors[block.address],
            "reads": reads.get(block.address, []),
            "read_by": read_by.get(block.address, []),
            "ports": ports.get(block.address, []),
            "outputs": sorted(outputs.get(block.address, ())),
            "findings": findings.get(block.address, []),
            "source": highlight(block.source),
            "alternative": _alternative(block.alternative) if block.alternative is not None else None,
        }
        for block in report.blocks
    ]


def _alternative(one: Alternative) -> dict[str, Any]:
    along = [address for address in one.along if address not in one.against]
    return {"one": one, "along": along, "against": list(one.against)}


def _markdown(document: Document) -> str:
    """A document of ours as HTML below a section's heading: raw HTML in it stays text, and links are relative to OUT."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    folder = document.path.rpartition("/")[0]
    tokens = parser.parse(document.text)
    pending = list(tokens)
    while pending:
        token = pending.pop()
        pending.extend(token.children or ())
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(int(token.tag[1]), 3)}"
        if token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")
        href = token.attrGet("href") if token.type == "link_open" else None
        if isinstance(href, str) and folder and not re.match(r"[a-z][a-z0-9+.-]*:|[#/]", href, re.IGNORECASE):
            token.attrSet("href", f"{folder}/{href}")
        if token.attrs and "style" in token.attrs:  # a table's alignment: the policy allows no inline style
            del token.attrs["style"]
    return str(parser.renderer.render(tokens, parser.options, {}))


def _sections(document: Document | None) -> list[tuple[str, str]]:
    """The runbook by its sections, each rendered; what stands before the first is the introduction, with title ""."""
    if document is None:
        return []
    found: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in document.text.split("\n"):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            found.append((line[3:].strip(), []))
        elif not (line.startswith("# ") and not fenced):
            found[-1][1].append(line)
    return [
        (re.sub(r"[`\\]", "", title), _markdown(Document(document.path, "\n".join(lines))))
        for title, lines in found
        if "".join(lines).strip()
    ]
