"""One address, defined twice: Terraform refuses the root."""

from __future__ import annotations

from collections.abc import Iterator

from tfhoist.audit.links import qualified
from tfhoist.configuration.paths import is_override
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding
from tfhoist.rules.base import Context, Rule, header_of, times, together


class DuplicateAddress(Rule):
    """Definitions in override files don't count: Terraform merges those."""

    id = "duplicate-address"
    severity = Severity.ERROR
    description = "one address is defined more than once"
    advice = "Terraform refuses such a root: keep one definition, and delete or rename the other."

    def match(self, context: Context) -> Iterator[Finding]:
        for path, module in context.modules:
            for address, definitions in module.definitions.items():
                several = [one for one in definitions if not is_override(one.file.path)]
                if len(several) < 2:
                    continue
                places = [header_of(definition) for definition in several]
                yield self.finding(
                    f"{qualified(path, address)} is defined {times(len(several))}: {together(places)}",
                    address=qualified(path, address),
                    ranges=[definition.range for definition in several],
                    evidence={"definitions": ", ".join(places)},
                    advice=self.advice
                    if path
                    else "Terraform refuses such a root. Delete one definition, or say in tfhoist.toml which to keep: "
                    f'[[resolve]] with address = "{address}" and keep = "{places[0]}" (or "{places[-1]}").',
                )
