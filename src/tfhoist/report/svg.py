"""A drawing as SVG: shapes and words beside colours, links for the keyboard and for readers without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from tfhoist.inventory import CATEGORIES
from tfhoist.report.drawn import Crossing, Item, Line
from tfhoist.report.layout import PORT_HEIGHT, Box, Drawing
from tfhoist.report.model import CENTRAL, LOCAL

MARGIN = 24
_LANES = {"outputs": "Outputs"}
_WORDS = ("error", "warning", "note")
_SIDES = {CENTRAL: "moves to the central side", LOCAL: "stays in the service root"}


def render(
    name: str,
    drawing: Drawing,
    items: Sequence[Item],
    crossings: Sequence[Crossing],
    lines: Sequence[Line],
    titles: Mapping[str, str],
) -> str:
    """The SVG element; what the script needs stands in `data-` attributes."""
    box = f"{-MARGIN} {-MARGIN} {drawing.width + 2 * MARGIN} {drawing.height + 2 * MARGIN}"
    parts = [
        f'<svg class="pic" id="pic-{name}" viewBox="{box}" role="group" aria-label="Reference graph with the cut" '
        f'data-w="{drawing.width}" data-h="{drawing.height}" data-cut="{drawing.cut}"><g class="world">'
    ]
    for side, room in drawing.rooms.items():
        parts.append(
            f'<g class="room {side}"><rect {_rect(room)} rx="{14 if side == CENTRAL else 2}"/>'
            f'<text class="rt" x="{room.x + 20}" y="29">{_text(titles[side])}</text></g>'
        )
    for lane in drawing.lanes:
        title = _LANES.get(lane.name) or CATEGORIES.get(lane.name, lane.name)
        parts.append(
            f'<g class="lane {lane.side}"><rect {_rect(lane.box)} rx="6"/>'
            f'<text class="lt" x="{lane.box.x + 12}" y="{lane.box.y + 18}">{_text(title)}</text></g>'
        )
    cut = drawing.cut
    parts.append(
        f'<g class="cut"><path d="M{cut} {-MARGIN // 2}V{drawing.height + MARGIN // 2}"/>'
        f'<text x="{cut}" y="29">the cut</text></g><g class="lines" aria-hidden="true">'
    )
    parts += [_line(line, drawing) for line in lines]
    for crossing in crossings:
        parts += _fans(crossing, drawing)
    parts.append("</g>")
    parts += [_port(crossing, drawing.gates[crossing.key]) for crossing in crossings]
    parts += [_item(item, drawing.nodes[item.key]) for item in items]
    parts.append("</g></svg>")
    return "".join(parts)


def _text(text: str) -> str:
    return escape(text, quote=True)


def _rect(box: Box) -> str:
    return f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'


def _short(text: str, most: int) -> str:
    """The text, its middle left out where it's too long for its box."""
    if len(text) <= most:
        return text
    tail = most // 2 - 1
    return f"{text[: most - tail - 1]}…{text[-tail:]}"


def _fit(text: str, fits: int, box: Box) -> str:
    """A long text is squeezed into its box rather than cut: names that differ at the end or in the middle stay apart."""
    return f' textLength="{box.width - 24}" lengthAdjust="spacingAndGlyphs"' if len(text) > fits else ""


def _line(line: Line, drawing: Drawing) -> str:
    a, b = drawing.nodes[line.consumer], drawing.nodes[line.producer]
    return f'<path class="e {line.kind}" data-a="{line.consumer}" data-b="{line.producer}" d="{_curve(a, b)}"/>'


