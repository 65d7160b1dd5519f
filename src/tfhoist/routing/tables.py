"""Two routing tables: are they equal, request by request? Listeners are matched by load balancer and port."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tfhoist.routing.compare import Comparison, Difference, compare
from tfhoist.routing.model import Action, Listener
from tfhoist.routing.table import Table

Renamed = Mapping[str, str]


class ListenerDifference(msgspec.Struct, frozen=True):
    """A listener that only one of two tables has, or that answers otherwise: `difference` is null for the former."""

    load_balancer: str
    port: str
    before: str | None
    after: str | None
    difference: Difference | None = None


class TableComparison(msgspec.Struct, frozen=True):
    """`equal` is null when nobody can tell; `undecided` says why. `listeners` is how many were compared."""

    equal: bool | None
    differences: tuple[ListenerDifference, ...] = ()
    undecided: tuple[str, ...] = ()
    listeners: int = 0


def compare_tables(before: Table, after: Table) -> TableComparison:
    """Where two tables answer differently, listener by listener.

    A thing is known by its real name, and by its address inside its module where that isn't known: what moves into a module
    stays what it was.
    """
    one, other = _keyed(before), _keyed(after)
    differences: list[ListenerDifference] = []
    undecided: list[str] = []
    for key in sorted(one.keys() ^ other.keys()):
        if not key[1]:  # rules on a listener of another root: which one of the other table it is nobody can tell
            found = (one.get(key) or other[key])[0]
            return TableComparison(None, (), (f"which listener {found.address} is isn't known",), len(one))
    for key in sorted(one.keys() | other.keys()):
        balancer, port = key
        mine, theirs = one.get(key, []), other.get(key, [])
        if len(mine) > 1 or len(theirs) > 1:
            if len(mine) == len(theirs) and _same_sets(mine, theirs):
                continue  # which of the two there is nobody knows, before and after alike
            undecided.append(f"{balancer} has several listeners on port {port or '?'}")
            continue
        if not mine or not theirs:
            differences.append(
                ListenerDifference(
                    balancer, port, mine[0].address if mine else None, theirs[0].address if theirs else None
                )
            )
            continue
        result: Comparison = compare(mine[0], theirs[0])
        undecided += result.undecided
        differences += [
            ListenerDifference(balancer, port, mine[0].address, theirs[0].address, difference)
            for difference in result.differences
        ]
        if mine[0].protocol != theirs[0].protocol:
            differences.append(ListenerDifference(balancer, port, mine[0].address, theirs[0].address))
    equal = False if differences else None if undecided else True
    return TableComparison(equal, tuple(differences), tuple(dict.fromkeys(undecided)), len(one))


def _same_sets(mine: list[Listener], theirs: list[Listener]) -> bool:
    left = list(theirs)
    for listener in mine:
        match = next((one for one in left if compare(listener, one).equal), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _keyed(table: Table) -> dict[tuple[str, str], list[Listener]]:
    names = {one.address: one.name for one in table.load_balancers}
    names |= {one.address: one.name for one in table.target_groups}
    found: dict[tuple[str, str], list[Listener]] = {}
    for listener in table.listeners:
        if not listener.port and listener.default.unknown:
            found.setdefault((_identity(listener.address, names), ""), []).append(_plain(listener, names))
            continue
        balancer = _identity(listener.load_balancer or listener.address, names)
        found.setdefault((balancer, listener.port), []).append(_plain(listener, names))
    return found


def _plain(listener: Listener, names: Renamed) -> Listener:
    """The listener with identities in place of addresses."""
    return msgspec.structs.replace(
        listener,
        default=_action(listener.default, names),
        rules=tuple(msgspec.structs.replace(rule, action=_action(rule.action, names)) for rule in listener.rules),
    )


def _action(action: Action, names: Renamed) -> Action:
    targets = tuple(
        msgspec.structs.replace(target, address=_identity(target.address, names)) for target in action.targets
    )
    elsewhere = next((target.address for target in targets if target.address.startswith(":")), None)
    unknown = action.unknown or (f"what {elsewhere[1:]} is isn't known" if elsewhere is not None else "")
    return msgspec.structs.replace(action, targets=targets, unknown=unknown)


def _identity(address: str, names: Renamed) -> str:
    name = names.get(address, "")
    if name and not name.endswith("*"):
        return name
    if address.startswith("arn:"):  # arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID
        kind, *path = address.rpartition(":")[2].split("/")
        if kind in ("targetgroup", "loadbalancer") and len(path) > 1:
            return path[-2]
    parts = address.split(".")
    while len(parts) > 2 and parts[0] == "module":
        parts = parts[2:]
    return ".".join(parts)
