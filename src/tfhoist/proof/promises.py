"""The promised outputs: each name still means, in terms of the service root as it was, what was agreed.

Outputs that the service itself reads are proved where they are read. Others are for platform teams, and nothing else
would notice that two of them were swapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfhoist.hcl import parser
from tfhoist.proof.compare import differences
from tfhoist.proof.model import FAILS, UNDECIDED, Obligation
from tfhoist.proof.service_root import conclude
from tfhoist.proof.sides import Opened
from tfhoist.proof.terms import Terms


def check_promises(opened: Opened, promises: Mapping[str, str], terms: Terms) -> Iterator[Obligation]:
    """One obligation for each promised output, in one environment. `promises` is name to expression."""
    for name, text in sorted(promises.items()):
        address = f"central output.{name}"
        declaration = opened.central.root.module.get(f"output.{name}")
        value = declaration.expression("value") if declaration is not None else None
        if value is None:
            yield Obligation("promise", address, opened.name, FAILS, f"it's gone; it was to be {text}")
            continue
        source = text.encode()
        try:
            expected = parser.parse_expression(source, 0, len(source))
        except parser.ParseError as error:
            yield Obligation("promise", address, opened.name, UNDECIDED, f"{text}: {error.message}")
            continue
        before = opened.before.root.normal(expected)
        after = opened.central.root.normal(value)
        yield conclude("promise", address, opened.name, differences(terms, before, after, relaxed=False))
