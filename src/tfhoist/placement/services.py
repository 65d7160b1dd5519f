"""Which services use a block: evidence for the policy, and nothing more than a hint.

A *service* here is a name under which something runs or answers. It's recognised by

- a *host* of a listener rule, URL map or application gateway, and of a DNS record that points at the block: its first label
  (`auth` of `auth.hokus.ai`), without `www` and names of environments; the whole name of a domain or a wildcard;
- a *tag* or label `Service`, `Application`, `App` or `Project` (in any case, in this order) of the block;
- a *workload*, or a block with such a tag, that reads the block, through others too: an ECS service, a function, an instance... A
  workload's service is its tag's, else its own name;
- a *security group* of such a workload that a rule of the block lets in, or that it's named by: these are readings as well;
- a *principal* of another account, or another named role, in the block's trust policy.

What all names share is taken off them: values of `var.project...`, `var.environment`, `var.*prefix`, names of environments, and
words that say what a thing is (`service`, `task`, `lambda`...). What is left is the service; if nothing is, the name is none.
Variables have their defaults here: an environment's own values aren't looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import NamedTuple

from tfhoist.configuration.environments import variable_value
from tfhoist.configuration.model import VALUE, Declaration
from tfhoist.diagnostics import SourceRange
from tfhoist.graph import Graph
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import Attr, Call, Expression, Literal, Object, Parentheses, Template, Tuple, Variable
from tfhoist.hcl.syntax import File
from tfhoist.placement.companions import owners
from tfhoist.placement.trust import principals
from tfhoist.values.evaluate import Scope, evaluate
from tfhoist.values.types import Unknown, Value

MOST_SERVICES = 12
"""So many services of one block are looked for; nobody asks for more."""

WORKLOADS = (
    "aws_ecs_service", "aws_ecs_task_definition", "aws_lambda_function", "aws_instance", "aws_autoscaling_group",
    "aws_apprunner_service", "aws_batch_job_definition", "aws_sfn_state_machine", "aws_elastic_beanstalk_environment",
    "aws_codebuild_project", "google_cloud_run_service", "google_cloud_run_v2_service", "google_cloud_run_v2_job",
    "google_cloudfunctions_function", "google_cloudfunctions2_function", "google_compute_instance",
    "google_compute_instance_template", "google_app_engine_*_app_version", "azurerm_linux_web_app", "azurerm_windows_web_app",
    "azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_app_service", "azurerm_function_app",
    "azurerm_container_app", "azurerm_container_group", "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine",
    "azurerm_*_virtual_machine_scale_set", "azurerm_virtual_machine", "kubernetes_deployment*", "kubernetes_stateful_set*",
    "kubernetes_cron_job*", "helm_release",
)  # fmt: skip
_NAMES = ("name", "function_name", "family", "name_prefix")
_TAGS = ("service", "application", "app", "project")
_ENVIRONMENTS = frozenset(
    "development dev test testing qa uat staging stage production prod prd sandbox preview".split()
)
_KINDS = frozenset(
    "service services svc task tasks ecs lambda function functions fn container containers deployment definition "
    "instance this main default cluster fargate asg template lt role".split()
)
_SHARED_VARIABLES = re.compile(
    r"(project|environment|env|stage|namespace|stack|workspace)(_?name|_?id)?\Z|.*prefix\Z|.*_env\Z"
)
_ROLE = re.compile(r"arn:[^:]*:(?:iam|sts)::([^:]*):(?:role|user|assumed-role)/(?:.*/)?([^/]+)\Z")
_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?\Z")


class Use(NamedTuple):
    """One piece of evidence that a service uses a block: how it's known, the text that says so, by which block, and where."""

    service: str
    how: str  # "host", "tag", "reader" or "principal"
    text: str
    address: str
    range: SourceRange


