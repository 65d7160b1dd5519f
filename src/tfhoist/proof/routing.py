"""Who answers which request is as it was: the routing tables before and after, compared request by request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from tfhoist.audit.scopes import Evaluation
from tfhoist.proof.identities import Identities, IdentityInstance
from tfhoist.proof.model import FAILS, HOLDS, Obligation
from tfhoist.proof.sides import Opened, Roots
from tfhoist.routing.model import Rule, by_priority
from tfhoist.routing.read import LISTENER_RULES, read_table
from tfhoist.routing.table import Table, TargetGroup, ordered
from tfhoist.routing.tables import compare_tables


def check_routing(roots: Roots, opened: Opened, notes: set[str]) -> Iterator[Obligation]:
    """One obligation for the listeners of an environment, where there are any.

    That each listener and rule is there with its arguments is proved block by block; here it's asked what they come to together.
    What this alone can't tell is a note.
    """
    before = read_table(Evaluation(roots.before, opened.before.environment))
    if not before.listeners or opened.shared is None:
        return
    shared = Evaluation(roots.central[opened.name].after, opened.central.environment)
    central = read_table(shared)
    service = read_table(Evaluation(roots.service, opened.service.environment))
    identities = roots.subject.identities.get(opened.name)
    prefix = f"module.{opened.central.label}."
    attached = _attached(shared, service, identities)
    alone = [
        rule.address
        for listener in central.listeners
        for rule in listener.rules
        if rule.address.startswith(prefix) and not listener.address.startswith(prefix) and rule.address not in attached
    ]
    if alone:
        notes.add(
            f"{opened.name}: whether every request is answered as before can't be told from the routing table alone: "
            f"the listener of {', '.join(alone[:3])} stays, and which one it is isn't known"
        )
        return
    result = compare_tables(before, _together(service, central, prefix, _captured(service, identities), attached))
    address = "the listeners"
    shown = next((one for one in result.differences if one.difference is not None), None)
    if result.equal:
        yield Obligation("routing", address, opened.name, HOLDS)
    elif shown is not None and shown.difference is not None:
        witness, first, second = shown.difference.witness, shown.difference.before, shown.difference.after
        detail = f"{witness.text()} on {shown.load_balancer}: {first.text()} before, {second.text()} after"
        yield Obligation("routing", address, opened.name, FAILS, detail)
    else:
        why = "; ".join(result.undecided[:3]) or "a listener isn't found on both sides"
        notes.add(
            f"{opened.name}: whether every request is answered as before can't be told from the routing table alone: {why}"
        )


def _captured(service: Table, identities: Identities | None) -> tuple[TargetGroup, ...]:
    """The target groups that stay, by the ARN that the state gives them (it's their id too): what moved may name them by it.

    One that has no name in the files is known by its address.
    """
    known = {one.address: one.address if one.name.endswith("*") else one.name for one in service.target_groups}
    return tuple(
        TargetGroup(text, known[address] or address)
        for instance in (identities.instances if identities is not None else ())
        if (address := _address(instance)) in known
        for text in {instance.identities.get("arn"), instance.identities.get("id")}
        if isinstance(text, str)
    )


def _attached(shared: Evaluation, service: Table, identities: Identities | None) -> dict[str, str]:
    """The moved rules whose listener stays, by address: the listener that has the ARN which they were given."""
    staying = {listener.address for listener in service.listeners}
    named = {
        instance.identities.get("arn"): _address(instance)
        for instance in (identities.instances if identities is not None else ())
        if _address(instance) in staying
    }
    given = {instance.address: instance.text("listener_arn") for instance in shared.of(*LISTENER_RULES)}
    return {rule: named[arn] for rule, arn in given.items() if arn is not None and arn in named}


def _address(instance: IdentityInstance) -> str:
    own = f"{instance.module}.{instance.type}.{instance.name}".lstrip(".")
    key = instance.index_key
    return own if key is None else f"{own}[{key}]" if isinstance(key, int) else f'{own}["{key}"]'


def _together(
    service: Table, central: Table, prefix: str, captured: tuple[TargetGroup, ...], attached: Mapping[str, str]
) -> Table:
    """The table of the service root, and what the shared module adds to it."""
    moved = [one for one in central.listeners if one.address.startswith(prefix)]
    added: dict[str, list[Rule]] = {}
    for rule in (rule for listener in central.listeners for rule in listener.rules):
        if rule.address in attached:
            added.setdefault(attached[rule.address], []).append(rule)
    staying = [
        msgspec.structs.replace(one, rules=by_priority([*one.rules, *added.get(one.address, ())]))
        for one in service.listeners
    ]
    return msgspec.structs.replace(
        service,
        load_balancers=(*service.load_balancers, *central.load_balancers),
        listeners=ordered((*staying, *moved)),
        target_groups=(*service.target_groups, *central.target_groups, *captured),
    )
