"""The proof as a person reads it on a terminal."""

from __future__ import annotations

from itertools import groupby

from tfhoist.proof import Proof

MOST = 20

KINDS: dict[str, str] = {
    "central-block": "what the central roots and the shared module gained is the service's to add",
    "central-file": "the central repository's own files are as they were, and new ones stand where they belong",
    "central-root": "each central root calls the shared module once, with all its variables",
    "data": "each data source is on the side of its readers, with the same arguments and provider",
    "duplicate": "nothing is defined twice",
    "file": "files of the service root stay, and files that moved have the same content",
    "guard": "the service root stops with an error until the central outputs exist",
    "import": "blocks that import are as they were, and new ones import what moved, each by its own id",
    "interface": "every central output that is read exists and comes from the shared module",
    "lifecycle": "creation before destruction is as it was",
    "module": "each module call is on one side, with the same source, version, arguments and providers",
    "moved": "blocks that move addresses are as they were",
    "check": "checks are as they were",
    "output": "the service root's outputs have the same values, and central outputs can always be evaluated",
    "pin": "each pinned input is what the state says of the original expression",
    "promise": "each promised output means what was agreed",
    "provider": "moved blocks keep their provider configuration, and the service root its own",
    "remote-state": "the remote state is that of the central root of the same environment",
    "required": "the shared module has the inputs and outputs that every one has",
    "removed": "each moved address is forgotten, never destroyed, by an early apply",
    "required_providers": "some version of each provider satisfies everyone",
    "required_version": "some version of Terraform satisfies everyone",
    "resource": "each resource is there once, with the same arguments, meta-arguments and marks",
    "routing": "every request is answered as before, by the listeners' rules together",
    "sensitive": "outputs of sensitive values say so",
    "settings": "the service root's `terraform` settings are as they were",
    "syntax": "all files can be read",
    "undeclared": "everything that is read is declared",
    "variable": "variables are declared as before, and central ones as the service's",
    "wellformed": "Terraform takes what was written",
}
"""What the obligations of each kind ask for."""

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
