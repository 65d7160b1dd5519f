"""Resources that a state holds and the configuration doesn't: the next apply destroys them."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import index_suffix, without_keys
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments
from tfhoist.rules.state import compared, missing_keys


class InStateNotConfigured(Rule):
    """What a `moved` or `removed` block speaks of is no finding, nor what is in a module that isn't read."""

    id = "in-state-not-configured"
    severity = Severity.ERROR
    description = "a state holds a resource that the configuration doesn't declare"
    advice = "The next apply destroys it. Declare it, or forget it with a `removed` block that has `lifecycle { destroy = false }`."

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[str, list[str]] = {}
        declared: dict[str, Declaration | None] = {}
        for one in compared(context):
            for block, keys in one.in_state.items():
                if not keys or one.is_unknown(block) or one.is_moving(block):
                    continue
                there = set(one.configured.get(block, {}))
                gone = missing_keys(keys, there)
                whole = gone == keys and not there
                for address in [block] if whole else sorted(block + index_suffix(key) for key in gone):
                    found.setdefault(address, []).append(one.evaluation.name)
                    declared.setdefault(address, one.declared.get(without_keys(block)))
        for address, environments in found.items():
            declaration = declared[address]
            why = "the configuration doesn't declare it" if declaration is None else "its count there leaves it out"
            yield self.finding(
                f"{address} is in the state{in_environments(environments)}, and {why}",
                address=address,
                ranges=[declaration.range if declaration is not None else None],
                evidence=environments_of(environments),
            )
