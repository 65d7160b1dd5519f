"""Writing `tfhoist.toml`: complete, commented, and working as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from tfhoist.configuration.environments import Backend, EnvironmentSettings, read_environment
from tfhoist.configuration.load import Tree
from tfhoist.configuration.model import MANAGED, MODULE, VARIABLE, Module
from tfhoist.placement.policy import RULE, PolicyRule
from tfhoist.settings.defaults import default_settings
from tfhoist.settings.model import UNKNOWN, Settings
from tfhoist.values.types import Unknown, Value, number_text

SHOWN_BACKEND_SETTINGS = (
    "bucket", "key", "region", "prefix", "path", "resource_group_name", "storage_account_name", "container_name",
    "organization", "workspace_key_prefix",
)  # fmt: skip
"""Of a backend's settings, those that say where the state is and are never a secret."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a service root, for the comments. Environments are named as in the settings."""

    backends: Mapping[str, Backend] = msgspec.field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # variables that no file gives a value
    duplicates: tuple[tuple[str, tuple[str, ...]], ...] = ()  # addresses, and where their definitions begin
    undecided: str = "module.vpc"  # an address for the example of an override


def init_text(
    tree: Tree, module: Module, folder_parts: tuple[str, ...], answers: Mapping[str, str] | None = None
) -> str:
    """The file that `tfhoist init` writes for a root module; `answers` may give its name, owner and contact.

    `folder_parts` are the parts of the service root's absolute path.
    """
    settings = _named(tree, module, default_settings(tree, module, folder_parts))
    given = {key: (answers or {}).get(key, "").strip() for key in ("name", "owner", "contact")}
    service = msgspec.structs.replace(settings.service, **{key: value for key, value in given.items() if value})
    return render_settings(msgspec.structs.replace(settings, service=service), find_facts(tree, module, settings))


def _named(tree: Tree, module: Module, settings: Settings) -> Settings:
    """The settings with a name for the only environment, when `var.environment` says it."""
    if [environment.name for environment in settings.environments] != [""]:
        return settings
    environment, _ = read_environment(tree, module, settings.environments[0])
    name = environment.values.get("environment")
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        return settings
    return msgspec.structs.replace(
        settings, environments=(msgspec.structs.replace(settings.environments[0], name=name),)
    )


def find_facts(tree: Tree, module: Module, settings: Settings) -> Facts:
    """What the comments of the file say."""
    backends: dict[str, Backend] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for one in settings.environments:
        environment, _ = read_environment(tree, module, one)
        if environment.backend is not None:
            backends[one.name] = environment.backend
        missing[one.name] = tuple(
            variable.name
            for variable in module.of(VARIABLE)
            if variable.name not in environment.assignments and isinstance(environment.values[variable.name], Unknown)
        )
    duplicates = tuple(
        (address, tuple(str(definition.range) for definition in definitions))
        for address, definitions in sorted(module.definitions.items())
        if len(definitions) > 1 and definitions[0].kind in (MANAGED, MODULE, "data")
    )
    calls = sorted(call.address for call in module.of(MODULE))
    groups = sorted(block.address for block in module.of(MANAGED) if block.type == "aws_security_group")
    others = sorted(block.address for block in module.of(MANAGED))
    undecided = next(iter([*calls, *groups, *others]), "module.vpc")
    return Facts(backends=backends, missing=missing, duplicates=duplicates, undecided=undecided)


def render_settings(settings: Settings, facts: Facts | None = None) -> str:
    """The complete, commented file. `read_settings` makes the same settings of it, whatever its defaults.

    Only an unnamed environment can't be written: it stays the default, and the file shows an example.
    """
    facts = facts or Facts()
    sections = [
        _head(),
        _service(settings),
        _central(settings, facts),
        _environments(settings, facts),
        _placement(settings, facts),
        _resolve(settings, facts),
        _timeline(settings),
        _documents(settings),
        _registry(settings),
    ]
    return "\n".join("".join(f"{line}\n" for line in section) for section in sections)


def _head() -> list[str]:
    return [
        "# What tfhoist knows of this root module that its files don't say. It works as it is; commented keys show an example,",
        "# or what holds without them. Every key is explained in tfhoist's docs/configuration.md.",
    ]


def _service(settings: Settings) -> list[str]:
    service = settings.service
    return [
        "[service]",
        "# Names the shared module (<modules_folder>/<name>) and its call (module.<name>, with _ for -).",
        f"name = {to_toml(service.name)}",
        "# Who owns the service and where to reach them: the registry entry and the runbook name both.",
        f"owner = {to_toml(service.owner)}" + _fill_in(service.owner, "an address or a team"),
        f"contact = {to_toml(service.contact)}" + _fill_in(service.contact, 'a channel, such as "slack: #team"'),
    ]


