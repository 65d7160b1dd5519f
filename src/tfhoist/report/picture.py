"""The picture: blocks, or groups of them, laid out and drawn as SVG with links that work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tfhoist.inventory import CATEGORIES
from tfhoist.report import layout
from tfhoist.report.drawn import Crossing, Item, Line
from tfhoist.report.layout import Drawing, Gate, Node
from tfhoist.report.model import CENTRAL, LOCAL, OUTPUTS, Block, Report
from tfhoist.report.svg import render

MOST_BLOCKS = 140
"""A root with more is first shown with blocks of one kind as one; every block is a click away."""

_RANKS = {
    "aws_lb": 0, "aws_alb": 0, "aws_elb": 0,
    "aws_lb_listener": 1, "aws_alb_listener": 1,
    "aws_lb_listener_rule": 2, "aws_alb_listener_rule": 2, "aws_lb_listener_certificate": 2,
    "aws_lb_target_group": 3, "aws_alb_target_group": 3,
}  # fmt: skip
"""Reading order: what a request meets."""

_SHORT = {"aws_lb": "load balancer", "aws_alb": "load balancer", "module": "module call"}
_SEVERITIES = ("error", "warning", "note")


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One drawing; `name` is "blocks" or "kinds"."""

    name: str
    drawing: Drawing
    items: tuple[Item, ...]
    crossings: tuple[Crossing, ...]
    lines: tuple[Line, ...]
    svg: str


def kind_words(address: str) -> str:
    """`listener rule` for `aws_lb_listener_rule.api`: the type as a person says it."""
    kind = address.split(".")[0]
    if kind in _SHORT:
        return _SHORT[kind]
    words = kind.split("_")
    if words[0] in ("aws", "google", "azurerm") and len(words) > 1:
        words = words[1:]
    if words[0] in ("lb", "alb") and len(words) > 1:
        words = words[1:]
    upper = {"db", "ecs", "ecr", "iam", "s3", "sns", "sqs", "kms", "rds", "ssm", "vpc", "eks", "acm"}
    return " ".join(word.upper() if word in upper else word for word in words)


def draw(report: Report, anchors: Mapping[str, str], *, together: bool) -> Picture:
    """The picture of all blocks, or with blocks of one side and type `together`; `anchors` are the ids of their entries."""
    key_of, items = _items(report, anchors, together=together)
    sides = {block.address: block.side for block in report.blocks}
    crossings = _crossings(report, key_of, together=together)
    lines: dict[tuple[str, str], str] = {}
    for edge in report.edges:
        pair = (key_of[edge.consumer], key_of[edge.producer])
        if sides[edge.consumer] == sides[edge.producer] and pair[0] != pair[1] and lines.get(pair) != "inside":
            lines[pair] = "order" if edge.ordering else "inside"
    for consumer, producer in report.orderings:
        if consumer in key_of and producer in key_of:
            lines.setdefault((key_of[consumer], key_of[producer]), "lost")
    drawn = tuple(Line(consumer=a, producer=b, kind=kind) for (a, b), kind in sorted(lines.items()))
    drawing = layout.lay_out(
        [_node(item) for item in items],
        [(line.consumer, line.producer) for line in drawn if line.kind != "lost"],
        [Gate(key=one.key, left=one.left, right=one.right, light=frozenset({"outputs"})) for one in crossings],
        (LOCAL, CENTRAL),
    )
    name = "kinds" if together else "blocks"
    titles = {LOCAL: f"Service root: {report.service}", CENTRAL: f"Central: {report.repository}"}
    svg = render(name, drawing, items, crossings, drawn, titles)
    return Picture(name=name, drawing=drawing, items=items, crossings=crossings, lines=drawn, svg=svg)


