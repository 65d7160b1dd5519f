"""A snapshot that can be written again: everything in it, known or not, keeps its bytes and its order.

Only what surgery looks at is decoded. The rest stays text: no number is read as a float, and fields that a later Terraform adds
are carried along at every level.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from tfhoist.addresses import index_suffix, is_identifier
from tfhoist.errors import UsageError
from tfhoist.state.addresses import AddressError, InstanceKey, inside, parse_address
from tfhoist.state.layout import Text, join, pieces, text

INSTANCE_DEPTH = 4
"""How many levels deep the braces of an instance stand, as Terraform indents them."""
RESOURCE_DEPTH = 2

Members = dict[str, msgspec.Raw]
T = TypeVar("T", bound=msgspec.Struct)
_NULL = msgspec.Raw(b"null")


class InstanceText(msgspec.Struct, frozen=True, gc=False):
    """One instance: what tells it from others, what it depends on, and its text. `deposed` is "" for the current one."""

    key: InstanceKey
    deposed: str
    dependencies: tuple[str, ...]
    text: Text

    @property
    def place(self) -> tuple[InstanceKey, str]:
        """What is unique within the resource."""
        return (self.key, self.deposed)

    def order(self) -> tuple[int, int, str, str]:
        """Terraform's order: no key, then numbers, then text."""
        if self.key is None:
            return (0, 0, "", self.deposed)
        if isinstance(self.key, int):
            return (1, self.key, "", self.deposed)
        return (2, 0, self.key, self.deposed)


class ResourceText(msgspec.Struct, frozen=True, gc=False):
    """One resource. `members` are its fields in the order of the file; the instances stand in `instances` instead.

    `source` is the whole text while nothing in it has changed. `address` has its module's instance keys, and none of its own.
    """

    module: str
    mode: str
    type: str
    name: str
    provider: str
    members: Members
    instances: tuple[InstanceText, ...]
    source: Text | None = None
    address: str = ""

    def __post_init__(self) -> None:
        """Work the address out once: it's asked for again and again."""
        own = f"{self.type}.{self.name}" if self.mode == "managed" else f"data.{self.type}.{self.name}"
        msgspec.structs.force_setattr(self, "address", inside(self.module, own))

    def instance_address(self, instance: InstanceText) -> str:
        """The address of an instance; a deposed one has that of its current one."""
        return self.address + index_suffix(instance.key)

    def order(self) -> tuple[str, str, str, str]:
        """Terraform's order. Go compares text by its UTF-8 bytes, Python by code points: that is the same."""
        return (self.module, self.mode, self.type, self.name)

    def with_instances(self, instances: Iterable[InstanceText]) -> ResourceText:
        """The same resource with other instances."""
        return msgspec.structs.replace(self, instances=tuple(instances), source=None)

    def pieces(self) -> Iterator[Text]:
        """Its text, in parts."""
        if self.source is not None:
            yield self.source
            return
        members: dict[str, Text | Iterable[Text]] = dict(self.members)
        members["instances"] = [instance.text for instance in self.instances]
        yield from pieces(members, RESOURCE_DEPTH)


class SnapshotDocument(msgspec.Struct, frozen=True):
    """A snapshot as text. `members` are its fields in the order of the file; outputs and resources stand beside them."""

    members: Members
    lineage: str
    serial: int
    terraform_version: str
    outputs: Members
    resources: tuple[ResourceText, ...]

    @property
    def instances(self) -> int:
        """How many instances it has."""
        return sum(len(resource.instances) for resource in self.resources)

    def replaced(
        self,
        *,
        serial: int | None = None,
        terraform_version: str | None = None,
        outputs: Members | None = None,
        resources: Iterable[ResourceText] | None = None,
    ) -> SnapshotDocument:
        """The same snapshot with something else in it."""
        members = dict(self.members)
        if serial is not None:
            members["serial"] = msgspec.Raw(b"%d" % serial)
        if terraform_version is not None:
            members["terraform_version"] = msgspec.Raw(text(terraform_version))
        return SnapshotDocument(
            members,
            self.lineage,
            self.serial if serial is None else serial,
            self.terraform_version if terraform_version is None else terraform_version,
            self.outputs if outputs is None else outputs,
            self.resources if resources is None else tuple(resources),
        )


