"""The strategy `blocks` by hand: the commands of both roots, in their order, with the check of each saved plan before it's applied."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.consolidation.central_root import hcl_text
from tfhoist.secrets import holds_placeholder, sounds_secret
from tfhoist.values.types import Value, has_unknown, to_text

PLAN = "tfhoist.plan"


def steps(
    out: str, environment: str, journal: str, central: str, service: str, settings: EnvironmentSettings
) -> list[str]:
    """What is typed, line by line; a line that begins with `#` says what has to be seen. `central` and `service` are folders.

    Paths are absolute, since the commands go from folder to folder. Under `bash -e` nothing follows what was refused.
    """
    service_init = [f"-backend-config={path}" for path in settings.backend_config]
    service_init += _pairs("-backend-config", settings.backend)
    options = [f"-var-file={path}" for path in settings.var_files] + _pairs("-var", settings.variables)
    check = ["tfhoist", "migrate", "check", out, *(["--environment", environment] if environment else [])]
    check += ["--journal", journal] if journal else []
    return [
        "# 1. The central root: it imports, and nothing else.",
        *_root(central, [], [], "", [*check, "--side", "destination", "-"]),
        "#    seen: only imports; 0 to add, 0 to change, 0 to destroy",
        "# 2. The service root: it forgets, and nothing else.",
        *_root(service, service_init, options, settings.workspace, [*check, "--side", "source", "-"]),
        "#    seen: each `will no longer be managed by Terraform`; 0 to destroy",
        "# 3. Both states as they are now, and a plan of each root.",
        _line(["tfhoist", "migrate", "verify", *check[3:]]),
    ]


def _root(folder: str, init: list[str], options: list[str], workspace: str, check: list[str]) -> list[str]:
    lines = [
        f"cd {shlex.quote(folder)}",
        "umask 077   # a saved plan holds secrets",
        _line(["terraform", "init", "-input=false", "-reconfigure", *init]),
    ]
    if workspace not in ("", "default"):
        lines.append(_line(["terraform", "workspace", "select", workspace]))
    return [
        *lines,
        _line(["terraform", "plan", "-input=false", *options, f"-out={PLAN}"]),
        f"terraform show -json {PLAN} | {_line(check)} &&",
        f"  terraform apply -input=false {PLAN} || {{ rm -f {PLAN}; false; }}   # refused, or it failed: stop here",
        f"rm -f {PLAN}",
    ]


def _pairs(option: str, values: Mapping[str, Value]) -> list[str]:
    """Settings as options; secrets aren't printed, they come from the environment of whoever types this."""
    found: list[str] = []
    for key, value in values.items():
        text = "" if has_unknown(value) else to_text(value) or hcl_text(value)
        if text and not holds_placeholder(text.encode()) and not sounds_secret(key):
            found.append(f"{option}={key}={text}")
    return found


def _line(words: list[str]) -> str:
    return shlex.join(words)
