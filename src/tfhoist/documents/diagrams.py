"""Diagrams as Mermaid flowcharts, which GitHub draws: who owns what afterwards, and the way of a request.

Source of the syntax: Mermaid's documentation, "Flowcharts - Basic Syntax" (labels in quotes, special characters as `#35;`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tfhoist.configuration.model import Module
from tfhoist.documents.markdown import fence, one_line
from tfhoist.documents.texts import number
from tfhoist.documents.views import EnvironmentView, Views
from tfhoist.inventory import CATEGORIES, category_of

_PLAIN = re.compile(r"[A-Za-z0-9 ._,:/()-]")
LONGEST = 60
"""Characters of a label; the rest of a longer name is left out."""
MOST_ARROWS = 60
"""A picture with more arrows is no help to anybody, and isn't drawn."""
OUTPUTS = "service_outputs"


def label(text: str) -> str:
    """A text in the quotes of a label: every character that isn't plain as its number."""
    flat = one_line(text)
    shown = flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 3]}..."
    return '"' + "".join(character if _PLAIN.match(character) else f"#{ord(character)};" for character in shown) + '"'


def ownership(views: Views) -> str:
    """Both roots with their blocks by category, and what crosses between them, as a fenced diagram.

    What stays and has nothing to do with the other side is one box.
    """
    context = views.context
    module = context.module
    reads = Counter(
        (_box(module, "service", one.consumer), _box(module, "central", one.producer))
        for one in context.boundary.downlinks
    )
    pins = Counter(
        (_box(module, "central", one.consumer), _box(module, "service", one.producer))
        for one in context.boundary.uplinks
    )
    crossing = {box for pair in (*reads, *pins) for box in pair}
    lines = ["flowchart LR", f"  subgraph service[{label(f'{context.service}: its own root')}]"]
    counts = Counter(_box(module, "service", address) for address in context.stays)
    rest = sum(count for box, count in counts.items() if box not in crossing)
    lines += _boxes("service", {box: count for box, count in counts.items() if box in crossing})
    if OUTPUTS in crossing:
        lines.append(f"    {OUTPUTS}[{label('Its outputs, locals and providers')}]")
    if rest:
        lines.append(f"    service_rest[{label(f'Nothing that crosses: {rest}')}]")
    lines += ["  end", f"  subgraph central[{label(f'{context.repository}: {context.module_folder}')}]"]
    lines += _boxes("central", Counter(_box(module, "central", address) for address in context.moved))
    lines.append("  end")
    lines += [_crossing(start, "-->", number(count, "read"), end) for (start, end), count in sorted(reads.items())]
    lines += [
        _crossing(start, "-.->", number(count, "pinned value"), end) for (start, end), count in sorted(pins.items())
    ]
    return fence("\n".join(lines), "mermaid")


def _boxes(side: str, counts: Mapping[str, int]) -> list[str]:
    found = ((f"{side}_{category}", title) for category, title in CATEGORIES.items())
    return [f"    {box}[{label(f'{title}: {counts[box]}')}]" for box, title in found if counts.get(box)]


def _crossing(start: str, arrow: str, text: str, end: str) -> str:
    return f"  {start} {arrow}|{label(text)}| {end}"


def _box(module: Module, side: str, address: str) -> str:
    """The box of a block: its side and category. Locals, providers and checks stand with the root's outputs."""
    declaration = module.get(address)
    if declaration is None or declaration.kind not in ("resource", "data", "module"):
        return OUTPUTS
    child = module.children.get(declaration.name) if declaration.kind == "module" else None
    return f"{side}_{category_of(declaration, child)}"


def requests(view: EnvironmentView) -> str:
    """How requests go in one environment, as a fenced diagram: record, load balancer, listener, target group, what registers there.

    "" without a listener, or with too many arrows for a picture.
    """
    routes = view.routes
    if not routes.listeners:
        return ""
    boxes: dict[str, str] = {}
    arrows: dict[tuple[str, str], list[str]] = {}

    def box(address: str, text: str) -> str:
        boxes.setdefault(address, text)
        return address

    def arrow(start: str, end: str, text: str = "") -> None:
        arrows.setdefault((start, end), []).extend([text] if text else [])

    def balancer(address: str) -> str:
        known = routes.load_balancer(address)
        return box(address, known.name if known is not None and known.name else address)

    for record in routes.records:
        if record.alias and record.name:
            arrow(box(record.address, record.name), balancer(record.alias))
    for listener in routes.listeners:
        here = box(listener.address, f"{listener.protocol} {listener.port}".strip() or listener.address)
        if listener.load_balancer:
            arrow(balancer(listener.load_balancer), here)
        for address in listener.default.targets:
            arrow(here, box(address, _group(view, address)), "default")
        for rule in routes.rules_of(listener):
            for address in rule.action.targets:
                arrow(here, box(address, _group(view, address)), str(rule.priority) if rule.priority else "rule")
    for downlink in view.context.boundary.downlinks:
        if downlink.producer in boxes and downlink.producer in routes.target_groups and "service" in downlink.consumer:
            arrow(downlink.producer, box(downlink.consumer, downlink.consumer))
    if len(arrows) > MOST_ARROWS:
        return ""
    ids = {address: f"n{place}" for place, address in enumerate(boxes)}
    lines = ["flowchart LR", *(f"  {ids[address]}[{label(text)}]" for address, text in boxes.items())]
    for (start, end), texts in arrows.items():
        said = f"|{label(_priorities(texts))}|" if texts else ""
        lines.append(f"  {ids[start]} -->{said} {ids[end]}")
    return fence("\n".join(lines), "mermaid")


def _group(view: EnvironmentView, address: str) -> str:
    group = view.routes.target_groups.get(address)
    return group.name if group is not None and group.name else address


def _priorities(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))