class ServiceUses:
    """The services that use each block of a module, found when they're asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._found: dict[str, tuple[Use, ...]] = {}

    def of(self, address: str) -> tuple[Use, ...]:
        """The evidence, one piece for each service, sorted by the services' names."""
        if address not in self._found:
            found: dict[str, Use] = {}
            for use in self._uses(address):
                found.setdefault(use.service, use)
            self._found[address] = tuple(found[service] for service in sorted(found)[:MOST_SERVICES])
        return self._found[address]

    def workloads(self) -> dict[str, str]:
        """The workloads of the module, each with its service ("" where its name tells none)."""
        found: dict[str, str] = {}
        for address in self.graph.placed:
            declaration = self.graph.module.get(address)
            if declaration is not None and is_workload(declaration.type):
                own = self.own(address)
                found[address] = own.service if own is not None else ""
        return found

    def _uses(self, address: str) -> Iterator[Use]:
        declaration = self.graph.module.get(address)
        if declaration is None or declaration.block is None:
            return
        for member in self._members.get(address, ()):
            yield from self._hosts_of(member)
        yield from self._hosts_of(address)
        own = self.own(address)
        if own is not None:
            yield own
        yield from self._principals(declaration)
        yield from self._read_by.get(address, {}).values()

    @cached_property
    def _read_by(self) -> dict[str, dict[str, Use]]:
        """Block to the services that read it, directly or through blocks of no service; each with its nearest reader.

        All blocks at once, service by service in the order of their names: what has `MOST_SERVICES` already has passed them on as
        well, so that each reading is followed at most so often.
        """
        sources: dict[str, list[Use]] = {}
        carriers: set[str] = set()
        for consumer, edges in self.graph.edges.items():
            declaration = self.graph.module.get(consumer)
            if not edges or declaration is None or declaration.kind not in ("resource", "module", "local", "data"):
                continue
            own = self.own(consumer)
            if own is not None:
                sources.setdefault(own.service, []).append(own)
            elif not is_workload(declaration.type):
                carriers.add(consumer)
        found: dict[str, dict[str, Use]] = {}
        for service in sorted(sources):
            pending: list[tuple[str, Use | None, Use]] = [
                (own.address, None, own) for own in sorted(sources[service], key=lambda use: use.address)
            ]
            for consumer, use, own in pending:
                for edge in self.graph.edges[consumer]:
                    known = found.setdefault(edge.producer, {})
                    if edge.use != VALUE or edge.producer == own.address or service in known:
                        continue
                    if len(known) == MOST_SERVICES:
                        continue
                    place = edge.declaration.file.range(edge.reference.start, edge.reference.end)
                    passed = use or Use(service, "reader", f"{own.address} ({own.text})", own.address, place)
                    known[service] = passed
                    if edge.producer in carriers:
                        pending.append((edge.producer, passed, own))
        return found

    def own(self, address: str) -> Use | None:
        """The service that a block itself belongs to: by its tag, or by its name when it's a workload."""
        declaration = self.graph.module.get(address)
        if declaration is None or declaration.kind != "resource" or declaration.block is None:
            return None
        for name in ("tags", "labels"):
            for key, value, file in self._pairs(declaration, declaration.expression(name)):
                if key.lower() in _TAGS:
                    service = self._service(value)
                    if service:
                        place = file.range(value.start, value.end)
                        return Use(service, "tag", f"{key} = {self._text(value).strip()}", address, place)
        if not is_workload(declaration.type):
            return None
        for name in _NAMES:
            expression = declaration.expression(name)
            service = self._service(expression) if expression is not None else ""
            if expression is not None and service:
                place = declaration.file.range(expression.start, expression.end)
                return Use(service, "name", f"{name} = {self._text(expression).strip()}", address, place)
        return None

    def _pairs(self, declaration: Declaration, expression: Expression | None) -> list[tuple[str, Expression, File]]:
        """The tags that are written out: in an object, in the arguments of `merge`, or in a local; sorted by their rank."""
        found: list[tuple[str, Expression, File]] = []
        pending = [(expression, declaration.file)] if expression is not None else []
        for current, file in pending:
            if len(pending) > 20:
                break
            match current:
                case Object(items=items):
                    for key, value in items:
                        name = key.name if isinstance(key, Variable) else getattr(key, "value", None)
                        if isinstance(name, str):
                            found.append((name, value, file))
                case Call(name="merge", arguments=arguments):
                    pending.extend((argument, file) for argument in reversed(arguments))
                case Attr(target=Variable(name="local"), name=name):
                    local = self.graph.module.get(f"local.{name}")
                    if local is not None and local.attribute is not None:
                        pending.append((local.attribute.expression, local.file))
        rank = {name: number for number, name in enumerate(_TAGS)}
        return sorted(found, key=lambda pair: rank.get(pair[0].lower(), len(rank)))

    def _principals(self, declaration: Declaration) -> Iterator[Use]:
        if declaration.expression("assume_role_policy") is None:
            return
        for principal in sorted(principals(declaration, self.graph.module) or ()):
            if principal.kind != "AWS":
                continue
            role, account = _ROLE.match(principal.text), _ACCOUNT.match(principal.text)
            service = self._cleaned(role.group(2)) if role else f"account {account.group(1)}" if account else ""
            if service:
                yield Use(service, "principal", principal.text, declaration.address, declaration.range)

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """A block to the blocks that belong to it, also those that belong to those: a load balancer to its rules."""
        belongs = owners(self.graph)
        found: dict[str, list[str]] = {}
        for address in sorted(belongs):
            current, seen = address, {address}
            while current in belongs and belongs[current][0] not in seen:
                current = belongs[current][0]
                seen.add(current)
                found.setdefault(current, []).append(address)
        return found

    def _hosts_of(self, address: str) -> Iterator[Use]:
        declaration = self.graph.module.get(address)
        if declaration is None or declaration.block is None:
            return
        for expression in _host_expressions(declaration):
            for host in self._texts(expression):
                service = host_service(host)
                if service:
                    place = declaration.file.range(expression.start, expression.end)
                    yield Use(service, "host", host.strip().lower(), address, place)

    def _texts(self, expression: Expression) -> list[str]:
        """Host names; of one whose domain isn't known, what stands before it."""
        if isinstance(expression, Tuple):
            return [self._text(item) for item in expression.items]
        value = evaluate(expression, self._scope)
        if isinstance(value, tuple):
            return [item for item in value if isinstance(item, str)]
        return [value if isinstance(value, str) else self._text(expression)]

    @cached_property
    def _scope(self) -> Scope:
        module = self.graph.module
        values: dict[str, Value] = {}
        for variable in module.of("variable"):
            hidden = variable.literal("sensitive") is True
            values[variable.name] = Unknown("sensitive", sensitive=True) if hidden else variable_value(variable, None)
        return Scope(module, values)

    @cached_property
    def shared_words(self) -> frozenset[str]:
        """The words that stand in names whatever the service: the project's, and those of environments."""
        found: set[str] = set(_ENVIRONMENTS)
        for name, value in self._scope.variables.items():
            if isinstance(value, str) and _SHARED_VARIABLES.match(name):
                found.update(words(value))
        return frozenset(found)

    def _service(self, expression: Expression) -> str:
        return self._cleaned(self._text(expression))

    def _cleaned(self, name: str) -> str:
        """A name without what it shares with the others, and without what only says what kind of thing it is."""
        kept = [word for word in words(name) if word not in self.shared_words and word not in _KINDS]
        return "-".join(word for word in kept if not word.isdigit())

    def _text(self, expression: Expression, depth: int = 0) -> str:
        """The text of a name; blanks stand for what the files don't tell, and for what all names share."""
        match expression:
            case Literal(value=str(text)):
                return text
            case Parentheses(inner=inner):
                return self._text(inner, depth)
            case Template(parts=parts):
                return "".join(self._text(part, depth) for part in parts)
            case Attr(target=Variable(name="var"), name=name) if _SHARED_VARIABLES.match(name):
                return " "
            case Attr(target=Variable(name="local"), name=name) if depth < 8:
                local = self.graph.module.get(f"local.{name}")
                return (
                    self._text(local.attribute.expression, depth + 1) if local is not None and local.attribute else " "
                )
        value = evaluate(expression, self._scope)
        return value if isinstance(value, str) else " "


