"""What depends on what, for `create_before_destroy`: Terraform gives it to all that such a resource depends on.

Source: Terraform's documentation, "The lifecycle Meta-Argument". A dependency that crosses to the other root carries it
no longer, so a resource that had it only through a reader of the other side has to say so itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.proof.terms import Term


class References:
    """The addresses that terms read, each term looked into once."""

    def __init__(self) -> None:
        self._memo: dict[Term, frozenset[str]] = {}

    def of(self, term: Term) -> frozenset[str]:
        """The addresses of the resources, data sources and modules inside a term."""
        pending = [term]
        while pending:
            current = pending[-1]
            if current in self._memo:
                pending.pop()
                continue
            missing = [child for child in current.children() if child not in self._memo]
            if missing:
                pending.extend(missing)
                continue
            found = frozenset().union(*(self._memo[child] for child in current.children()))
            if current.kind == "ref":
                found |= {current.parts[0]}
            self._memo[current] = found
            pending.pop()
        return self._memo[term]


def effective(declared: set[str], reads: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """The addresses that are created before they're destroyed, each with the reader that it has it from.

    `reads` holds the addresses of one root only; those of modules stand for all that is inside.
    """
    found = {address: address for address in sorted(declared)}
    pending = sorted(declared)
    inside: dict[str, list[str]] = {}
    for address in sorted(reads):
        parts = address.split(".")
        for length in range(2, len(parts), 2):
            if parts[length - 2] != "module":
                break
            inside.setdefault(".".join(parts[:length]), []).append(address)
    while pending:
        reader = pending.pop(0)
        for read in sorted(reads.get(reader, ())):
            for address in (read, *inside.get(read, ())):
                if address in reads and address not in found:
                    found[address] = reader
                    pending.append(address)
    return found
