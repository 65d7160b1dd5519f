"""A layered drawing of two rooms with a cut between them.

Sugiyama's way (layers, fewer crossings by barycentres, then coordinates), with what no layout library that we found lets one
say: the side and the lane of a node are given, load balancers, listeners, rules and target groups have layers of their own in
reading order, a long layer folds, and what crosses the cut goes through ports that stand on it. Everything is sorted and
all coordinates are whole numbers: the same model gives the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

WIDTH, HEIGHT = 184, 40
GAP_X, GAP_Y = 44, 10
LANE_TITLE, LANE_PAD, LANE_GAP = 26, 14, 14
PORT_WIDTH, PORT_HEIGHT, PORT_GAP = 204, 24, 6
CUT_MARGIN = 72
"""Between a room and the ports on the cut: where the links fan out."""
ROOM_PAD, ROOM_TITLE = 16, 44
SWEEPS = 12
FOLDS = (8, 10, 12, 15, 18, 22, 26, 32, 40)
"""How long a column may be before it folds: the lengths that are tried."""
WIDER = 4
"""A room may have up to one column fewer than this beyond its widest lane, so that lanes stand side by side."""
ASPECT = 1.9
"""Width by height that a drawing is folded towards: a screen's, less what stands above the picture."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What is laid out: `lane` groups nodes of one side, `rank` fixes a layer (None: by who reads whom)."""

    key: str
    side: str
    lane: str
    rank: int | None = None


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A port on the cut with the nodes of both rooms that it joins; `light` ones don't pull it."""

    key: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    light: frozenset[str] = frozenset()


class Box(msgspec.Struct, frozen=True):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int


class Lane(msgspec.Struct, frozen=True):
    """One lane of a room, with its place."""

    side: str
    name: str
    box: Box


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is."""

    width: int
    height: int
    nodes: Mapping[str, Box]
    gates: Mapping[str, Box]
    lanes: tuple[Lane, ...]
    rooms: Mapping[str, Box]
    cut: int


class _Lane:
    """A lane while it's laid out: its columns, each with the keys of its nodes from top to bottom."""

    def __init__(self, side: str, name: str, groups: list[list[list[str]]]) -> None:
        self.side, self.name = side, name
        self.groups = groups
        """The columns of each layer: more than one where it's folded."""
        self.layers = [column for group in groups for column in group]
        self.rows = rows = max(len(column) for column in self.layers)
        self.x = self.y = 0
        self.column = self.columns = 0
        self.band = 0
        self.least = self.height = LANE_TITLE + 2 * LANE_PAD + rows * HEIGHT + (rows - 1) * GAP_Y


def lay_out(
    nodes: Sequence[Node], edges: Iterable[tuple[str, str]], gates: Sequence[Gate], sides: tuple[str, str]
) -> Drawing:
    """The drawing of some nodes: `sides` are the left room and the right one, `edges` pairs of reader and read."""
    known = {node.key for node in nodes}
    pairs = sorted({(a, b) for a, b in edges if a in known and b in known and a != b})
    folded = _folded(nodes, pairs, sides, len(gates) * (PORT_HEIGHT + PORT_GAP))
    lanes = {side: folded[side][0] for side in sides}
    columns = {side: folded[side][1] for side in sides}
    left_width = _room_width(columns[sides[0]])
    cut = left_width + CUT_MARGIN + PORT_WIDTH // 2
    right_x = left_width + 2 * CUT_MARGIN + PORT_WIDTH
    heights = {side: _stack(lanes[side], columns[side]) for side in sides}
    ports_height = len(gates) * (PORT_HEIGHT + PORT_GAP) + ROOM_TITLE
    height = max(*heights.values(), ports_height)
    for side, start in zip(sides, (0, right_x), strict=True):
        for lane in lanes[side]:
            lane.x = start + ROOM_PAD + LANE_PAD + lane.column * (WIDTH + GAP_X)
        _spread(lanes[side], height - heights[side])
    joined: dict[str, list[str]] = {}
    for a, b in pairs:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)
    for gate in gates:
        for key in (*gate.left, *gate.right):
            joined.setdefault(key, []).append(f"\0{gate.key}")
    places, ports = _ordered([*lanes[sides[0]], *lanes[sides[1]]], joined, gates, cut, height)
    rooms = {
        sides[0]: Box(0, 0, left_width, height),
        sides[1]: Box(right_x, 0, _room_width(columns[sides[1]]), height),
    }
    shown = [
        Lane(
            side, lane.name,
            Box(lane.x - LANE_PAD, lane.y, _columns_width(lane.columns) + 2 * LANE_PAD, lane.height),
        )
        for side in sides
        for lane in lanes[side]
    ]  # fmt: skip
    return Drawing(
        width=right_x + rooms[sides[1]].width, height=height, nodes=places, gates=ports, lanes=tuple(shown),
        rooms=rooms, cut=cut,
    )  # fmt: skip