def _fill_in(value: str, what: str) -> str:
    return f"  # FILL IN: {what}" if value == UNKNOWN else ""


def _central(settings: Settings, facts: Facts) -> list[str]:
    central = settings.central
    lines = [
        "[central]",
        "# The central repository's name, as documents and commands show it.",
        f"repository = {to_toml(central.repository)}",
        "# Its folder with one root module for each environment, and its folder for the shared modules.",
        f"environments_folder = {to_toml(central.environments_folder)}",
        f"modules_folder = {to_toml(central.modules_folder)}",
        "",
        "# Where the central state is. Needed only when the central roots' own backend blocks don't say;",
        "# {environment} stands for the environment's name.",
    ]
    if central.backend is not None:
        lines += ["[central.backend]", f"type = {to_toml(central.backend.type)}", "", "[central.backend.config]"]
        return lines + _pairs(central.backend.config)
    own = next((backend for backend in facts.backends.values() if backend.type == "s3"), None)
    found = {name: own.config.get(name) if own is not None else None for name in ("bucket", "region")}
    config: dict[str, Value] = {
        "bucket": _text_or(found["bucket"], "terraform-state"),
        "key": f"{central.repository}/{{environment}}/terraform.tfstate",
        "region": _text_or(found["region"], "us-east-1"),
    }
    lines += ["# [central.backend]", '# type = "s3"', "#", "# [central.backend.config]"]
    return lines + [f"# {line}" for line in _pairs(config)]


def _text_or(value: Value, other: str) -> str:
    return value if isinstance(value, str) else other


def _environments(settings: Settings, facts: Facts) -> list[str]:
    lines = [
        "# The environments of this root module, each with its own values and state. Paths are relative to this file's folder.",
        "#   var_files       files given with -var-file, in their order (terraform.tfvars and *.auto.tfvars are read anyway)",
        "#   variables       values given with -var; never a secret: this file is committed",
        "#   workspace       the workspace of its state",
        "#   backend_config  files given with -backend-config",
        "#   backend         single settings given with -backend-config=KEY=VALUE; never a secret",
    ]
    if not all(environment.name for environment in settings.environments) or not settings.environments:
        alone = settings.environments[0] if settings.environments else EnvironmentSettings(name="")
        example = msgspec.structs.replace(
            alone, name="default", var_files=alone.var_files or ("environments/default.tfvars",)
        )
        lines += ["# No environments were found: the folder counts as a single one, until you name some."]
        lines += _found(facts, alone.name)
        return lines + [f"# {line.removeprefix('# ')}" for line in _environment(example)]
    for number, environment in enumerate(settings.environments):
        lines += [""] if number else []
        lines += [*_found(facts, environment.name), *_environment(environment)]
    return lines


def _found(facts: Facts, name: str) -> list[str]:
    lines: list[str] = []
    backend = facts.backends.get(name)
    if backend is not None:
        where = [
            f"{key} = {to_toml(backend.config[key])}"
            for key in SHOWN_BACKEND_SETTINGS
            if isinstance(backend.config.get(key), str)
        ]
        partial = "" if backend.complete and where else " (the rest isn't in the files)"
        lines.append(f"# State: {', '.join([backend.type, *where])}{partial}")
    missing = facts.missing.get(name, ())
    if missing:
        lines.append(f"# No file gives a value, so tfhoist doesn't know it: {', '.join(missing)}")
    return lines


def _environment(environment: EnvironmentSettings) -> list[str]:
    lines = ["[[environments]]", f"name = {to_toml(environment.name)}", f"var_files = {to_toml(environment.var_files)}"]
    lines.append(
        f"variables = {to_toml(dict(environment.variables))}"
        if environment.variables
        else '# variables = { size = "s" }'
    )
    lines.append(f"workspace = {to_toml(environment.workspace)}")
    lines.append(f"backend_config = {to_toml(environment.backend_config)}")
    lines.append(
        f"backend = {to_toml(dict(environment.backend))}"
        if environment.backend
        else '# backend = { key = "service/tfstate" }'
    )
    return lines


