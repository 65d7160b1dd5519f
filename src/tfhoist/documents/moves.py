"""Which addresses move in which environment, and in which order `terraform state mv` takes them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

import msgspec

from tfhoist.addresses import split_address
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Module
from tfhoist.documents.names import environment_scope, instances
from tfhoist.graph import Graph


class EnvironmentMoves(msgspec.Struct, frozen=True):
    """The moves of one environment.

    `absent` are the addresses without an instance there, `unsure` those whose `count` or `for_each` isn't known. `instances`
    is how many managed instances move, None when no state tells. `repeated` are the module calls with `count` or `for_each` among
    the addresses: `terraform state mv` takes a resource with all its instances, but a module's one by one (1.11.4).
    """

    addresses: tuple[str, ...]
    absent: tuple[str, ...]
    unsure: tuple[str, ...]
    instances: int | None
    repeated: tuple[str, ...] = ()


def move_order(module: Module, moved: Iterable[str]) -> tuple[str, ...]:
    """The addresses with readers before what they read.

    `terraform state mv` between two files empties the `dependencies` of what it moves when these aren't at the destination
    under their old names, and leaves dangling names when they were moved before. Empty is the better of the two: the next
    apply fills them in. Tried with Terraform 1.11.4.
    """
    graph = Graph(module)
    wanted = set(moved)
    reads = {address: {edge.producer for edge in graph.readings(address)} & wanted for address in wanted}
    waiting = dict.fromkeys(wanted, 0)
    for address, producers in reads.items():
        producers.discard(address)
    for producers in reads.values():
        for producer in producers:
            waiting[producer] += 1
    ready = [(_rank(address), address) for address, number in waiting.items() if number == 0]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        _, address = heapq.heappop(ready)
        order.append(address)
        for producer in reads[address]:
            waiting[producer] -= 1
            if waiting[producer] == 0:
                heapq.heappush(ready, (_rank(producer), producer))
    return (*order, *sorted(wanted - set(order)))


def _rank(address: str) -> tuple[int, str]:
    """Resources before modules, one type after the other."""
    kind = address.split(".")[0]
    return (1 if kind == "module" else 0, kind)


def environment_moves(
    module: Module, environment: Environment, order: tuple[str, ...], state_instances: tuple[str, ...] | None
) -> EnvironmentMoves:
    """What moves in one environment: by its state when that is known, else by `count` and `for_each`."""
    if state_instances is not None:
        present = {block_of(instance) for instance in state_instances}
        there = tuple(address for address in order if address in present)
        count = sum(block_of(instance) in set(there) for instance in state_instances)
        absent_ = tuple(address for address in order if address not in present)
        return EnvironmentMoves(there, absent_, (), count, _repeated(module, there))
    scope = environment_scope(module, environment)
    absent: list[str] = []
    unsure: list[str] = []
    for address in order:
        declaration = module.get(address)
        found = instances(declaration, scope) if declaration is not None else None
        if found is None:
            unsure.append(address)
        elif not found:
            absent.append(address)
    there = tuple(address for address in order if address not in absent)
    return EnvironmentMoves(there, tuple(absent), tuple(unsure), None, _repeated(module, there))


def _repeated(module: Module, addresses: tuple[str, ...]) -> tuple[str, ...]:
    calls = ((address, module.get(address)) for address in addresses if address.startswith("module."))
    return tuple(
        address
        for address, call in calls
        if call is not None and any(call.body.attribute(name) is not None for name in ("count", "for_each"))
    )


def block_of(instance: str) -> str:
    """The block of the root module that an instance belongs to: `aws_lb.main`, or `module.vpc` for all inside it."""
    path, rest = split_address(instance)
    if path:
        first = path.split(".")[1]
        return f"module.{first.split('[')[0]}"
    return _without_key(rest)


def _without_key(address: str) -> str:
    return address.split("[", 1)[0]


def presence(moves: Mapping[str, EnvironmentMoves], address: str) -> tuple[str, ...]:
    """The environments in which an address has an instance."""
    return tuple(name for name, one in moves.items() if address in one.addresses)