_Room = tuple[int, int, list[_Lane], int]
"""A room that is tried: its width and height, its lanes, and its columns."""


def _folded(
    nodes: Sequence[Node], pairs: list[tuple[str, str]], sides: tuple[str, str], least: int
) -> dict[str, tuple[list[_Lane], int]]:
    """The lanes of both rooms and the rooms' columns, folded so that the whole can be shown largest on a screen."""
    tried: dict[str, list[_Room]] = {}
    for side in sides:
        names = list(dict.fromkeys(node.lane for node in nodes if node.side == side))
        members = {name: [node for node in nodes if (node.side, node.lane) == (side, name)] for name in names}
        tried[side] = []
        for fold in FOLDS:
            lanes = _refolded([_lane(side, name, members[name], pairs, fold) for name in names], fold)
            columns = max((len(lane.layers) for lane in lanes), default=1)
            for more in range(WIDER):
                tried[side].append((_room_width(columns + more), _stack(lanes, columns + more), lanes, columns + more))
    between = 2 * CUT_MARGIN + PORT_WIDTH

    def size(pair: tuple[_Room, _Room]) -> tuple[float, int]:
        one, other = pair
        width = one[0] + other[0] + between
        return max(width / ASPECT, one[1], other[1], least), width

    best = min(((one, other) for one in tried[sides[0]] for other in tried[sides[1]]), key=size)
    return {side: (room[2], room[3]) for side, room in zip(sides, best, strict=True)}


def _columns_width(columns: int) -> int:
    return columns * WIDTH + (columns - 1) * GAP_X


def _room_width(columns: int) -> int:
    return _columns_width(max(columns, 1)) + 2 * (ROOM_PAD + LANE_PAD)


