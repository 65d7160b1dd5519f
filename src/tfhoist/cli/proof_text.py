"""The proof as a person reads it on a terminal."""

from __future__ import annotations

from tfhoist.proof import Proof

MOST = 20


def proof_text(proof: Proof) -> str:
    """Verdicts, what doesn't hold, and the assumptions."""
    verdicts = ", ".join(f"{name}: {verdict}" for name, verdict in proof.environments.items())
    counts = proof.counts
    lines = [
        f"verdict: {proof.verdict}" + (f" ({verdicts})" if verdicts else ""),
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
