"""What depends on what, for `create_before_destroy`: Terraform gives it to all that such a resource depends on.

Source: Terraform's documentation, "The lifecycle Meta-Argument". A dependency that crosses to the other root carries it
no longer, so a resource that had it only through a reader of the other side has to say so itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from tfhoist.configuration.model import Declaration, target_address
from tfhoist.hcl.references import Reference
from tfhoist.proof.scopes import ModuleScope

_AROUND = ("depends_on", "count", "for_each")
"""Arguments of a module call that everything inside waits for."""


class Dependencies:
    """The addresses of resources, data sources and module calls that a block's references lead to, as Terraform's graph has them.

    References count as they're written, also where a value folds away (`true ? "a" : aws_x.y.id`): through locals, the
    arguments of local modules and their outputs with the outputs' own `depends_on`.
    """

    def __init__(self) -> None:
        self._memo: dict[tuple[int, str], frozenset[str]] = {}

    def of(self, scope: ModuleScope, declaration: Declaration) -> frozenset[str]:
        """What a block reads or waits for, and what the module calls around it do."""
        found = set(self._block(scope, declaration))
        while scope.call is not None and scope.parent is not None:
            for name in _AROUND:
                attribute = scope.call.body.attribute(name)
                if attribute is not None:
                    found |= self._within(scope.parent, scope.call, attribute.start, attribute.end)
            scope = scope.parent
        return frozenset(found)

    def _block(self, scope: ModuleScope, declaration: Declaration) -> frozenset[str]:
        key = (id(scope), declaration.address)
        if key not in self._memo:
            self._memo[key] = frozenset()  # circles are errors of their own
            found: set[str] = set()
            for reading in declaration.readings:
                found |= self._target(scope, reading.reference)
            self._memo[key] = frozenset(found)
        return self._memo[key]

    def _within(self, scope: ModuleScope, declaration: Declaration, start: int, end: int) -> set[str]:
        found: set[str] = set()
        for reference in declaration.file.references_in(start, end):
            found |= self._target(scope, reference)
        return found

    def _target(self, scope: ModuleScope, reference: Reference) -> frozenset[str]:
        own = target_address(reference)
        declaration = scope.module.get(own)
        if declaration is None:
            return frozenset()
        if declaration.kind == "variable":
            return self._argument(scope, declaration)
        if declaration.kind == "local":
            return self._block(scope, declaration)
        child = scope.child(declaration.name) if declaration.kind == "module" else None
        if child is None:
            return frozenset({scope.address(own)})
        name = next((str(step.key) for step in reference.steps[1:] if step.kind == "attribute"), "")
        output = child.module.get(f"output.{name}")
        return self._block(child, output) if output is not None else frozenset({scope.address(own)})

    def _argument(self, scope: ModuleScope, variable: Declaration) -> frozenset[str]:
        if scope.parent is None or scope.call is None:
            return frozenset()
        key = (id(scope), variable.address)
        if key not in self._memo:
            self._memo[key] = frozenset()
            attribute = scope.call.body.attribute(variable.name)
            if attribute is not None:
                self._memo[key] = frozenset(
                    self._within(scope.parent, scope.call, attribute.value_start, attribute.value_end)
                )
        return self._memo[key]


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