def _lane(side: str, name: str, nodes: list[Node], pairs: list[tuple[str, str]], fold: int) -> _Lane:
    """The layers of a lane: fixed ranks first, else what is read stands left of its readers."""
    keys = {node.key: node for node in nodes}
    inner = [(a, b) for a, b in pairs if a in keys and b in keys]
    ranks = {node.key: node.rank for node in nodes if node.rank is not None}
    ranks |= _longest_paths([node.key for node in nodes if node.rank is None], inner)
    groups: list[list[list[str]]] = []
    for rank in sorted(set(ranks.values())):
        layer = [node.key for node in nodes if ranks[node.key] == rank]
        groups.append(_columns(layer, -(-len(layer) // fold)))
    return _Lane(side, name, groups)


def _columns(layer: list[str], parts: int) -> list[list[str]]:
    size = -(-len(layer) // parts)
    return [layer[at : at + size] for at in range(0, len(layer), size)]


def _refolded(lanes: list[_Lane], fold: int) -> list[_Lane]:
    """Lanes of one layer use the width that wider lanes of their room give them anyway."""
    widest = max((len(lane.layers) for lane in lanes), default=1)
    wanted = max(widest, 2 if sum(lane.rows for lane in lanes) > 2 * fold else 1)
    found: list[_Lane] = []
    for lane in lanes:
        if len(lane.layers) == 1 and wanted > 1 and lane.rows > 1:
            keys = lane.layers[0]
            lane = _Lane(lane.side, lane.name, [_columns(keys, min(wanted, len(keys)))])
        found.append(lane)
    return found


def _longest_paths(keys: list[str], pairs: list[tuple[str, str]]) -> dict[str, int]:
    """Each key's longest way down to what reads nothing; references in a circle count once."""
    reads: dict[str, list[str]] = {key: [] for key in keys}
    for a, b in pairs:
        if a in reads and b in reads:
            reads[a].append(b)
    ranks: dict[str, int] = {}
    open_: set[str] = set()
    for start in keys:
        pending = [start]
        while pending:
            key = pending[-1]
            if key in ranks:
                pending.pop()
                continue
            open_.add(key)
            missing = [one for one in reads[key] if one not in ranks and one not in open_]
            if missing:
                pending.extend(missing)
                continue
            ranks[key] = max((ranks[one] + 1 for one in reads[key] if one in ranks), default=0)
            open_.discard(key)
            pending.pop()
    return ranks


def _stack(lanes: list[_Lane], columns: int) -> int:
    """Lanes one below the other, narrow ones side by side where they fit; gives the height of the room."""
    bands: list[list[_Lane]] = []
    for lane in lanes:
        wide = len(lane.layers)
        band = next((b for b in bands if sum(len(one.layers) for one in b) + wide <= columns and _alike(b, lane)), None)
        if band is None:
            bands.append(band := [])
        band.append(lane)
    y = ROOM_TITLE
    for number, band in enumerate(bands):
        height = max(lane.least for lane in band)
        column = 0
        for lane in band:
            lane.band, lane.y, lane.height, lane.column, lane.columns = number, y, height, column, len(lane.layers)
            column += lane.columns
        band[-1].columns += columns - column
        y += height + LANE_GAP
    return y - LANE_GAP + ROOM_PAD


def _alike(band: list[_Lane], lane: _Lane) -> bool:
    """Whether a lane is about as high as those of a band, so that none stands half empty."""
    return abs(max(one.rows for one in band) - lane.rows) <= max(2, lane.rows // 2)


def _spread(lanes: list[_Lane], slack: int) -> None:
    """A room that is shorter than the other has its bands spread over the height, up to a point."""
    if not lanes or slack <= 0:
        return
    bands = max(lane.band for lane in lanes) + 1
    step = min(slack // (bands + 1), 60)
    for lane in lanes:
        lane.y += step * (lane.band + 1)


def _ordered(
    lanes: list[_Lane], joined: Mapping[str, list[str]], gates: Sequence[Gate], cut: int, height: int
) -> tuple[dict[str, Box], dict[str, Box]]:
    """Sweeps over all columns and the ports: each is sorted by the mean height of what its members are joined to."""
    middle: dict[str, float] = {}
    for lane in lanes:
        for layer in lane.layers:
            _settle(lane, layer, middle, {})
    order = [gate.key for gate in gates]
    ends = {
        gate.key: [key for key in (*gate.left, *gate.right) if key not in gate.light] or [*gate.left] for gate in gates
    }
    ports = _settle_ports(order, {}, height)
    middle |= {f"\0{key}": y for key, y in ports.items()}
    columns = [(lane, group) for lane in lanes for group in lane.groups]
    for sweep in range(SWEEPS):
        for lane, group in columns if sweep % 2 == 0 else reversed(columns):
            wished = {
                key: _mean([middle[one] for one in joined.get(key, ()) if one in middle])
                for layer in group
                for key in layer
            }
            keys = sorted(
                (key for layer in group for key in layer),
                key=lambda key: (middle[key] if wished[key] is None else wished[key], key),
            )
            if len(group) > 1:  # a folded layer is read column by column
                rows = max(len(layer) for layer in group)
                for number, layer in enumerate(group):
                    layer[:] = keys[number * rows : (number + 1) * rows]
            else:
                group[0][:] = keys
            for layer in group:
                _settle(lane, layer, middle, wished)
        wished = {key: _mean([middle[one] for one in ends[key] if one in middle]) for key in order}
        order.sort(key=lambda key: (wished[key] if wished[key] is not None else height, key))
        ports = _settle_ports(order, wished, height)
        middle |= {f"\0{key}": y for key, y in ports.items()}
    places: dict[str, Box] = {}
    for lane in lanes:
        for number, layer in enumerate(lane.layers):
            x = lane.x + number * (WIDTH + GAP_X)
            for key in layer:
                places[key] = Box(x, round(middle[key] - HEIGHT / 2), WIDTH, HEIGHT)
    boxes = {
        key: Box(cut - PORT_WIDTH // 2, round(y - PORT_HEIGHT / 2), PORT_WIDTH, PORT_HEIGHT) for key, y in ports.items()
    }
    return dict(sorted(places.items())), boxes


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _settle(lane: _Lane, layer: list[str], middle: dict[str, float], wished: Mapping[str, float | None]) -> None:
    """Heights for a column in its order, as near to what each wishes as the others let it."""
    top = lane.y + LANE_TITLE + LANE_PAD + HEIGHT / 2
    bottom = lane.y + lane.height - LANE_PAD - HEIGHT / 2
    wishes = [wished.get(key) for key in layer]
    middle |= dict(zip(layer, _spaced(wishes, HEIGHT + GAP_Y, top, bottom), strict=True))


def _settle_ports(order: list[str], wished: Mapping[str, float | None], height: int) -> dict[str, float]:
    top, bottom = ROOM_TITLE + PORT_HEIGHT, max(height - PORT_HEIGHT, ROOM_TITLE + PORT_HEIGHT)
    wishes = [wished.get(key) for key in order]
    return dict(zip(order, _spaced(wishes, PORT_HEIGHT + PORT_GAP, top, bottom), strict=True))


def _spaced(wishes: list[float | None], step: float, top: float, bottom: float) -> list[float]:
    """Ascending places at least `step` apart between two bounds, nearest to the wishes (pool adjacent violators)."""
    room = max(bottom - top - step * (len(wishes) - 1), 0.0)
    pools: list[list[float]] = []  # sum, count
    for number, wish in enumerate(wishes):
        wanted = (wish - top - step * number) if wish is not None else (pools[-1][0] / pools[-1][1] if pools else 0.0)
        pools.append([wanted, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            last = pools.pop()
            pools[-1][0] += last[0]
            pools[-1][1] += last[1]
    offsets: list[float] = []
    for total, count in pools:
        offsets += [min(max(total / count, 0.0), room)] * int(count)
    return [top + step * number + offset for number, offset in enumerate(offsets)]
