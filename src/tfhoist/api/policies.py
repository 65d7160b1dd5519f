"""Which policy holds: one that comes with tfhoist, or a file."""

from __future__ import annotations

from pathlib import Path

from tfhoist.api.reading import Service
from tfhoist.errors import UsageError
from tfhoist.placement.policy import BUILT_IN, PolicyRule, builtin_policy
from tfhoist.settings.policy import read_policy


def rules_of(service: Service, policy: str | None = None) -> tuple[PolicyRule, ...]:
    """The rules of a service root: its own ones first, then the policy's.

    `policy` stands in for the settings' one. A file is relative to the current folder there, and to the service root in the settings.
    """
    settings = service.settings.placement
    name = policy if policy is not None else settings.policy
    if name in BUILT_IN:
        return (*settings.rules, *builtin_policy(name))
    path = Path(name) if policy is not None else service.folder / name
    if policy is not None and not name.endswith(".toml") and not path.is_file():
        raise UsageError(f"there is no policy {name!r}.", f"Known: {', '.join(BUILT_IN)}; or give a file of your own.")
    try:
        source = path.read_bytes()
    except OSError as error:
        where = "" if policy is not None else " `policy` in tfhoist.toml is relative to the service root."
        raise UsageError(f"the policy {path} can't be read: {error.strerror}.", where.strip()) from None
    return (*settings.rules, *read_policy(source, name))
