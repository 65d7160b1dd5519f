"""Routing tables of folders and states, and the artifacts about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tfhoist import __version__
from tfhoist.api.artifacts import encode
from tfhoist.api.reading import read, read_states
from tfhoist.audit.scopes import Evaluation
from tfhoist.errors import UsageError
from tfhoist.routing.answer import Answer
from tfhoist.routing.decide import Analysis, analyse
from tfhoist.routing.from_state import table_of_state
from tfhoist.routing.model import Action, Condition, Listener, witness_of
from tfhoist.routing.read import read_table
from tfhoist.routing.table import Table
from tfhoist.routing.tables import TableComparison

ROUTES = "tfhoist/routes/1"
ANSWER = "tfhoist/answer/1"
ROUTES_DIFF = "tfhoist/routes-diff/1"


def tables(
    source: Path,
    *,
    environment: str | None = None,
    states: Mapping[str, Path] | None = None,
    config: Path | None = None,
) -> list[Table]:
    """The tables of a root module, one for each environment, or the one of a state file."""
    if source.is_file():
        if environment is not None or states:
            raise UsageError(f"{source} is a state: it has one environment.", "Leave --environment and --state out.")
        return [table_of_state(read_states({"": source})[""])]
    service = read(source, config=config)
    names = [one.name for one in service.environments]
    if environment is not None and environment not in names:
        raise UsageError(f"there is no environment {environment!r}.", f"Known: {', '.join(names) or 'none'}.")
    files = dict(states or {})
    if "" in files and names != [""]:
        if environment is None and len(names) != 1:
            raise UsageError("--state FILE is for one environment, and there are several.", "Write --state NAME=FILE.")
        files = {environment or names[0]: files[""]}
    unknown = [name for name in files if name not in names]
    if unknown:
        raise UsageError(f"there is no environment {unknown[0]!r}.", f"Known: {', '.join(names) or 'none'}.")
    snapshots = read_states(files)
    return [
        read_table(Evaluation(service.resolved, one), snapshots.get(one.name))
        for one in service.environments
        if environment is None or one.name == environment
    ]


def analyses(table: Table) -> list[Analysis]:
    """What the rules of each listener come to."""
    return [analyse(listener) for listener in table.listeners]


def routes_json(found: Sequence[tuple[Table, Sequence[Analysis]]]) -> bytes:
    """`tfhoist routes --json`: the artifact `tfhoist/routes/1`."""
    listeners = [_listener(table, analysis) for table, several in found for analysis in several]
    claims = [
        {"environment": table.environment, **msgspec.to_builtins(one)} for table, _ in found for one in table.claims
    ]
    return encode({"schema": ROUTES, "tool": _tool(), "listeners": listeners, "claims": claims})


def _tool() -> dict[str, str]:
    return {"name": "tfhoist", "version": __version__}


def _listener(table: Table, analysis: Analysis) -> dict[str, Any]:
    listener: Listener = analysis.listener
    return {
        "environment": table.environment,
        "address": listener.address,
        "load_balancer": listener.load_balancer,
        "load_balancer_name": listener.load_balancer_name,
        "port": listener.port,
        "protocol": listener.protocol,
        "default_action": action_json(listener.default),
        "rules": [
            {
                "address": judged.rule.address,
                "priority": judged.rule.priority,
                "conditions": [_condition(condition) for condition in judged.rule.conditions],
                "action": action_json(judged.rule.action),
                "status": judged.status,
                "shadowed_by": list(judged.shadowed_by),
                "why": judged.why,
                "unknown": list(judged.rule.unknown),
                "witness": msgspec.to_builtins(witness_of(judged.witness)) if judged.witness is not None else None,
            }
            for judged in analysis.rules
        ],
    }


def _condition(condition: Condition) -> dict[str, Any]:
    values: list[Any] = list(condition.values)
    if condition.pairs:
        values = [{"key": key, "value": value} for key, value in condition.pairs]
    named = {"name": condition.name} if condition.name else {}
    return {"kind": condition.kind.value, **named, "values": values}


def action_json(action: Action) -> dict[str, Any]:
    """An action as the artifacts have it."""
    return {
        "kind": action.kind,
        "targets": [msgspec.to_builtins(target) for target in action.targets],
        "details": dict(action.details),
        "authenticate": list(action.authenticate),
        "unknown": action.unknown,
    }


def answer_json(answers: Sequence[Answer]) -> bytes:
    """`tfhoist routes DIR URL --json`: the artifact `tfhoist/answer/1`; further listeners and environments are in `others`."""
    shown = [
        {
            "environment": one.environment,
            "listener": one.listener,
            "rule": one.rule,
            "action": action_json(one.action),
            "passed_over": [msgspec.to_builtins(rule) for rule in one.passed_over],
            "certain": one.certain,
            "through": one.through,
        }
        for one in answers
    ]
    nobody: dict[str, Any] = {
        "environment": "",
        "listener": None,
        "rule": None,
        "action": None,
        "passed_over": [],
        "certain": True,
        "through": "",
    }
    first = shown[0] if shown else nobody
    return encode({"schema": ANSWER, "tool": _tool(), **first, "others": shown[1:]})


def diff_json(found: Sequence[tuple[str, TableComparison]]) -> bytes:
    """`tfhoist routes diff --json`: the artifact `tfhoist/routes-diff/1`."""
    return encode(
        {
            "schema": ROUTES_DIFF,
            "tool": _tool(),
            "equal": overall([comparison for _, comparison in found]),
            "differences": [
                {
                    "environment": environment,
                    "load_balancer": one.load_balancer,
                    "port": one.port,
                    "witness": msgspec.to_builtins(witness_of(one.difference.witness)) if one.difference else None,
                    "before": _side(one.before, one.difference.rule_before, one.difference.before) if one.difference
                    else {"listener": one.before},
                    "after": _side(one.after, one.difference.rule_after, one.difference.after) if one.difference
                    else {"listener": one.after},
                }
                for environment, comparison in found
                for one in comparison.differences
            ],
            "undecided": [why for _, comparison in found for why in comparison.undecided],
        }
    )  # fmt: skip


def _side(listener: str | None, rule: str | None, action: Action) -> dict[str, Any]:
    return {"listener": listener, "rule": rule, "action": action_json(action)}


def overall(comparisons: Sequence[TableComparison]) -> bool | None:
    """Whether several comparisons are equal, all of them."""
    if any(one.equal is False for one in comparisons):
        return False
    return None if any(one.equal is None for one in comparisons) else True
