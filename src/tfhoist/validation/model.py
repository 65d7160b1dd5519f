"""The declared list (`validation.json`), what was seen of each check, and a baseline."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tfhoist.errors import UsageError

SCHEMA = "tfhoist/validation/1"
BASELINE = "tfhoist/baseline/1"

KINDS: dict[str, str] = {
    "listener": "Listeners",
    "rule": "Listener rules",
    "target-group": "Target health",
    "dns": "DNS answers",
    "endpoint": "Endpoints",
    "ecs": "ECS deployments",
    "role": "Role policies",
}
"""The kinds of checks in the order in which they're made and shown, with their titles."""


class _Check(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What all checks have. `id` is unique in its environment and says what is looked at; `side` is `central` or `local`.

    `region` is "" where the files don't say.
    """

    id: str
    address: str
    side: str
    region: str = ""


class Condition(msgspec.Struct, frozen=True, order=True):
    """One condition of a rule. Values of headers and query strings may be secrets: they're never written (`hidden`)."""

    kind: str
    name: str = ""
    values: tuple[str, ...] = ()
    hidden: bool = False


class ListenerCheck(_Check, frozen=True, kw_only=True, tag="listener"):
    """A listener, found by its load balancer's name and its port. `default` is its default action, "" when it isn't known."""

    kind: ClassVar[str] = "listener"
    load_balancer: str
    port: int
    protocol: str = ""
    default: str = ""


class RuleCheck(_Check, frozen=True, kw_only=True, tag="rule"):
    """A listener rule, found by its listener and its priority. `conditions` are null, and `action` "", where they aren't known."""

    kind: ClassVar[str] = "rule"
    load_balancer: str
    port: int
    priority: int
    conditions: tuple[Condition, ...] | None = None
    action: str = ""


class TargetGroupCheck(_Check, frozen=True, kw_only=True, tag="target-group"):
    """A target group, found by its name."""

    kind: ClassVar[str] = "target-group"
    name: str
    port: str = ""
    health_path: str = ""


class DnsCheck(_Check, frozen=True, kw_only=True, tag="dns"):
    """A DNS record. `load_balancer` is the name of the one that it's an alias of; `values` are those of a plain record.

    `zone` is the hosted zone's id, "" where the files don't say; `rotates` says that its answers may differ from one time to the next.
    """

    kind: ClassVar[str] = "dns"
    name: str
    type: str
    zone: str = ""
    load_balancer: str = ""
    values: tuple[str, ...] = ()
    rotates: bool = False


class EndpointCheck(_Check, frozen=True, kw_only=True, tag="endpoint"):
    """A URL. `through` is the name of the load balancer that it's sent to, whatever DNS says; "" for the way DNS leads.

    `status` is what the files say the answer is, "" where a target answers; `health` marks a health check's path.
    """

    kind: ClassVar[str] = "endpoint"
    url: str
    through: str = ""
    answered_by: str = ""
    status: str = ""
    health: bool = False


class EcsCheck(_Check, frozen=True, kw_only=True, tag="ecs"):
    """An ECS service, found by its cluster's name and its own."""

    kind: ClassVar[str] = "ecs"
    cluster: str
    service: str


class RoleCheck(_Check, frozen=True, kw_only=True, tag="role"):
    """An IAM role, with the policies that the files give it as far as they're known."""

    kind: ClassVar[str] = "role"
    name: str
    inline: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()


Check = ListenerCheck | RuleCheck | TargetGroupCheck | DnsCheck | EndpointCheck | EcsCheck | RoleCheck


class NotDeclared(msgspec.Struct, frozen=True):
    """What no check could be made for, and why: look at it by hand."""

    address: str
    why: str


class DeclaredEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """The checks of one environment, by kind and id."""

    name: str
    checks: tuple[Check, ...]
    not_declared: tuple[NotDeclared, ...] = ()


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """The whole list, as `validation.json` has it."""

    schema: str
    service: str
    environments: tuple[DeclaredEnvironment, ...]


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of one check.

    `there` is false when it doesn't exist. `facts` must be equal before and after, `at_least` must not become fewer. `unstable` is
    what's wrong in itself, whatever was before. `failure` says why nothing answered, `unchecked` what couldn't be looked at.
    `notes` are worth knowing and decide nothing. `brief` is all of it in a few words.
    """

    there: bool = True
    brief: str = ""
    facts: dict[str, str] = {}
    at_least: dict[str, int] = {}
    unstable: tuple[str, ...] = ()
    failure: str = ""
    unchecked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen at one time. `account` is the AWS account's number, "" where AWS wasn't asked.

    `addresses` are the DNS names of the load balancers, by their names: `tfhoist watch` sends requests to them without asking AWS.
    """

    schema: str
    service: str
    environment: str
    recorded_at: str
    account: str = ""
    addresses: dict[str, str] = {}
    observations: dict[str, Observation] = {}


def read_declared(source: bytes, path: str) -> Declared:
    """Decode `validation.json`; raises `UsageError` for anything else."""
    try:
        found = msgspec.json.decode(source, type=Declared)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error}.", "Run `tfhoist consolidate` again.") from None
    if found.schema != SCHEMA:
        raise UsageError(f"{path} has the schema {found.schema!r}, not {SCHEMA!r}.", "Use the tfhoist that wrote it.")
    return found


def read_baseline(source: bytes, path: str) -> Baseline:
    """Decode a baseline; raises `UsageError` for anything else."""
    try:
        found = msgspec.json.decode(source, type=Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no baseline: {error}.", "Record one with `tfhoist validate --record`.") from None
    if found.schema != BASELINE:
        raise UsageError(f"{path} has the schema {found.schema!r}, not {BASELINE!r}.", "Record it again.")
    return found


def environment_of(declared: Declared, name: str | None) -> DeclaredEnvironment:
    """One environment; the only one when none is named. Raises `UsageError` for an unknown one."""
    known = ", ".join(one.name for one in declared.environments)
    if name is None:
        if len(declared.environments) == 1:
            return declared.environments[0]
        raise UsageError("there are several environments.", f"Choose one with --environment: {known}.")
    for one in declared.environments:
        if one.name == name:
            return one
    raise UsageError(f"there is no environment {name!r}.", f"Known: {known}.")


def check_order(check: Check) -> tuple[object, ...]:
    """The order of checks in a list: by kind, then as the request goes."""
    place: tuple[object, ...] = ()
    if isinstance(check, ListenerCheck):
        place = (check.load_balancer, check.port, 0)
    elif isinstance(check, RuleCheck):
        place = (check.load_balancer, check.port, check.priority)
    elif isinstance(check, EndpointCheck):
        place = (check.through, check.url)
    return (list(KINDS).index(check.kind), place, check.id)
