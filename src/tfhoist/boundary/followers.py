"""Locals, data sources, ephemeral resources and variables have no side of their own: they follow who reads them."""

from __future__ import annotations

from tfhoist.boundary.model import Followers
from tfhoist.graph import FOLLOWERS, Graph
from tfhoist.placement.model import Placement, Side


def followers_of(graph: Graph, placement: Placement) -> Followers:
    """Which side reads each local, data source and variable; what nobody reads stays."""
    central = {address for address, placed in placement.items() if placed.side is Side.CENTRAL}
    for_central = graph.closure(central)
    followers = (*FOLLOWERS, "var.")
    stays: list[str] = []
    for declaration in graph.module.declarations:
        address = declaration.address or declaration.kind
        if address not in central and not address.startswith(followers):
            stays.append(address)
    for_local = graph.closure(stays)
    # what nobody reads stays where it is, so what it reads has to stay with it
    unread = [
        declaration.address
        for declaration in graph.module.of("local", "data", "ephemeral")
        if declaration.address not in for_central and declaration.address not in for_local
    ]
    for_local |= graph.closure(unread)
    sides: dict[str, str] = {}
    for declaration in graph.module.of("local", "data", "ephemeral", "variable"):
        address = declaration.address
        if address in for_central:
            sides[address] = "both" if address in for_local else "central"
        else:
            sides[address] = "local"
    return Followers(dict(sorted(sides.items())))
