"""Whether what arrives finds room in the state that takes it."""

from __future__ import annotations

from collections.abc import Sequence

from tfhoist.findings import Refusal
from tfhoist.state.addresses import below, parse_address
from tfhoist.state.document import SnapshotDocument
from tfhoist.state.edits import other_fields, same_thing
from tfhoist.state.moves import Move
from tfhoist.state.transfer import Step


class Room:
    """What is in the state that takes, asked about each step."""

    def __init__(self, taker: SnapshotDocument) -> None:
        self.resources = {resource.address: resource for resource in taker.resources}
        self.modules = {resource.module for resource in taker.resources if resource.instances}
        self.refusals: list[Refusal] = []

    def refuse(self, kind: str, address: str, summary: str, advice: str) -> None:
        """Note one reason against it."""
        self.refusals.append(Refusal(id=kind, summary=summary, advice=advice, address=address))

    def has(self, resource: str, key: object) -> bool:
        """Whether the current object of an instance is there."""
        found = self.resources.get(resource)
        return found is not None and any(one.key == key and not one.deposed for one in found.instances)

    def is_there(self, wanted: Move) -> bool:
        """Whether the place that a move leads to is taken already: what was to move came another way."""
        end = parse_address(wanted.to)
        if end.is_module:
            return any(below(module, end.module) is not None for module in self.modules)
        found = self.resources.get(end.resource)
        return found is not None and (not end.keyed or self.has(end.resource, end.key)) and bool(found.instances)

    def steps(self, steps: Sequence[Step]) -> list[Step]:
        """The steps, with `arrives` false for what the taker has already; refusals for what collides."""
        result: list[Step] = []
        taken: dict[tuple[str, object, str], Step] = {}
        heads: dict[str, tuple[str, dict[str, bytes]]] = {}
        for step in steps:
            place = (step.to_resource, step.key, step.instance.deposed)
            other = taken.setdefault(place, step)
            if other is not step:
                self.refuse(
                    "same-destination", step.from_, f"{step.from_} and {other.from_} would both become {step.to}.",
                    "Give each an address of its own.",
                )  # fmt: skip
                continue
            step = self._against_what_is_there(step)
            result.append(step)
            if step.arrives:
                self._head(step, heads)
        return result

    def _against_what_is_there(self, step: Step) -> Step:
        there = self.resources.get(step.to_resource)
        for instance in there.instances if there is not None else ():
            if instance.place != (step.key, step.instance.deposed):
                continue
            same = step.resource.mode == "data" or same_thing(step.instance.text, instance.text)
            if same:
                return step._replace(arrives=False)
            if same is None:
                self.refuse(
                    "address-taken", step.from_,
                    f"{step.to} is at the destination already, and no id tells whether it's the same as {step.from_}.",
                    "Compare them with `terraform state show`, and remove one of them from its state if they're the same.",
                )  # fmt: skip
            else:
                self.refuse(
                    "different-resource", step.from_,
                    f"{step.to} is at the destination already, and it's another one than {step.from_}: their ids differ.",
                    "Move it to another address.",
                )  # fmt: skip
        return step

    def _head(self, step: Step, heads: dict[str, tuple[str, dict[str, bytes]]]) -> None:
        there = self.resources.get(step.to_resource)
        mine = (step.provider, other_fields(step.resource))
        expected = heads.get(step.to_resource)
        if expected is None:
            expected = mine if there is None else (there.provider, other_fields(there))
            heads[step.to_resource] = expected
        if expected[0] != mine[0]:
            self.refuse(
                "different-provider", step.from_,
                f"{step.to_resource} has the provider configuration {expected[0]}, and {step.from_} would bring {mine[0]}.",
                "A resource has one provider configuration: map the provider, or choose another address.",
            )  # fmt: skip
        elif expected[1] != mine[1]:
            self.refuse(
                "different-fields", step.from_,
                f"{step.to_resource} and {step.from_} differ in fields that this version doesn't know.",
                "Choose another address.",
            )  # fmt: skip