def _placement(settings: Settings, facts: Facts) -> list[str]:
    placement = settings.placement
    lines = [
        "[placement]",
        "# The policy: load balancers, routing, public DNS and shared roles go to the central side, what is the service's own stays, and",
        "# what no rule names follows the cheapest cut; default, prd (AWS), google, azure, or a .toml file of your own.",
        "# `tfhoist placement` shows the sides, and what alternatives would cost.",
        f"policy = {to_toml(placement.policy)}",
        "",
        "# Rules of your own come before the policy; the first that matches counts. `match` holds globs of types, or of",
        '# addresses. strength = "preference" with a weight only weighs in the cut (an uplink costs 20, a downlink 2).',
    ]
    if placement.rules:
        for number, rule in enumerate(placement.rules):
            lines += [""] if number else []
            lines += _rule(rule)
    else:
        lines += [
            "# [[placement.rules]]",
            '# name = "certificates"',
            '# match = ["aws_acm_*"]',
            '# side = "central"',
            '# strength = "preference"',
            "# weight = 10",
            '# reason = "certificates belong to the load balancers that show them"',
            "# when = { internal = false }  # also: principal, cross_account, public_dns",
            "# evidence = { services_at_least = 2 }  # also: services_at_most",
        ]
    lines += ["", "# The last word on single addresses of managed resources and module calls: central or local."]
    lines.append("[placement.overrides]")
    if placement.overrides:
        return lines + _pairs({address: side.value for address, side in placement.overrides.items()})
    return [*lines, f'# {_key(facts.undecided, quoted=True)} = "local"']


def _rule(rule: PolicyRule) -> list[str]:
    lines = [
        "[[placement.rules]]",
        f"name = {to_toml(rule.name)}",
        f"match = {to_toml(rule.match)}",
        f"side = {to_toml(rule.side.value)}",
        f"strength = {to_toml(rule.strength)}",
    ]
    if rule.strength != RULE:
        lines.append(f"weight = {rule.weight}")
    lines.append(f"reason = {to_toml(rule.reason)}")
    if rule.when is not None:
        conditions = {key: value for key, value in msgspec.structs.asdict(rule.when).items() if value is not None}
        lines.append(f"when = {to_toml(conditions)}")
    if rule.evidence is not None:
        counts = {key: value for key, value in msgspec.structs.asdict(rule.evidence).items() if value is not None}
        lines.append(f"evidence = {to_toml(counts)}")
    return lines


def _resolve(settings: Settings, facts: Facts) -> list[str]:
    lines = ["# For an address that is defined more than once: which definition to keep, by the line of its header."]
    settled = {resolve.address for resolve in settings.resolve}
    for resolve in settings.resolve:
        lines += ["[[resolve]]", f"address = {to_toml(resolve.address)}", f"keep = {to_toml(resolve.keep)}", ""]
    open_ones = [(address, places) for address, places in facts.duplicates if address not in settled]
    if open_ones:
        lines += ["# Found, and a consolidation is refused until each is settled here or in the files:"]
    elif not settings.resolve:
        open_ones = [("aws_lb_listener.https", ("main.tf:120",))]
    for address, places in open_ones:
        choices = f"  # or {', '.join(to_toml(place) for place in places[1:])}" if len(places) > 1 else ""
        lines += ["# [[resolve]]", f"# address = {to_toml(address)}", f"# keep = {to_toml(places[0])}{choices}", ""]
    return lines[:-1]


def _timeline(settings: Settings) -> list[str]:
    start = settings.timeline.start
    return [
        "[timeline]",
        "# The first day of the migration's first week; without it, the timeline counts weeks only.",
        f'start = "{start.isoformat()}"' if start is not None else '# start = "2026-01-05"',
    ]


def _documents(settings: Settings) -> list[str]:
    folder = settings.documents.templates
    return [
        "[documents]",
        "# A folder with templates of your own for runbook, rollback and the others; `tfhoist init --templates` writes one to begin with.",
        f"templates = {to_toml(folder)}" if folder else '# templates = "templates"',
    ]


def _registry(settings: Settings) -> list[str]:
    points = settings.registry.integration_points
    return [
        "[registry]",
        "# Where the service meets others and no file tells, a line each, for its registry entry.",
        f"integration_points = {to_toml(points)}"
        if points
        else '# integration_points = ["The auth service checks API keys."]',
    ]


def _pairs(table: Mapping[str, Value]) -> list[str]:
    return [f"{_key(key)} = {to_toml(value)}" for key, value in table.items()]


def to_toml(value: Value) -> str:
    """A value as TOML, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case Decimal():
            text = number_text(value)
            return text if "." in text else f"{text}.0"
        case dict():
            inner = ", ".join(f"{_key(key)} = {to_toml(one)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case tuple():
            return f"[{', '.join(to_toml(one) for one in value)}]"
    raise TypeError(f"TOML has no such value: {value!r}")


def _key(key: str, *, quoted: bool = False) -> str:
    return key if not quoted and re.fullmatch(r"[A-Za-z0-9_-]+", key) else to_toml(key)