def _curve(a: Box, b: Box) -> str:
    """From the reader to what it reads: out of the sides that face each other, or around in one column."""
    ay, by = a.y + a.height // 2, b.y + b.height // 2
    if abs(a.x - b.x) < 8:
        x = a.x + a.width
        bend = x + 22 + min(abs(ay - by) // 16, 14)
        return f"M{x} {ay}C{bend} {ay} {bend} {by} {x} {by}"
    ax, bx = (a.x, b.x + b.width) if a.x > b.x else (a.x + a.width, b.x)
    return _bend(ax, ay, bx, by)


def _bend(ax: int, ay: int, bx: int, by: int) -> str:
    half = max(abs(bx - ax) // 2, 20)
    sign = 1 if bx >= ax else -1
    return f"M{ax} {ay}C{ax + sign * half} {ay} {bx - sign * half} {by} {bx} {by}"


def _fans(crossing: Crossing, drawing: Drawing) -> list[str]:
    """The links of a port: to who reads it, and to what it's read from."""
    gate = drawing.gates[crossing.key]
    y = gate.y + gate.height // 2
    kind = "up" if crossing.pinned else "down"
    found: list[str] = []
    for key in crossing.left:
        node = drawing.nodes[key]
        d = _bend(node.x + node.width, node.y + node.height // 2, gate.x, y)
        found.append(f'<path class="e {kind} l" data-a="{key}" data-b="{crossing.key}" d="{d}"/>')
    for key in crossing.right:
        node = drawing.nodes[key]
        d = _bend(gate.x + gate.width, y, node.x, node.y + node.height // 2)
        found.append(f'<path class="e {kind} r" data-a="{crossing.key}" data-b="{key}" d="{d}"/>')
    return found


def _port(crossing: Crossing, box: Box) -> str:
    x, y, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    middle, tip = y + PORT_HEIGHT // 2, 9
    if crossing.pinned:  # values go to the right
        shape = f"M{x} {y}H{right - tip}L{right} {middle}L{right - tip} {bottom}H{x}L{x + tip} {middle}Z"
    else:  # values go to the left
        shape = f"M{right} {y}H{x + tip}L{x} {middle}L{x + tip} {bottom}H{right}Z"
    kind = "up" if crossing.pinned else "down"
    title = _short(crossing.title, 40)
    name = f"{title}, {crossing.label}" if title not in crossing.label else crossing.label
    return (
        f'<a class="port {kind}" href="#{_text(crossing.href)}" data-k="{crossing.key}" '
        f'aria-label="{_text(name)}"><title>{_text(crossing.title)}</title><path d="{shape}"/>'
        f'<text x="{box.x + box.width // 2}" y="{middle + 4}"{_fit(title, 25, box)}>{_text(title)}</text></a>'
    )


def _item(item: Item, box: Box) -> str:
    worst = next((number for number in range(3) if item.findings[number]), None)
    said = [f"{count} {_WORDS[n]}{'' if count == 1 else 's'}" for n, count in enumerate(item.findings) if count]
    found = " ".join(_WORDS[n] for n in range(3) if item.findings[n])
    several = " many" if len(item.members) > 1 or not item.members else ""
    badge = _badge(worst, item.findings[worst], box) if worst is not None else ""
    stack = (
        f'<rect class="stack" x="{box.x + 4}" y="{box.y + 4}" width="{box.width}" height="{box.height}"/>'
        if several
        else ""
    )
    title, subtitle = _short(item.title, 32), _short(item.subtitle, 34)
    name = ", ".join([title, subtitle, *said, item.label, _SIDES[item.side]])
    bar = f'<rect class="bar" x="{box.x}" y="{box.y}" width="5" height="{box.height}"/>' if item.side == LOCAL else ""
    radius = 12 if item.side == CENTRAL else 0
    return (
        f'<a class="node {item.side}{several}" href="#{_text(item.href)}" data-k="{item.key}" data-c="{item.category}" '
        f'data-f="{found}" aria-label="{_text(name)}">'
        f"<title>{_text(item.label)}</title>{stack}"
        f'<rect {_rect(box)} rx="{radius}"/>{bar}'
        f'<text class="t" x="{box.x + 14}" y="{box.y + 18}"{_fit(title, 19, box)}>{_text(title)}</text> '
        f'<text class="s" x="{box.x + 14}" y="{box.y + 32}"{_fit(subtitle, 23, box)}>{_text(subtitle)}</text> {badge}</a>'
    )


def _badge(severity: int, count: int, box: Box) -> str:
    """Error: a triangle; warning: a diamond; note: a circle. The number of them stands in it."""
    x, y = box.x + box.width - 6, box.y + 4
    shapes = (
        f'<path d="M{x} {y - 10}L{x + 12} {y + 9}H{x - 12}Z"/>',
        f'<path d="M{x} {y - 11}L{x + 11} {y}L{x} {y + 11}L{x - 11} {y}Z"/>',
        f'<circle cx="{x}" cy="{y}" r="9"/>',
    )
    return (
        f'<g class="badge {_WORDS[severity]}" aria-hidden="true">{shapes[severity]}'
        f'<text x="{x}" y="{y + (6 if severity == 0 else 4)}">{count}</text></g>'
    )
