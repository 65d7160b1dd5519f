"""One environment as the documents show it, and what is common to all of them."""

from __future__ import annotations

import re
from functools import cached_property

from tfhoist.configuration.environments import Environment
from tfhoist.configuration.model import Module
from tfhoist.consolidation.providers import carried_providers
from tfhoist.diagnostics import Severity
from tfhoist.documents.commands import RootCommands, central_commands, service_commands
from tfhoist.documents.context import DocumentContext
from tfhoist.documents.markdown import shell
from tfhoist.documents.moves import EnvironmentMoves, environment_moves, move_order
from tfhoist.documents.names import environment_scope, instances, real_name, real_names
from tfhoist.documents.routes import Routes, read_routes
from tfhoist.findings import Finding
from tfhoist.graph import Graph
from tfhoist.values.evaluate import evaluate
from tfhoist.values.types import to_text


class EnvironmentView:
    """What one environment's sections are made of."""

    def __init__(self, context: DocumentContext, environment: Environment, order: tuple[str, ...]) -> None:
        self.context = context
        self.environment = environment
        self.key = environment.name
        self.name = context.shown(environment.name)
        self.slug = re.sub(r"[^A-Za-z0-9_-]+", "-", self.name).strip("-") or "environment"
        self.folder = context.central_folders[environment.name]
        self.service: RootCommands = service_commands(context, environment)
        self.central: RootCommands = central_commands(context, environment)
        self.moves: EnvironmentMoves = environment_moves(
            context.module, environment, order, context.state_instances.get(environment.name)
        )

    @property
    def option(self) -> str:
        """How `tfhoist migrate` is told of it."""
        return f" --environment {shell(self.key)}" if self.key else ""

    @property
    def module(self) -> Module:
        """The service root as it was."""
        return self.context.module

    @cached_property
    def routes(self) -> Routes:
        """The moved listeners and rules, with this environment's values."""
        return read_routes(self.module, self.environment, self.context.moved)

    @cached_property
    def kept_routes(self) -> Routes:
        """The listeners and rules that stay with the service."""
        return read_routes(self.module, self.environment, self.context.stays)

    @cached_property
    def region(self) -> str:
        """The AWS region of the default provider, "" when the files don't say."""
        provider = self.module.get("provider.aws")
        expression = provider.expression("region") if provider is not None else None
        if expression is None:
            return ""
        return to_text(evaluate(expression, environment_scope(self.module, self.environment))) or ""

    def names(self, address: str) -> tuple[str, ...]:
        """The real names of a block's instances here."""
        declaration = self.module.get(address)
        if declaration is None or declaration.kind != "resource":
            return ()
        return real_names(declaration, environment_scope(self.module, self.environment))

    def named(self, kinds: tuple[str, ...], addresses: tuple[str, ...]) -> list[tuple[str, str]]:
        """Address and real name of the instances of some types here; the name is "" when it isn't known."""
        found: list[tuple[str, str]] = []
        scope = environment_scope(self.module, self.environment)
        for address in addresses:
            declaration = self.module.get(address)
            if declaration is None or declaration.kind != "resource" or declaration.type not in kinds:
                continue
            for instance in instances(declaration, scope) or ():
                found.append((f"{address}{instance.suffix}", real_name(declaration, instance.scope)))
        return found


class Views:
    """Everything that more than one document needs."""

    def __init__(self, context: DocumentContext) -> None:
        self.context = context
        self.order = move_order(context.module, context.moved)
        self.environments = tuple(
            EnvironmentView(context, environment, self.order) for environment in context.environments
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Errors and warnings of the audit about what moves: they move as they are.

        Left out is what the consolidation has settled: hard-coded values became variables, of two definitions one is kept.
        """
        moved = set(self.context.moved)
        return tuple(
            finding
            for finding in self.context.findings
            if finding.severity is not Severity.NOTE
            and not finding.id.startswith(("hard-coded-", "duplicate-address"))
            and moved & {finding.address or "", *finding.addresses}
        )

    @cached_property
    def providers(self) -> tuple[tuple[str, str], ...]:
        """The provider configurations that the shared module takes, and the alias that a central root gives for each."""
        needed = {address for address in self.context.boundary.followers.central() if address.startswith("data.")}
        uses = carried_providers(Graph(self.context.module), set(self.context.moved) | needed)
        return tuple((use.reference(), f"{use.name}.{use.central_alias(self.context.label)}") for use in uses)

    @cached_property
    def categories(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The moved addresses by the PRD's categories."""
        found: dict[str, list[str]] = {}
        for address in self.context.moved:
            found.setdefault(category(address), []).append(address)
        return tuple((title, tuple(found[title])) for title in CATEGORIES if title in found)


CATEGORIES = ("Load balancers and routing", "DNS", "IAM", "Networking", "Other")


def category(address: str) -> str:
    """The PRD's category of an address."""
    kind = address.split(".")[0]
    if re.match(r"aws_(a?lb|elb)(_|\Z)", kind):
        return CATEGORIES[0]
    if re.match(r"aws_(route53|acm)", kind):
        return CATEGORIES[1]
    if kind.startswith("aws_iam"):
        return CATEGORIES[2]
    network = (
        r"aws_(vpc|subnet|route|nat|internet_gateway|eip|security_group|network|default_|egress_only|flow_log|vpn)"
    )
    if re.match(network, kind) or (kind == "module" and re.search(r"vpc|network|subnet", address)):
        return CATEGORIES[3]
    return CATEGORIES[4]
