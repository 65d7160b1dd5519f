"""From a placement to the boundary: which references cross, under which names, and what follows whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tfhoist.boundary.crossing import (
    SINGLE,
    AllOfIt,
    CannotCross,
    Crossing,
    cross,
    entire,
    multiplicity,
    project,
    reads_whole,
)
from tfhoist.boundary.followers import followers_of
from tfhoist.boundary.held import all_instances, has_constant_index, pinned_of_whole
from tfhoist.boundary.model import Boundary, Downlink, Followers, ModuleOutput, OrderingNote, Uplink
from tfhoist.boundary.naming import interface_name, normal_text, unique
from tfhoist.boundary.nulls import attribute_may_be_null, output_may_be_null
from tfhoist.boundary.pins import PinRequest, pin_values
from tfhoist.boundary.projection import Projection
from tfhoist.boundary.sensitivity import Sensitivity
from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import DEPENDS_ON, REPLACE_TRIGGERED_BY, VALUE, Declaration, Module, address_steps
from tfhoist.configuration.sensitive import is_known
from tfhoist.diagnostics import SourceRange
from tfhoist.findings import Refusal
from tfhoist.graph import Edge, Graph
from tfhoist.placement.model import Placement, Side
from tfhoist.state.snapshot import Snapshot
from tfhoist.values.marks import ALL, NONE, SOME

REQUIRED_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "aws_lb": ("arn", "dns_name", "zone_id"),
    "aws_alb": ("arn", "dns_name", "zone_id"),
    "aws_lb_target_group": ("arn",),
    "aws_alb_target_group": ("arn",),
    "aws_iam_role": ("arn",),
    "aws_security_group": ("id",),
    "aws_route53_zone": ("zone_id",),
}
"""The PRD's required outputs: always offered, read or not."""


class Route(NamedTuple):
    """How one reference of a block that stays is read: the output, and the crossing."""

    output: str
    crossing: Crossing
    listed: bool
    sensitive: bool


class Interface(NamedTuple):
    """The boundary, with the ways of the single references: (file, offset) to its route or its pinned input.

    Where a list is pinned and the reference reads one of it, the pinned input has its index behind it (`ids[0]`).
    """

    boundary: Boundary
    routes: Mapping[tuple[str, int], Route]
    pinned: Mapping[tuple[str, int], tuple[str, str]]


def build_interface(
    graph: Graph,
    placement: Placement,
    environments: tuple[Environment, ...],
    snapshots: Mapping[str, Snapshot],
    taken_centrally: frozenset[str],
    label: str,
    overridden: frozenset[str],
) -> Interface:
    """Work out what crosses.

    `taken_centrally` are the output names of the central roots; `overridden` the addresses that the user placed by name.
    """
    return _Builder(graph, placement, environments, snapshots, taken_centrally, label, overridden).build()