class _Head(msgspec.Struct):
    version: int
    encrypted_data: Any = None


class _SnapshotFields(msgspec.Struct):
    lineage: str = ""
    serial: int = 0
    terraform_version: str = ""


class _InstanceFields(msgspec.Struct, gc=False):
    index_key: int | str | None = None
    deposed: str = ""
    dependencies: tuple[str, ...] | None = None


class _ResourceFields(msgspec.Struct, gc=False):
    mode: str
    type: str
    name: str
    instances: tuple[_InstanceFields, ...]
    provider: str = ""
    module: str = ""


_MEMBERS = msgspec.json.Decoder(Members)
_RESOURCE = msgspec.json.Decoder(_ResourceFields)
_TEXTS = msgspec.json.Decoder(list[msgspec.Raw])
_OPTIONAL_MEMBERS = msgspec.json.Decoder(Members | None)
_OPTIONAL_TEXTS = msgspec.json.Decoder(list[msgspec.Raw] | None)


def check_version(source: bytes, path: str) -> Members:
    """The fields of a snapshot. Raises `UsageError` for what is no plain state of version 4 (`path` is for the message)."""
    try:
        members = _MEMBERS.decode(source)
        head = _of_members(members, _Head)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no state snapshot: {error}.", "Take one with `terraform state pull`.") from None
    if head.encrypted_data is not None:
        raise UsageError(f"{path} is an encrypted state.", "Decrypt it first (`tofu state pull`).")
    if head.version != 4:
        raise UsageError(
            f"{path} is a state of version {head.version}; only version 4 is read.",
            "Terraform 0.12 and later write version 4: run `terraform apply -refresh-only` once with a newer Terraform.",
        )
    return members


def _of_members(members: Members, kind: type[T]) -> T:
    """Some fields of a snapshot, without going over all of its text again."""
    wanted = {name: members[name] for name in kind.__struct_fields__ if name in members}
    return msgspec.json.decode(join(pieces(wanted, 0)), type=kind)


def read_document(source: bytes, path: str) -> SnapshotDocument:
    """Read a snapshot for surgery (`path` is for messages only).

    A file that Terraform wrote comes out of `render` with the same bytes. One that something else wrote is first laid out as
    Terraform would, its values, fields and order kept. Raises `UsageError`, never for what a field means that isn't known.
    """
    members = check_version(source, path)
    try:
        _check_encoding(source)
        laid_out = _laid_out(source)
        document = _read(laid_out, members if laid_out is source else _MEMBERS.decode(laid_out), path)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    return document


def _laid_out(source: bytes) -> bytes:
    """The same JSON as Terraform lays it out; the very source where it is so already."""
    formatted = msgspec.json.format(source, indent=2)
    same = len(source) == len(formatted) + 1 and source.endswith(b"\n") and source.startswith(formatted)
    return source if same else formatted + b"\n"


def check_members(source: Text | memoryview, members: Members, depth: int, path: str) -> None:
    """Refuse an object some of whose fields stand twice: decoding keeps one of them, and the other would be lost."""
    if _length(source) == _expected_length(members, depth):
        return
    # In Terraform's layout each field begins a line of its own, and no line of what is inside is indented as little.
    if bytes(source).count(b"\n" + b"  " * (depth + 1) + b'"') != len(members):
        raise _damaged(path, "a field stands twice in one object, so reading it would lose one")


def _expected_length(members: Members, depth: int) -> int:
    """How long an object is in Terraform's layout; names that are escaped in another way than Go's make it wrong."""
    lengths = sum(len(text(name)) + 2 + _length(value) for name, value in members.items())
    margins = len(members) * (1 + 2 * (depth + 1)) + 1 + 2 * depth
    return 2 + margins + lengths + max(0, len(members) - 1)


def _damaged(path: str, why: str) -> UsageError:
    return UsageError(f"{path} is a damaged state: {why}.", "Take a fresh one with `terraform state pull`.")


