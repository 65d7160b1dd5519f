"""Resources that are configured and in no state: the next apply creates them."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.addresses import index_suffix
from tfhoist.configuration.model import Declaration
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, environments_of, in_environments
from tfhoist.rules.state import compared, missing_keys


class ConfiguredNotInState(Rule):
    """A count of 0 asks for nothing, and an `import` or `moved` block says where it comes from."""

    id = "configured-not-in-state"
    severity = Severity.WARNING
    description = "the configuration declares a resource that the state doesn't hold"
    advice = "The next apply creates it. If it exists already, import it; a migration moves only what is in the state."

    def match(self, context: Context) -> Iterator[Finding]:
        found: dict[str, list[str]] = {}
        declared: dict[str, Declaration] = {}
        for one in compared(context):
            for block, instances in one.configured.items():
                if one.is_unknown(block) or one.is_moving(block) or not instances:
                    continue
                keys = set(instances)
                missing = missing_keys(keys, one.in_state.get(block, set()))
                addresses = [block] if missing == keys else sorted(block + index_suffix(key) for key in missing)
                for address in addresses:
                    found.setdefault(address, []).append(one.evaluation.name)
                    declared.setdefault(address, next(iter(instances.values())).declaration)
        for address, environments in found.items():
            yield self.finding(
                f"{address} is configured, and isn't in the state{in_environments(environments)}",
                address=address,
                ranges=[declared[address].range],
                evidence=environments_of(environments),
            )