def _items(report: Report, anchors: Mapping[str, str], *, together: bool) -> tuple[dict[str, str], tuple[Item, ...]]:
    key_of: dict[str, str] = {}
    items: list[Item] = []
    found = _findings(report)
    order = {category: number for number, category in enumerate(CATEGORIES)}
    blocks = sorted(report.blocks, key=lambda block: (order[_category(block)], block.address))
    groups: dict[tuple[str, str, str], list[Block]] = {}
    for block in blocks:
        kind = block.type if together else block.address
        groups.setdefault((block.side, _category(block), kind), []).append(block)
    for number, ((side, category, kind), members) in enumerate(groups.items()):
        addresses = tuple(block.address for block in members)
        key = f"{'k' if together else 'n'}{number}"
        key_of |= dict.fromkeys(addresses, key)
        several = len(members) > 1
        counts = [found.get(address, (0, 0, 0)) for address in addresses]
        items.append(
            Item(
                key=key,
                href=anchors[addresses[0]],
                title=f"{len(members)} × {kind_words(kind)}" if several else members[0].name,
                subtitle=kind if several else kind_words(addresses[0]),
                label=f"{len(members)} blocks of type {kind}" if several else addresses[0],
                side=side,
                category=category,
                members=addresses,
                findings=(sum(c[0] for c in counts), sum(c[1] for c in counts), sum(c[2] for c in counts)),
            )
        )
    if any(OUTPUTS in port.consumers for port in report.ports):
        key_of[OUTPUTS] = "outputs"
        count = len({c for output in report.outputs for c in output.consumers if c.startswith("output.")})
        items.append(
            Item(
                key="outputs", href="interface", title=f"{count} output block{'' if count == 1 else 's'}",
                subtitle="of the service root",
                label=f"{count} output blocks of the service root that read central blocks", side=LOCAL,
                category="outputs", members=(), findings=(0, 0, 0),
            )
        )  # fmt: skip
    return key_of, tuple(items)


def _category(block: Block) -> str:
    return block.category if block.category in CATEGORIES else "other"


def _node(item: Item) -> Node:
    kind = item.members[0].split(".")[0] if item.members else ""
    rank = _RANKS.get(kind, 1) if item.category == "load_balancing" else None
    return Node(key=item.key, side=item.side, lane=item.category, rank=rank)


def _crossings(report: Report, key_of: Mapping[str, str], *, together: bool) -> tuple[Crossing, ...]:
    groups: dict[tuple[object, ...], list[tuple[str, tuple[str, ...], tuple[str, ...], bool]]] = {}
    for port in report.ports:
        consumers = tuple(sorted({key_of[one] for one in port.consumers if one in key_of}))
        producers = tuple(sorted({key_of[one] for one in port.producers if one in key_of}))
        left, right = (producers, consumers) if port.pinned else (consumers, producers)
        group = (port.pinned, right) if together and right else (port.pinned, port.name)
        groups.setdefault(group, []).append((port.name, left, right, port.pinned))
    crossings: list[Crossing] = []
    for number, members in enumerate(groups.values()):
        name, _, right, pinned = members[0]
        noun = "pinned input" if pinned else "output"
        several = len(members) > 1
        crossings.append(
            Crossing(
                key=f"{'q' if together else 'p'}{number}",
                href="interface" if several else f"{'v' if pinned else 'o'}-{name}",
                title=f"{len(members)} {noun}s" if several else name,
                label=f"{len(members)} {noun}s" if several else f"{noun} {name}",
                pinned=pinned,
                left=tuple(sorted({key for member in members for key in member[1]})),
                right=right,
            )
        )
    return tuple(crossings)


def _findings(report: Report) -> dict[str, tuple[int, int, int]]:
    found: dict[str, list[int]] = {}
    for finding in report.findings:
        for address in finding.blocks():
            if finding.severity in _SEVERITIES:
                found.setdefault(address, [0, 0, 0])[_SEVERITIES.index(finding.severity)] += 1
    return {address: (counts[0], counts[1], counts[2]) for address, counts in found.items()}
