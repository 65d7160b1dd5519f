"""Who answers which request is as it was: the routing tables before and after, compared request by request."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tfhoist.audit.scopes import Evaluation
from tfhoist.proof.model import FAILS, HOLDS, Obligation
from tfhoist.proof.sides import Opened, Roots
from tfhoist.routing.read import read_table
from tfhoist.routing.table import Table, ordered
from tfhoist.routing.tables import compare_tables


def check_routing(roots: Roots, opened: Opened, notes: set[str]) -> Iterator[Obligation]:
    """One obligation for the listeners of an environment, where there are any.

    That each listener and rule is there with its arguments is proved block by block; here it's asked what they come to together.
    What this alone can't tell is a note.
    """
    before = read_table(Evaluation(roots.before, opened.before.environment))
    if not before.listeners or opened.shared is None:
        return
    central = read_table(Evaluation(roots.central[opened.name].after, opened.central.environment))
    service = read_table(Evaluation(roots.service, opened.service.environment))
    result = compare_tables(before, _together(service, central, f"module.{opened.central.label}."))
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


def _together(service: Table, central: Table, prefix: str) -> Table:
    """The table of the service root, and what the shared module adds to it."""
    moved = [one for one in central.listeners if one.address.startswith(prefix)]
    return msgspec.structs.replace(
        service,
        load_balancers=(*service.load_balancers, *central.load_balancers),
        listeners=ordered((*service.listeners, *moved)),
        target_groups=(*service.target_groups, *central.target_groups),
    )