def _check_encoding(source: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(source)
    for start in range(0, len(source), 1 << 20):  # in parts: a state may be large, and its text isn't needed
        decoder.decode(view[start : start + (1 << 20)])
    decoder.decode(b"", final=True)


def _read(source: bytes, members: Members, path: str) -> SnapshotDocument:
    fields = _of_members(members, _SnapshotFields)
    outputs = _OPTIONAL_MEMBERS.decode(members.get("outputs", _NULL)) or {}
    check_members(memoryview(source)[:-1], members, 0, path)
    if outputs:
        check_members(members["outputs"], outputs, 1, path)
    resources: list[ResourceText] = []
    seen: set[str] = set()
    for raw in _OPTIONAL_TEXTS.decode(members.get("resources", _NULL)) or ():
        resource = _read_resource(raw, path)
        address = resource.address
        if address in seen:
            raise _damaged(path, f"{address} stands in it twice")
        seen.add(address)
        resources.append(resource)
    return SnapshotDocument(members, fields.lineage, fields.serial, fields.terraform_version, outputs, tuple(resources))


@lru_cache(maxsize=1 << 12)
def _is_module(path: str) -> bool:
    """Whether a module's path is written as Terraform writes it; "" is the root's."""
    try:
        return not path or (parse_address(path).is_module and parse_address(path).module == path)
    except AddressError:
        return False


def _read_resource(raw: msgspec.Raw, path: str) -> ResourceText:
    fields = _RESOURCE.decode(raw)
    members = _MEMBERS.decode(raw)
    check_members(raw, members, RESOURCE_DEPTH, path)
    instances = tuple(
        InstanceText(found.index_key, found.deposed, found.dependencies or (), item)
        for found, item in zip(fields.instances, _TEXTS.decode(members["instances"]), strict=True)
    )
    places = {instance.place for instance in instances}
    resource = ResourceText(
        fields.module, fields.mode, fields.type, fields.name, fields.provider, members, instances, raw
    )
    if len(places) != len(instances):
        raise _damaged(path, f"an instance of {resource.address} stands in it twice")
    if fields.mode not in ("managed", "data"):
        raise _damaged(path, f"{fields.type}.{fields.name} has the mode {fields.mode!r}, which isn't known")
    if not _is_module(fields.module) or not is_identifier(fields.type) or not is_identifier(fields.name):
        raise _damaged(path, f"{resource.address!r} is no address")
    return resource


def _length(value: Text | memoryview) -> int:
    return memoryview(value).nbytes


def empty_document(lineage: str, terraform_version: str) -> SnapshotDocument:
    """A state that doesn't exist yet: nothing in it, serial 0. `lineage` is a new UUID."""
    members = {
        "version": msgspec.Raw(b"4"),
        "terraform_version": msgspec.Raw(text(terraform_version)),
        "serial": msgspec.Raw(b"0"),
        "lineage": msgspec.Raw(text(lineage)),
        "outputs": msgspec.Raw(b"{}"),
        "resources": msgspec.Raw(b"[]"),
        "check_results": msgspec.Raw(b"null"),
    }
    return SnapshotDocument(members, lineage, 0, terraform_version, {}, ())


def render_pieces(document: SnapshotDocument) -> Iterator[Text]:
    """The text of a snapshot, in parts."""
    members = dict(document.members)
    for name, content in (("outputs", document.outputs), ("resources", document.resources)):
        if content:
            members.setdefault(name, _NULL)
    start = b"{\n  "
    for name, value in members.items():
        yield start + text(name) + b": "
        start = b",\n  "
        # A `null` stays one while nothing came in.
        if name not in ("outputs", "resources") or (_length(value) == 4 and not _content(document, name)):
            yield value
        elif name == "outputs":
            yield from pieces(document.outputs, 1)
        else:
            yield from _resources(document.resources)
    yield b"\n}\n"


def _content(document: SnapshotDocument, name: str) -> object:
    return document.outputs if name == "outputs" else document.resources


def _resources(resources: tuple[ResourceText, ...]) -> Iterator[Text]:
    start = b"[\n    "
    for resource in resources:
        yield start
        yield from resource.pieces()
        start = b",\n    "
    yield b"\n  ]" if resources else b"[]"


def render(document: SnapshotDocument) -> bytes:
    """The file that Terraform would write."""
    return join(render_pieces(document))
