"""Load balancers and listeners of another root, as far as lookups (data sources) name them."""

from __future__ import annotations

from tfhoist.audit.scopes import BlockInstance, Evaluation
from tfhoist.inventory import real_name

_BALANCERS, _LISTENERS = ("aws_lb", "aws_alb"), ("aws_lb_listener", "aws_alb_listener")


def lookups(evaluation: Evaluation) -> dict[str, tuple[str, str]]:
    """What an argument that reads a lookup points at, to the load balancer's real name and the listener's port.

    The port is "" for a load balancer; a name that isn't known is left out. Keys are as `BlockInstance.target` has them.
    """
    balancers: dict[str, str] = {}
    listeners: list[tuple[str, BlockInstance]] = []
    for instance in evaluation.instances:
        if instance.declaration.kind == "data":
            if instance.declaration.type in _BALANCERS:
                balancers[instance.address] = instance.text("name") or ""
            elif instance.declaration.type in _LISTENERS:
                listeners.append((instance.address, instance))
    names = {one.address: real_name(one) or "" for one in evaluation.of(*_BALANCERS)} | balancers
    found = {key: (name, "") for address, name in balancers.items() if name for key in _keys(address)}
    for address, instance in listeners:
        owner = (
            (instance.points_at("load_balancer_arn") or "").removeprefix(":").removesuffix(".arn").removesuffix(".id")
        )
        name, port = names.get(owner, ""), instance.text("port") or ""
        if name and port and not name.endswith("*"):
            found.update(dict.fromkeys(_keys(address), (name, port)))
    return found


def _keys(address: str) -> list[str]:
    """How a read of a lookup is written where it isn't known: the module's path, a colon, and the expression."""
    parts = address.rpartition("data.")
    path = parts[0].removesuffix(".")
    return [address, *(f"{path}:data.{parts[2]}.{name}" for name in ("arn", "id"))]
