"""Whether Terraform will read a snapshot: checked before a file is written, since a state it can't read stops plan, pull and push.

Some of it Terraform doesn't even report: a resource whose provider address can't be read is dropped without a word (tried, 1.11.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tfhoist.addresses import without_keys
from tfhoist.state.addresses import AddressError, parse_address
from tfhoist.state.cty import TypeProblem, check_value, decode, parse_type
from tfhoist.state.document import InstanceText, SnapshotDocument


class _Output(msgspec.Struct):
    value: msgspec.Raw
    type: msgspec.Raw
    sensitive: bool = False


class _Step(msgspec.Struct):
    type: str
    value: object


class _Instance(msgspec.Struct, gc=False):
    schema_version: int
    attributes: msgspec.Raw = msgspec.Raw(b"{}")
    attributes_flat: dict[str, str] | None = None
    sensitive_attributes: list[list[_Step]] | None = None
    status: str = ""
    private: str = ""
    create_before_destroy: bool = False


_OUTPUT = msgspec.json.Decoder(_Output)
_INSTANCE = msgspec.json.Decoder(_Instance)
_NAME = r"[^\W\d][\w-]*"
_PROVIDER = re.compile(rf'(module\.{_NAME}\.)*provider(\["[^"\s]+"\]|\.{_NAME})(\.{_NAME})?\Z')
_VERSION = re.compile(r"\d+(\.\d+)*(-[\w.-]+)?(\+[\w.-]+)?\Z")
_IDENTIFIER = re.compile(rf"{_NAME}\Z")


def problems(document: SnapshotDocument) -> tuple[str, ...]:
    """What Terraform would refuse, each with its address; no attribute's value is in it."""
    found = list(_outputs(document))
    if document.serial < 0:
        found.append("the serial is negative")
    if not document.lineage:
        found.append("there is no lineage")
    if document.terraform_version and not _VERSION.match(document.terraform_version):
        found.append("the version of Terraform is none")
    addresses: set[str] = set()  # of resources that exist or may
    for resource in document.resources:
        if not _PROVIDER.match(resource.provider):
            found.append(f"{resource.address}: its provider's address is none")
        for instance in resource.instances:
            for what in _instance(instance, addresses):
                found.append(f"{resource.instance_address(instance)}: {what}")
    return tuple(found)


def _instance(instance: InstanceText, addresses: set[str]) -> Sequence[str]:
    """What is wrong with an instance. `addresses` are known to be some; more are added to them."""
    try:
        fields = _INSTANCE.decode(instance.text)
    except msgspec.DecodeError as error:
        return (str(error),)
    found: list[str] = []
    if bytes(memoryview(fields.attributes)[:1]) != b"{" and not fields.attributes_flat:
        found.append("its attributes are no object")
    if fields.status and fields.status != "tainted":
        found.append("the status is neither empty nor tainted")
    if instance.deposed and len(instance.deposed) != 8:
        found.append("a deposed key has eight characters")
    if not addresses.issuperset(instance.dependencies):
        for dependency in instance.dependencies:
            if dependency in addresses or _is_resource(dependency):
                addresses.add(dependency)
            else:
                found.append(f"{dependency!r} among its dependencies is no resource's address")
    return found


def _outputs(document: SnapshotDocument) -> Iterator[str]:
    for name, raw in document.outputs.items():
        if not _IDENTIFIER.match(name):
            yield f"output {name!r}: that is no name"
        try:
            output = _OUTPUT.decode(raw)
            check_value(decode(bytes(output.value)), parse_type(decode(bytes(output.type))))
        except (msgspec.DecodeError, TypeProblem) as error:
            yield f"output {name}: {error}"


def _is_resource(address: str) -> bool:
    try:
        parsed = parse_address(address)
    except AddressError:
        return False
    return not parsed.is_module and not parsed.keyed


def dangling(document: SnapshotDocument) -> frozenset[tuple[str, str]]:
    """Dependencies that name nothing in the same state: the resource, and what it names.

    States have some by themselves (Terraform leaves them behind at times): compare before and after.
    """
    there = {without_keys(resource.address) for resource in document.resources}
    return frozenset(
        (resource.address, dependency)
        for resource in document.resources
        for instance in resource.instances
        for dependency in instance.dependencies
        if dependency not in there
    )


def unknown_providers(document: SnapshotDocument, configured: Iterable[str]) -> tuple[str, ...]:
    """Resources whose provider configuration isn't one of the configured ones."""
    known = set(configured)
    return tuple(resource.address for resource in document.resources if resource.provider not in known)