class _Builder:
    def __init__(
        self,
        graph: Graph,
        placement: Placement,
        environments: tuple[Environment, ...],
        snapshots: Mapping[str, Snapshot],
        taken_centrally: frozenset[str],
        label: str,
        overridden: frozenset[str],
    ) -> None:
        self.graph = graph
        self.module: Module = graph.module
        self.placement = placement
        self.environments = environments
        self.snapshots = snapshots
        self.taken = taken_centrally
        self.label = label
        self.overridden = overridden
        self.sensitivity = Sensitivity(graph.module)
        self.whole: dict[tuple[str, int], frozenset[str] | CannotCross] = {}
        self.wanted: dict[str, frozenset[str]] = {}
        self.refusals: list[Refusal] = []
        self.outputs: dict[str, ModuleOutput] = {}  # by normalised expression
        self.names: set[str] = set()
        self.consumers: dict[str, set[str]] = {}
        self.downlinks: dict[tuple[str, str, str], Downlink] = {}
        self.routes: dict[tuple[str, int], Route] = {}
        self.orderings: set[tuple[str, str]] = set()
        self.central = {address for address, placed in placement.items() if placed.side is Side.CENTRAL}
        self.kept_names = self._existing_outputs()

    def build(self) -> Interface:
        followers = followers_of(self.graph, self.placement)
        central_side = self.central | {a for a in followers.central() if not a.startswith("var.")}
        only_central = followers.only_central()
        requests: dict[str, PinRequest] = {}
        pinned_at: dict[tuple[str, int], tuple[str, str]] = {}
        uplinks: dict[tuple[str, str, str], Uplink] = {}
        self._find_projections(only_central)
        held = self._find_held(central_side)
        for declaration in self.module.declarations:
            address = declaration.address or declaration.kind
            edges = [edge for edge in self.graph.edges.get(address, ()) if edge.declaration is declaration]
            stays = address not in self.central and address not in only_central
            for edge in edges:
                if stays and edge.producer in self.central:
                    self._downlink(edge)
                if address in central_side and self._is_local(edge.producer):
                    self._uplink(edge, held, requests, pinned_at, uplinks)
        self._shared_ephemerals(followers)
        self._required_outputs()
        pins, pin_refusals = pin_values(
            self.module, tuple(requests[key] for key in sorted(requests)), self.environments, self.snapshots
        )
        self.refusals.extend(pin_refusals)
        outputs = tuple(
            ModuleOutput(
                name=output.name,
                expression=output.expression,
                sensitive=output.sensitive,
                consumers=tuple(sorted(self.consumers.get(output.name, ()))),
                producer=output.producer,
                description=output.description,
                listed=output.listed,
                required=output.required,
            )
            for output in sorted(self.outputs.values(), key=lambda output: output.name)
        )
        boundary = Boundary(
            downlinks=tuple(self.downlinks[key] for key in sorted(self.downlinks)),
            uplinks=tuple(uplinks[key] for key in sorted(uplinks)),
            outputs=outputs,
            pins=pins,
            orderings=tuple(OrderingNote(*pair) for pair in sorted(self.orderings)),
            followers=followers,
            refusals=tuple(self.refusals),
        )
        asked = {request.variable: request for request in requests.values()}
        indexed = {
            place: (name, index if name in pins and pins[name].expression == asked[name].all_of else "")
            for place, (name, index) in pinned_at.items()
        }
        return Interface(boundary, self.routes, indexed)

    def _shared_ephemerals(self, followers: Followers) -> None:
        """An ephemeral resource is opened once a run for all its readers: two roots would get two values."""
        for declaration in self.module.of("ephemeral"):
            if followers.sides.get(declaration.address) == "both":
                self.refusals.append(
                    Refusal(
                        id="ephemeral-on-both-sides", address=declaration.address, range=declaration.range,
                        summary=f"{declaration.address} is read on both sides, and two roots may get two values of it.",
                        advice="Put its readers on one side, or give each an ephemeral resource of its own first.",
                    )
                )  # fmt: skip

    def _is_local(self, producer: str) -> bool:
        placed = self.placement.get(producer)
        return placed is not None and placed.side is Side.LOCAL

    # downlinks

    def _downlink(self, edge: Edge) -> None:
        if edge.use == DEPENDS_ON:
            self.orderings.add((edge.consumer, edge.producer))
            return
        declaration = edge.declaration
        if declaration.json:
            self._refuse(
                "json-reads-central", edge,
                f"{edge.consumer} in {declaration.file.path} reads {edge.producer}, which moves, and .tf.json isn't edited",
                "Rewrite this file as .tf, or override the placement.",
            )  # fmt: skip
            return
        producer = self._producer(edge)
        try:
            crossing = self._crossing(edge, producer)
        except CannotCross as error:
            self._refuse("cannot-cross", edge, f"{edge.consumer}: {error.summary}", error.advice)
            return
        mark = self._mark(producer, crossing)
        if mark == SOME:
            self._refuse(
                "partly-sensitive", edge,
                f"{edge.consumer} reads {' '.join(crossing.attributes) or 'all'} of {edge.producer}, a part of which is sensitive "
                "(or may be), and only the whole could be marked again",
                "Read the sensitive part and the others one by one, or put both blocks on one side.",
            )  # fmt: skip
            return
        output = self._output(producer, crossing, required=False)
        self.consumers.setdefault(output.name, set()).add(edge.consumer)
        text = declaration.file.text(edge.reference.start, edge.reference.end)
        self.downlinks[(edge.consumer, edge.producer, text)] = Downlink(edge.consumer, edge.producer, text, output.name)
        self.routes[(declaration.file.path, edge.reference.start)] = Route(
            output.name, crossing, output.listed, mark == ALL
        )

    def _find_projections(self, only_central: set[str]) -> None:
        """Which attributes cross of what is passed on as a whole: those that any of its readers reads."""
        projection = Projection(
            self.module, lambda d: d.address not in self.central and (d.address or d.kind) not in only_central
        )
        for consumer, edges in sorted(self.graph.edges.items()):
            if consumer in self.central or consumer in only_central:
                continue
            for edge in edges:
                producer = self.module.get(edge.producer)
                if edge.use != VALUE or edge.producer not in self.central or producer is None or edge.declaration.json:
                    continue
                if not reads_whole(edge.reference, producer):
                    continue
                key = (edge.declaration.file.path, edge.reference.start)
                try:
                    read = projection.attributes(edge.declaration, edge.reference, producer)
                except CannotCross as error:
                    self.whole[key] = error
                    continue
                self.whole[key] = read
                self.wanted[edge.producer] = self.wanted.get(edge.producer, frozenset()) | read

    def _find_held(self, central_side: set[str]) -> dict[str, frozenset[str] | CannotCross]:
        """By address, which attributes the moved blocks read of a whole that stays."""
        projection = Projection(self.module, lambda d: (d.address or d.kind) in central_side)
        held: dict[str, frozenset[str] | CannotCross] = {}
        for consumer, edges in sorted(self.graph.edges.items()):
            for edge in edges if consumer in central_side else ():
                producer = self.module.get(edge.producer)
                if edge.use != VALUE or producer is None or not self._is_local(edge.producer):
                    continue
                known = held.get(edge.producer, frozenset())
                if isinstance(known, CannotCross) or len(edge.reference.steps) > address_steps(edge.reference):
                    continue
                try:
                    held[edge.producer] = known | projection.attributes(edge.declaration, edge.reference, producer)
                except CannotCross as error:
                    held[edge.producer] = error
        return held

    def _crossing(self, edge: Edge, producer: Declaration) -> Crossing:
        found = self.whole.get((edge.declaration.file.path, edge.reference.start))
        if found is None:
            return cross(edge.declaration.file, edge.reference, producer)
        if isinstance(found, AllOfIt) and producer.kind == "resource" and is_known(producer.type):
            return entire(edge.reference, producer)
        outputs = self._all_outputs(producer) if isinstance(found, AllOfIt) else None
        if outputs is not None:
            self.wanted[edge.producer] = self.wanted.get(edge.producer, frozenset()) | outputs
            return project(edge.reference, producer, outputs, outputs)
        if isinstance(found, CannotCross):
            raise found
        return project(edge.reference, producer, found, self.wanted[edge.producer])

    def _all_outputs(self, producer: Declaration) -> frozenset[str] | None:
        """What a whole module is made of: its outputs, where it has one instance and its files are at hand."""
        child = self.module.children.get(producer.name) if producer.kind == "module" else None
        if child is None or multiplicity(producer) != SINGLE or not child.files or child.json_files:
            return None
        return frozenset(declaration.name for declaration in child.of("output"))

    def _mark(self, producer: Declaration, crossing: Crossing) -> int:
        """How sensitive what crosses is; an object of several attributes is so in part."""
        if crossing.attributes or crossing.expression == producer.address:
            return self.sensitivity.of_block(producer, crossing.path)
        marks = [self.sensitivity.of_block(producer, (leaf,)) for leaf in self.wanted[producer.address]]
        return SOME if any(marks) else NONE

    def _producer(self, edge: Edge) -> Declaration:
        producer = self.module.get(edge.producer)
        if producer is None:
            raise KeyError(edge.producer)
        return producer

    def _output(self, producer: Declaration, crossing: Crossing, *, required: bool) -> ModuleOutput:
        listed = (
            multiplicity(producer) == SINGLE
            and bool(crossing.attributes)
            and not crossing.expression.startswith(f"{producer.address}[*]")
            and self._may_be_null(producer, crossing.attributes)
        )
        expression = f"[{crossing.expression}]" if listed else crossing.expression
        key = normal_text(expression)
        known = self.outputs.get(key)
        if known is not None:
            return known
        name = self.kept_names.get(key, "") or interface_name(producer, crossing.attributes)
        if name in self.taken:
            name = f"{self.label}_{name}"
        name = unique(name, self.names | set(self.taken))
        self.names.add(name)
        output = ModuleOutput(
            name=name,
            expression=expression,
            sensitive=bool(crossing.attributes) and self.sensitivity.of_block(producer, crossing.attributes) != NONE,
            producer=producer.address,
            description=_describe(producer, crossing, listed=listed),
            listed=listed,
            required=required,
        )
        self.outputs[key] = output
        return output

    def _may_be_null(self, producer: Declaration, attributes: tuple[str, ...]) -> bool:
        if producer.kind == "module":
            return output_may_be_null(self.module, producer, attributes[0])
        return producer.kind == "resource" and attribute_may_be_null(producer, attributes[0])

    def _existing_outputs(self) -> dict[str, str]:
        """Expressions that the service root already offers, with the names it offers them under."""
        names: dict[str, str] = {}
        for declaration in self.module.of("output"):
            value = declaration.body.attribute("value")
            if value is not None:
                names.setdefault(
                    normal_text(declaration.file.text(value.value_start, value.value_end)), declaration.name
                )
        return names

    def _required_outputs(self) -> None:
        for address in sorted(self.central):
            declaration = self.module.get(address)
            if declaration is None:
                continue
            for attribute in REQUIRED_ATTRIBUTES.get(declaration.type, ()):
                many = multiplicity(declaration)
                expression = {
                    "single": f"{address}.{attribute}",
                    "count": f"{address}[*].{attribute}",
                    "for_each": f"{{ for key, instance in {address} : key => instance.{attribute} }}",
                }[many]
                self._output(declaration, Crossing(expression, (attribute,), (attribute,)), required=True)

    # uplinks

    def _uplink(
        self,
        edge: Edge,
        held: Mapping[str, frozenset[str] | CannotCross],
        requests: dict[str, PinRequest],
        pinned_at: dict[tuple[str, int], tuple[str, str]],
        uplinks: dict[tuple[str, str, str], Uplink],
    ) -> None:
        if edge.use == DEPENDS_ON:
            self.orderings.add((edge.consumer, edge.producer))
            return
        if edge.use == REPLACE_TRIGGERED_BY:
            self._refuse(
                "replace-triggered-by-crosses", edge,
                f"{edge.consumer} is replaced when {edge.producer} changes, and they would be in different roots",
                "Put both on one side with [placement.overrides].",
            )  # fmt: skip
            return
        declaration = edge.declaration
        producer = self._producer(edge)
        text = declaration.file.text(edge.reference.start, edge.reference.end)
        key = normal_text(text)
        if edge.consumer not in self.overridden and edge.producer not in self.overridden:
            through = self._reads_central(edge.producer)
            if through is not None:
                self._refuse(
                    "circular-roots", edge,
                    f"{edge.consumer} is central and reads {text}, while {edge.producer} stays and reads {through}, "
                    "which is central: the two roots would depend on each other in a circle",
                    f'Place both on one side: under [placement.overrides], "{edge.producer}" = "central" or {self._kept(edge.consumer)}; '
                    f"or accept the pinned input by naming {edge.producer} there with the side that it's on.",
                )  # fmt: skip
                return
        whole: tuple[str, str] | None = None
        if len(edge.reference.steps) == address_steps(edge.reference):
            read = held.get(edge.producer)
            if isinstance(read, CannotCross):
                self._refuse("cannot-cross", edge, f"{edge.consumer}: {read.summary}", read.advice)
                return
            whole = pinned_of_whole(producer, read) if read is not None else None
        all_of, index = all_instances(declaration, edge.reference, producer)
        if all_of and not has_constant_index(edge.reference):
            key = normal_text(all_of)  # which one is read is told where it's read
        if key not in requests:
            past = address_steps(edge.reference)
            names = tuple(str(s.key) for s in edge.reference.steps[past:] if s.kind == "attribute")
            names = names or (() if whole and (whole[1] or multiplicity(producer) == SINGLE) else ("id",))
            variable = unique(interface_name(producer, names), {request.variable for request in requests.values()})
            requests[key] = PinRequest(
                variable,
                whole[0] if whole else text,
                declaration,
                edge.reference,
                edge.producer,
                all_of,
                whole[1] if whole else "",
            )
        variable = requests[key].variable
        pinned_at[(declaration.file.path, edge.reference.start)] = variable, index
        uplinks[(edge.consumer, edge.producer, text)] = Uplink(edge.consumer, edge.producer, text, variable)

    def _kept(self, address: str) -> str:
        """The overrides that keep a central block local, or the blocks that a central local or data source follows."""
        blocks = [address] if address in self.placement else sorted(self._followed(address))
        return " and ".join(f'"{one}" = "local"' for one in blocks[:4]) + (" and so on" if len(blocks) > 4 else "")

    def _followed(self, follower: str) -> set[str]:
        return {one for one in self.central if follower in self.graph.closure([one])}

    def _reads_central(self, address: str) -> str | None:
        """A central block that a block which stays depends on, however far."""
        seen = {address}
        pending = [address]
        while pending:
            for edge in self.graph.readings(pending.pop()):
                if edge.producer in self.central:
                    return edge.producer
                if edge.producer not in seen:
                    seen.add(edge.producer)
                    pending.append(edge.producer)
        return None

    def _refuse(self, kind: str, edge: Edge, summary: str, advice: str) -> None:
        place: SourceRange = edge.declaration.file.range(edge.reference.start, edge.reference.end)
        self.refusals.append(Refusal(id=kind, address=edge.consumer, range=place, summary=f"{summary}.", advice=advice))


_CAPITALS = {"arn": "ARN", "dns": "DNS", "id": "ID", "ids": "IDs", "vpc": "VPC", "url": "URL", "cidr": "CIDR"}


def _describe(producer: Declaration, crossing: Crossing, *, listed: bool) -> str:
    words = " ".join(crossing.attributes).replace("_", " ").split(" ")
    whole = "all attributes" if crossing.expression == producer.address else "what is read"
    what = " ".join(_CAPITALS.get(word, word) for word in words) or whole
    many = {"count": ", one for each instance", "for_each": " by key"}.get(multiplicity(producer), "")
    return f"{what[:1].upper()}{what[1:]} of {producer.address}{many}{', in a list of one' if listed else ''}"
