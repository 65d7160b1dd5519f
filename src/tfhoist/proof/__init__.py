"""The symbolic proof: both sides brought to a normal form and compared, trusting nothing that the split says of itself."""

from __future__ import annotations

from tfhoist.proof.identities import Identities, IdentityInstance, read_identities
from tfhoist.proof.model import Obligation, Proof, ProofEnvironment, Subject
from tfhoist.proof.prove import prove

__all__ = [
    "Identities",
    "IdentityInstance",
    "Obligation",
    "Proof",
    "ProofEnvironment",
    "Subject",
    "prove",
    "read_identities",
]
