"""The proof as a person reads it on a terminal."""

from __future__ import annotations

from itertools import groupby

from tfhoist.cli import colours
from tfhoist.proof import Proof
from tfhoist.proof.wording import KINDS

MOST = 20

_SIGNS = {"holds": "ok", "fails": "FAILS", "undecided": "undecided"}


def explanation(proof: Proof) -> str:
    """Every obligation, by kind; what is the same in all environments stands once."""
    lines: list[str] = []
    for kind, group in groupby(proof.obligations, key=lambda obligation: obligation.kind):
        together: dict[tuple[str, str, str], list[str]] = {}
        for obligation in group:
            key = (obligation.address, obligation.result, obligation.detail)
            together.setdefault(key, []).append(obligation.environment or "")
        lines.append(f"{kind}: {KINDS[kind]}" if kind in KINDS else kind)
        for (address, result, detail), environments in together.items():
            everywhere = environments == [""] or len(environments) == len(proof.environments)
            where = "" if everywhere else f" ({', '.join(environments)})"
            lines.append(f"  {_SIGNS[result]:<9} {address}{where}" + (f": {detail}" if detail else ""))
        lines.append("")
    return "\n".join(lines)


def proof_text(proof: Proof) -> str:
    """Verdicts, what doesn't hold, and the assumptions."""
    verdicts = ", ".join(f"{name}: {verdict}" for name, verdict in proof.environments.items())
    counts = proof.counts
    lines = [
        f"verdict: {colours.verdict(proof.verdict)}" + (f" ({verdicts})" if verdicts else ""),
        f"{counts.get('holds', 0)} obligations hold, {counts.get('fails', 0)} fail, {counts.get('undecided', 0)} undecided",
    ]
    wrong = [obligation for obligation in proof.obligations if obligation.result != "holds"]
    for obligation in wrong[:MOST]:
        where = f" ({obligation.environment})" if obligation.environment else ""
        lines.append(f"  {obligation.result}: {obligation.kind} {obligation.address}{where}: {obligation.detail}")
    if len(wrong) > MOST:
        lines.append(f"  and {len(wrong) - MOST} more in proof.json")
    if proof.assumptions:
        lines.append("assuming:")
        lines.extend(f"  - {assumption}" for assumption in proof.assumptions)
    return "\n".join(lines)
