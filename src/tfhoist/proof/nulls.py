"""Which central outputs may be null, as far as their expressions say: a state keeps no output that is null.

Whoever reads such a one gets an error where the value was null before. Source: `terraform_remote_state` has the outputs of the state
file, into which Terraform writes no null (tried with Terraform 1.11).
"""

from __future__ import annotations

from tfhoist.proof.term import Term


def says_null(term: Term) -> bool:
    """Whether an expression has null among the results that stand there."""
    pending = [term]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        match current:
            case Term("const", ("null", _)) | Term("call", ("one", _, *_)):
                return True
            case Term("sensitive" | "unmarked", (inner, *_)):
                pending.append(inner)
            case Term("pin" | "convert" | "unless_null", (_, inner)):
                pending.append(inner)
            case Term("conditional", (_, yes, no)):
                pending += [yes, no]
            case Term(
                "call", ("try" | "sensitive" | "nonsensitive" | "tostring" | "tonumber" | "tobool", _, *arguments)
            ):
                pending += arguments
            case Term("call", ("lookup", _, _, _, default)):
                pending.append(default)
    return False
