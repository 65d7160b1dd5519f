"""`tfhoist prove --explain`: every obligation, and every kind of them said in words."""

from __future__ import annotations

import re
from pathlib import Path

from tfhoist.cli.proof_text import explanation
from tfhoist.proof import Proof
from tfhoist.proof.model import Obligation
from tfhoist.proof.wording import KINDS

PROOF = Path(__file__).resolve().parents[2] / "src/tfhoist/proof"
_MADE = re.compile(r'(?:Obligation|_fails|conclude|_say|_satisfied)\(\s*"([a-z_-]+)"')


def test_every_kind_is_explained() -> None:
    used = {kind for file in sorted(PROOF.glob("*.py")) for kind in _MADE.findall(file.read_text())}
    assert len(used) > 15
    assert used <= set(KINDS)


def test_what_is_the_same_everywhere_stands_once() -> None:
    obligations = (
        Obligation("output", "output.a", "dev", "holds"),
        Obligation("output", "output.a", "prod", "holds"),
        Obligation("output", "output.b", "dev", "fails", "it's gone"),
        Obligation("output", "output.b", "prod", "holds"),
    )
    proof = Proof("different", {"dev": "different", "prod": "equivalent"}, obligations, {})
    assert explanation(proof).splitlines()[1:4] == [
        "  ok        output.a",
        "  FAILS     output.b (dev): it's gone",
        "  ok        output.b (prod)",
    ]
