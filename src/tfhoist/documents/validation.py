"""The validation criteria: what is captured, what must be there, and which requests show it."""

from __future__ import annotations

from typing import Any

from tfhoist.documents.checks import Checks, build_checks
from tfhoist.documents.markdown import cell, code, code_cell, codes, shell, table
from tfhoist.documents.routes import Action, Routes
from tfhoist.documents.texts import EnvironmentText
from tfhoist.documents.views import EnvironmentView, Views


def values(views: Views) -> dict[str, Any]:
    """What `validation.md.j2` needs."""
    return {"environments": [ValidationText(view) for view in views.environments]}


class ValidationText(EnvironmentText):
    """One environment with its checks and tables."""

    def __init__(self, view: EnvironmentView) -> None:
        super().__init__(view)
        routes = view.routes
        self.checks = build_checks(view)
        self.balancer_table = _balancers(routes)
        self.rule_table = _rules(routes)
        self.group_table = _groups(routes)
        self.record_table = _records(routes)
        self.digs = [
            (f"dig +short {shell(record.name)} {shell(record.type)}", code(_name_of(routes, record.alias)))
            for record in routes.records
            if record.name and record.alias
        ]
        self.request_table = _requests(routes, self.checks)


def _name_of(routes: Routes, address: str) -> str:
    balancer = routes.load_balancer(address)
    return balancer.name if balancer is not None and balancer.name else address


def _action(routes: Routes, action: Action) -> str:
    """What an action does: the target groups' names, or the type with its status."""
    if action.kind == "forward":
        return codes(routes.target_names(action))
    return cell(f"{action.kind} {action.status}".strip())


def _balancers(routes: Routes) -> str:
    rows = []
    for balancer in routes.load_balancers:
        ports = [
            f"{one.port or '?'} {one.protocol}" for one in routes.listeners if one.load_balancer == balancer.address
        ]
        scheme = {True: "internal", False: "internet-facing", None: "?"}[balancer.internal]
        shown = cell(", ".join(ports)) or "none"
        rows.append((code_cell(balancer.address), code_cell(balancer.name) or "?", scheme, shown))
    return table(("Load balancer", "Real name", "Scheme", "Listeners"), rows) if rows else ""


def _rules(routes: Routes) -> str:
    rows = []
    for listener in routes.listeners:
        place = f"{code_cell(_name_of(routes, listener.load_balancer))} {cell(listener.port)}"
        for rule in routes.rules_of(listener):
            rows.append(
                (
                    place,
                    str(rule.priority) if rule.priority is not None else "?",
                    codes(rule.hosts) if rule.hosts else "any",
                    codes(rule.paths) if rule.paths else "any",
                    cell(", ".join(rule.others)) or "-",
                    _action(routes, rule.action),
                    code_cell(rule.instance),
                )
            )
        default = _action(routes, listener.default)
        rows.append((place, "default", "any", "any", "-", default, code_cell(listener.instance)))
    header = ("Listener", "Priority", "Hosts", "Paths", "Other conditions", "To", "Address")
    return table(header, rows) if rows else ""


def _groups(routes: Routes) -> str:
    rows = [
        (
            code_cell(group.address),
            code_cell(group.name) or "?",
            cell(group.port) or "?",
            code_cell(group.health_path) or "-",
        )
        for group in routes.target_groups.values()
    ]
    return table(("Target group", "Real name", "Port", "Health check"), rows) if rows else ""


def _records(routes: Routes) -> str:
    rows = [
        (
            code_cell(record.address),
            code_cell(record.name) or "?",
            cell(record.type) or "?",
            code_cell(record.zone) or "?",
            code_cell(_name_of(routes, record.alias)) if record.alias else "-",
        )
        for record in routes.records
    ]
    return table(("Record", "Name", "Type", "Zone", "Alias of"), rows) if rows else ""


def _requests(routes: Routes, checks: Checks) -> str:
    rows = []
    for balancer, request in checks.requests:
        rule = request.rule
        action = rule.action if rule is not None else request.listener.default
        if not request.decided:
            answered, status = "can't be told from the files", ""
        else:
            answered = (
                f"{code_cell(rule.instance)}, priority {rule.priority}" if rule is not None else "the default action"
            )
            status = action.status if action.kind in ("redirect", "fixed-response") else ""
        target = _action(routes, action) if request.decided else "-"
        rows.append((code_cell(request.url()), code_cell(balancer), answered, target, status or "as before"))
    return table(("Request", "Sent to", "Answered by", "To", "Status"), rows) if rows else ""
