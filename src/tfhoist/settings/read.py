"""Reading `tfhoist.toml`: every fault at once, each with its line."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.errors import InputError
from tfhoist.placement.model import Side
from tfhoist.placement.policy import DEFAULT_WEIGHT, RULE, PolicyRule, ServiceCount, When
from tfhoist.settings.check import check_settings
from tfhoist.settings.file import SettingsFile, sort
from tfhoist.settings.model import (
    BackendSettings,
    CentralSettings,
    DocumentsSettings,
    PlacementSettings,
    RegistrySettings,
    Resolve,
    ServiceSettings,
    Settings,
    TimelineSettings,
)
from tfhoist.settings.positions import Path
from tfhoist.settings.schema import Problem, problems
from tfhoist.values.types import Value

__all__ = ["check_settings", "read_settings"]


def read_settings(source: bytes, path: str, *, defaults: Settings) -> Settings:
    """The settings that a file states; for what it doesn't, `defaults`.

    `path` is the file's name in diagnostics. Raises `InputError` with everything that is wrong with the file by itself; what only
    the service root can tell is for `check_settings`.
    """
    file = SettingsFile(source, path)
    file.read()
    found = [*problems(file.document)]
    if not found:
        found = [
            *_repetitions(file.document),
            *rule_problems(file.document.get("placement", {}).get("rules", ()), ("placement", "rules")),
        ]
    if found:
        raise InputError(sort([file.diagnostic(problem) for problem in found]))
    return _settings(file, defaults)


def _repetitions(document: Mapping[str, Any]) -> Iterator[Problem]:
    for table, key in (("environments", "name"), ("resolve", "address")):
        seen: set[str] = set()
        for number, entry in enumerate(document.get(table, ())):
            # Folders are named after environments, and some file systems don't tell upper from lower case.
            name = entry[key].lower() if table == "environments" else entry[key]
            if name in seen:
                advice = "Give each its own name." if table == "environments" else "Keep one of the entries."
                yield Problem((table, number, key), f'two [[{table}]] with the {key} "{entry[key]}"', advice)
            seen.add(name)


def rule_problems(rules: Sequence[Mapping[str, Any]], path: Path) -> Iterator[Problem]:
    """What the schema can't say of rules: a weight that weighs nothing, numbers that no block can have."""
    for number, rule in enumerate(rules):
        evidence = rule.get("evidence", {})
        if evidence.get("services_at_least", 1) > evidence.get("services_at_most", 12):
            yield Problem(
                (*path, number, "evidence"),
                "no block is used by at least "
                f"{evidence['services_at_least']} and at most {evidence['services_at_most']} services",
                "Make `services_at_most` the larger one.",
            )
        if "weight" in rule and rule.get("strength", RULE) == RULE:
            yield Problem(
                (*path, number, "weight"),
                "a rule has no weight: it decides",
                'Add strength = "preference", or take the weight out.',
                at_key=True,
            )


def _settings(file: SettingsFile, defaults: Settings) -> Settings:
    document = file.document
    service = {key: value for key, value in document.get("service", {}).items() if value}
    placement = document.get("placement", {})
    return Settings(
        service=_replace(defaults.service, service),
        central=_central(document.get("central", {}), defaults.central),
        environments=tuple(_environment(table) for table in document["environments"])
        if "environments" in document
        else defaults.environments,
        placement=PlacementSettings(
            policy=placement.get("policy", defaults.placement.policy),
            rules=tuple(
                read_rule(file, ("placement", "rules", number), table)
                for number, table in enumerate(placement["rules"])
            )
            if "rules" in placement
            else defaults.placement.rules,
            overrides={address: Side(side) for address, side in placement["overrides"].items()}
            if "overrides" in placement
            else defaults.placement.overrides,
        ),
        resolve=tuple(Resolve(table["address"], _clean(table["keep"])) for table in document["resolve"])
        if "resolve" in document
        else defaults.resolve,
        timeline=TimelineSettings(_date(document.get("timeline", {}).get("start", defaults.timeline.start))),
        documents=DocumentsSettings(
            document.get("documents", {}).get("templates", defaults.documents.templates).rstrip("/")
        ),
        registry=RegistrySettings(
            tuple(document.get("registry", {}).get("integration_points", defaults.registry.integration_points))
        ),
    )


def _replace(defaults: ServiceSettings, given: Mapping[str, str]) -> ServiceSettings:
    return msgspec.structs.replace(defaults, **given)


def _central(table: Mapping[str, Any], defaults: CentralSettings) -> CentralSettings:
    given = dict(table)
    for key in ("environments_folder", "modules_folder"):
        if key in given:
            given[key] = given[key].rstrip("/")
    if "backend" in given:
        backend = given["backend"]
        given["backend"] = BackendSettings(type=backend["type"], config=_values(backend.get("config", {})))
    return msgspec.structs.replace(defaults, **given)


def _environment(table: Mapping[str, Any]) -> EnvironmentSettings:
    return EnvironmentSettings(
        name=table["name"],
        var_files=tuple(_clean(path) for path in table.get("var_files", ())),
        variables=_values(table.get("variables", {})),
        workspace=table.get("workspace", "default"),
        backend_config=tuple(_clean(path) for path in table.get("backend_config", ())),
        backend=_values(table.get("backend", {})),
    )


def _clean(path: str) -> str:
    return posixpath.normpath(path)


def read_rule(file: SettingsFile, path: Path, table: Mapping[str, Any]) -> PolicyRule:
    """One rule of a checked document; a rule without a name has its place for one."""
    header = file.diagnostic(Problem(path, "")).range
    return PolicyRule(
        name=table.get("name", f"{file.path}:{header.start_line if header is not None else 0}"),
        match=tuple(table["match"]),
        side=Side(table["side"]),
        strength=table.get("strength", RULE),
        weight=table.get("weight", DEFAULT_WEIGHT),
        reason=table.get("reason", "your own rule"),
        when=When(**table["when"]) if table.get("when") else None,
        evidence=ServiceCount(**table["evidence"]) if table.get("evidence") else None,
    )


def _date(value: object) -> datetime.date | None:
    if isinstance(value, str):
        return datetime.date.fromisoformat(value)
    return value if isinstance(value, datetime.date) else None


def _values(table: Mapping[str, Any]) -> dict[str, Value]:
    return {key: to_value(value) for key, value in table.items()}


def to_value(value: Any) -> Value:
    """A value of a TOML file as a value of Terraform."""
    match value:
        case list():
            return tuple(to_value(entry) for entry in value)
        case dict():
            return {key: to_value(inner) for key, inner in value.items()}
        case Decimal() if value == value.to_integral_value() and abs(value.adjusted()) < 200:
            return int(value)
        case str() | int() | Decimal():
            return value
    raise TypeError(f"no value of Terraform: {value!r}")
