"""Reading a policy file of a user's own: every fault at once, each with its line."""

from __future__ import annotations

from tfhoist.errors import InputError
from tfhoist.placement.policy import PolicyRule, builtin_policy
from tfhoist.settings.check import rule_faults
from tfhoist.settings.file import SettingsFile, sort
from tfhoist.settings.read import read_rule, rule_problems
from tfhoist.settings.schema import policy_schema, problems


def read_policy(source: bytes, path: str) -> tuple[PolicyRule, ...]:
    """The rules of a policy file, those that it extends after them; `path` is the file's name in diagnostics.

    Raises `InputError` with everything that is wrong in it.
    """
    file = SettingsFile(source, path)
    file.read()
    found = problems(file.document, policy_schema())
    if not found:
        found = list(rule_problems(file.document["rules"], ("rules",)))
    rules: tuple[PolicyRule, ...] = ()
    if not found:
        rules = tuple(read_rule(file, ("rules", number), table) for number, table in enumerate(file.document["rules"]))
        found = list(rule_faults(rules, ("rules",)))
    if found:
        raise InputError(sort([file.diagnostic(problem) for problem in found]))
    extended = file.document.get("extends")
    return (*rules, *builtin_policy(extended)) if extended is not None else rules
