"""What a plan says, read from its JSON (`terraform show -json`); attribute values stay out, since they may be secrets.

Source: Terraform's documentation, "JSON Output Format".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tfhoist.errors import TfhoistError

QUIET = (("no-op",), ("read",))


class ResourceChange(msgspec.Struct, frozen=True):
    """What a plan does to one instance. `previous_address` is set when a `moved` block took it there.

    `marks_only` when no value that the plan knows changes, only which of them are sensitive.
    """

    address: str
    actions: tuple[str, ...]
    mode: str = "managed"
    previous_address: str = ""
    deposed: str = ""
    reason: str = ""
    importing: bool = False
    marks_only: bool = False

    @property
    def is_change(self) -> bool:
        """Whether an apply would do more than read, or take note of a move."""
        return self.mode == "managed" and (self.actions not in QUIET or self.importing)


class TerraformPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan. `reads` has a digest of what each data source gave; `deferred` are those read only by an apply."""

    terraform_version: str
    changes: tuple[ResourceChange, ...]
    drift: tuple[ResourceChange, ...]
    outputs: dict[str, tuple[str, ...]]
    reads: dict[str, str]
    deferred: tuple[str, ...]
    complete: bool = True


class UnreadablePlan(TfhoistError):
    """A plan's JSON is of a form that isn't known."""


class _Change(msgspec.Struct):
    actions: tuple[str, ...] = ()
    importing: Any = None
    before: msgspec.Raw = msgspec.Raw(b"null")
    after: msgspec.Raw = msgspec.Raw(b"null")
    before_sensitive: Any = None
    after_sensitive: Any = None


class _ResourceChange(msgspec.Struct):
    address: str
    change: _Change
    mode: str = "managed"
    previous_address: str = ""
    deposed: str = ""
    action_reason: str = ""


class _Plan(msgspec.Struct):
    format_version: str
    terraform_version: str = ""
    resource_changes: tuple[_ResourceChange, ...] = ()
    resource_drift: tuple[_ResourceChange, ...] = ()
    output_changes: dict[str, _Change] = {}
    deferred_changes: tuple[Any, ...] = ()
    prior_state: dict[str, Any] | None = None
    errored: bool = False
    complete: bool = True


def read_plan(source: bytes) -> TerraformPlan:
    """Read a plan's JSON; raises `UnreadablePlan` for another major version of the format."""
    try:
        plan = msgspec.json.decode(source, type=_Plan)
    except msgspec.DecodeError as error:
        raise UnreadablePlan(f"The plan's JSON can't be read: {error}.") from None
    if plan.format_version.partition(".")[0] not in ("0", "1"):
        raise UnreadablePlan(f"The plan's JSON is of version {plan.format_version}; only version 1 is read.")
    changes = tuple(map(_change, plan.resource_changes))
    return TerraformPlan(
        terraform_version=plan.terraform_version,
        changes=changes,
        drift=tuple(map(_change, plan.resource_drift)),
        outputs={name: one.actions for name, one in sorted(plan.output_changes.items()) if one.actions != ("no-op",)},
        reads=dict(_reads(plan.prior_state)),
        deferred=tuple(sorted(one.address for one in changes if one.mode == "data" and one.actions == ("read",))),
        complete=plan.complete and not plan.errored and not plan.deferred_changes,
    )


def _change(one: _ResourceChange) -> ResourceChange:
    return ResourceChange(
        one.address, one.change.actions, one.mode, one.previous_address, one.deposed, one.action_reason,
        one.change.importing is not None, _marks_only(one.change),
    )  # fmt: skip


def _marks_only(change: _Change) -> bool:
    if change.actions != ("update",) or change.before_sensitive == change.after_sensitive:
        return False
    before, after = msgspec.json.decode(change.before), msgspec.json.decode(change.after)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    return all(name in before and before[name] == value for name, value in after.items())


def _reads(prior_state: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """A digest of each data source that the plan read."""
    pending = [((prior_state or {}).get("values") or {}).get("root_module") or {}]
    while pending:
        module = pending.pop()
        pending.extend(module.get("child_modules", ()))
        for resource in module.get("resources", ()):
            if resource.get("mode") == "data":
                values = msgspec.json.encode(resource.get("values"), order="sorted")
                yield resource["address"], hashlib.sha256(values).hexdigest()
