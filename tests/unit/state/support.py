"""States written for tests: as Terraform lays them out, by Python's own json and not by the code under test."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

AWS = 'provider["registry.terraform.io/hashicorp/aws"]'
LINEAGE = "3f2c9a10-0000-4000-8000-000000000001"
OTHER_LINEAGE = "3f2c9a10-0000-4000-8000-000000000002"


class Number:
    """A number by its text: `1.10` has to stay `1.10`."""

    def __init__(self, text: str) -> None:
        self.text = text


def _default(value: object) -> str:
    assert isinstance(value, Number)
    return f"@number:{value.text}@"


def written(state: object) -> bytes:
    """JSON as Terraform writes it."""
    text = json.dumps(state, indent=2, ensure_ascii=False, default=_default)
    text = re.sub(r'"@number:([^@]*)@"', r"\1", text)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode() + b"\n"


def instance(
    id_: str, *, key: str | int | None = None, deps: Sequence[str] = (), deposed: str = "", **fields: Any
) -> dict[str, Any]:
    """One instance, its fields in Terraform's order."""
    attributes = {"arn": f"arn:aws:test:eu-west-1:000000000000:{id_}", "id": id_, **fields.pop("attributes", {})}
    result: dict[str, Any] = {}
    if key is not None:
        result["index_key"] = key
    for name in ("status",):
        if name in fields:
            result[name] = fields.pop(name)
    if deposed:
        result["deposed"] = deposed
    sensitive = fields.pop("sensitive_attributes", [])
    result |= {
        "schema_version": fields.pop("schema_version", 0), "attributes": attributes, "sensitive_attributes": sensitive,
    }  # fmt: skip
    after = {name: fields.pop(name) for name in ("create_before_destroy",) if name in fields}
    result |= fields
    if deps:
        result["dependencies"] = list(deps)
    return result | after


def resource(address: str, *instances: dict[str, Any], provider: str = AWS, **fields: Any) -> dict[str, Any]:
    """One resource. `address` has no instance key of its own; its module may."""
    module, _, own = address.rpartition("/")
    mode = "data" if own.startswith("data.") else "managed"
    kind, name = own.removeprefix("data.").split(".")
    result: dict[str, Any] = {"module": module} if module else {}
    result |= {"mode": mode, "type": kind, "name": name, "provider": provider, "instances": list(instances)}
    return result | fields


def state(*resources: dict[str, Any], serial: int = 7, lineage: str = LINEAGE, **fields: Any) -> dict[str, Any]:
    """A state of version 4."""
    return {
        "version": 4,
        "terraform_version": fields.pop("terraform_version", "1.11.4"),
        "serial": serial,
        "lineage": lineage,
        "outputs": fields.pop("outputs", {}),
        "resources": list(resources),
        "check_results": fields.pop("check_results", None),
        **fields,
    }


# Generated states

_NAMES = st.sampled_from(["main", "api", "web", "b-1", "ünï", "x"])
_TYPES = st.sampled_from(["aws_lb", "aws_lb_listener", "aws_iam_role", "null_resource"])
_MODULES = st.sampled_from(
    [
        "",
        "",
        "module.vpc",
        'module.vpc["a.b"]',
        "module.vpc[0]",
        "module.vpc.module.inner",
        'module.k["q\\"/é"].module.z',
    ]
)
_KEYS = st.one_of(
    st.none(),
    st.integers(0, 12),
    st.text('ab./"\\é$%{}[]<&>\u2028 ', max_size=6),
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(["1.10", "12345678901234567890123", "-0.0", "1e+30", "0.1000"]).map(Number),
    st.text('ab 1/"\\é日<>&\u2028\n\t$%{}', max_size=8),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)),
    max_leaves=6,
)
_FUTURE = st.dictionaries(st.sampled_from(["future", "later_field", "x-y"]), _VALUES, max_size=2)


@st.composite
def states(draw: st.DrawFn, *, prefix: str = "r", lineage: str = LINEAGE, inside: str = "") -> dict[str, Any]:
    """A state; every instance has an id that no other has. `inside` puts all of it into a module."""
    addresses = draw(
        st.lists(st.tuples(_MODULES, st.sampled_from(["managed", "managed", "data"]), _TYPES, _NAMES), min_size=2, max_size=6, unique=True)
    )  # fmt: skip
    config = [
        re.sub(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]', "", f"{module}." if module else "")
        + ("data." if mode == "data" else "")
        + f"{kind}.{name}"
        for module, mode, kind, name in addresses
    ]
    resources = []
    for number, (module, mode, kind, name) in enumerate(addresses):
        keys = draw(
            st.lists(st.tuples(_KEYS, st.sampled_from(["", "", "deadbeef", "00c0ffee"])), max_size=4, unique=True)
        )
        instances = []
        for position, (key, deposed) in enumerate(keys):
            dependencies = draw(
                st.lists(st.sampled_from([*config, "aws_gone.away", "data.aws_gone.away"]), max_size=3, unique=True)
            )
            fields = draw(_FUTURE)
            if draw(st.booleans()):
                fields["private"] = "eyJzY2hlbWFfdmVyc2lvbiI6IjAifQ=="
            if draw(st.booleans()):
                fields["status"] = "tainted"
            if draw(st.booleans()):
                fields["create_before_destroy"] = True
            if draw(st.booleans()):
                fields["sensitive_attributes"] = [[{"type": "get_attr", "value": draw(_NAMES)}]]
            if draw(st.booleans()):
                fields |= {"identity_schema_version": 1, "identity": draw(st.dictionaries(_NAMES, _VALUES, max_size=2))}
            fields["schema_version"] = draw(st.integers(0, 3))
            fields["attributes"] = draw(st.dictionaries(_NAMES, _VALUES, max_size=3))
            instances.append(
                instance(f"{prefix}-{number}-{position}", key=key, deposed=deposed, deps=dependencies, **fields)
            )
        where = f"{inside}.{module}".strip(".")
        own = ("data." if mode == "data" else "") + f"{kind}.{name}"
        resources.append(resource(f"{where}/{own}" if where else own, *instances) | draw(_FUTURE))
    return state(
        *resources,
        serial=draw(st.integers(0, 2**40)),
        lineage=lineage,
        terraform_version=draw(st.sampled_from(["1.9.8", "1.11.4", "1.12.0-beta1"])),
        outputs=draw(st.dictionaries(_NAMES, st.just({"value": "x", "type": "string"}), max_size=2)),
        check_results=draw(
            st.sampled_from(
                [None, [{"object_kind": "check", "config_addr": "check.c", "status": "pass", "objects": []}]]
            )
        ),
        **draw(_FUTURE),
    )