@lru_cache(maxsize=4096)
def is_workload(kind: str) -> bool:
    """Whether blocks of a type run a service."""
    return any(fnmatchcase(kind, pattern) for pattern in WORKLOADS)


def host_service(host: str) -> str:
    """The service that a host name stands for; "" for what is no name.

    Names of environments tell nothing: `staging.auth.example.com` and `auth-staging.example.com` are `auth`.
    """
    labels = [label for label in host.strip().lower().rstrip(".").split(".") if label]
    if not labels or any(not re.fullmatch(r"[a-z0-9_*?-]+", label) for label in labels):
        return ""
    while labels and (labels[0] == "www" or labels[0] in _ENVIRONMENTS):
        labels = labels[1:]
    if len(labels) == 2 or labels[:1] == ["*"]:
        return ".".join(labels)
    return "-".join(word for word in words(labels[0]) if word not in _ENVIRONMENTS) if labels else ""


def words(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def _host_expressions(declaration: Declaration) -> Iterator[Expression]:
    """Where blocks of some types say for which hosts they answer."""
    kind, body = declaration.type, declaration.body
    if kind in ("aws_lb_listener_rule", "aws_alb_listener_rule"):
        for condition in body.blocks_of("condition"):
            for block in condition.body.blocks_of("host_header"):
                yield from _attributes(block.body, "values")
    elif kind in ("aws_route53_record", "google_dns_record_set"):
        if declaration.literal("type") in ("A", "AAAA", "CNAME", None):
            yield from _attributes(body, "name")
    elif kind in ("google_compute_url_map", "google_compute_region_url_map"):
        for block in body.blocks_of("host_rule"):
            yield from _attributes(block.body, "hosts")
    elif kind == "google_compute_managed_ssl_certificate":
        for block in body.blocks_of("managed"):
            yield from _attributes(block.body, "domains")
    elif kind == "azurerm_application_gateway":
        for block in body.blocks_of("http_listener"):
            yield from _attributes(block.body, "host_name", "host_names")
    elif kind in ("azurerm_cdn_frontdoor_custom_domain", "azurerm_app_service_custom_hostname_binding"):
        yield from _attributes(body, "host_name", "hostname")


def _attributes(body: Body, *names: str) -> Iterator[Expression]:
    for name in names:
        attribute = body.attribute(name)
        if attribute is not None:
            yield attribute.expression
