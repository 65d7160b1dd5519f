"""The findings of a registry check, by id: what they say, and what to do. docs/registry.md has a row for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from tfhoist.diagnostics import Severity, SourceRange
from tfhoist.findings import Finding
from tfhoist.routing.model import Request, witness_of


class Check(NamedTuple):
    """A kind of finding."""

    id: str
    severity: Severity
    description: str
    advice: str


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
CHECKS: dict[str, Check] = {
    check.id: check
    for check in (
        Check("registry-claims-unreadable", _ERROR, "a file of claims can't be read", "Write it with `tfhoist registry add`."),
        Check(
            "registry-claim-undecided", _WARNING, "two services' rules may take one request, and it can't be decided",
            "Ask both owners: a condition besides host and path, or a pattern that AWS refuses, keeps it open.",
        ),
        Check(
            "registry-contact-missing", _ERROR, "a service has no contact", "Say where its owners are reached, such as a channel.",
        ),
        Check("registry-dns-taken", _ERROR, "two services claim one DNS name", "One of the two owners has to give it up."),
        Check(
            "registry-document-differs", _ERROR, "the registry document and the claims say different things",
            "Write the entry again with `tfhoist registry add`.",
        ),
        Check(
            "registry-document-unreadable", _NOTE, "a line of the registry document can't be read",
            "Only people read it then. Write it as the entries around it.",
        ),
        Check(
            "registry-drift", _ERROR, "the claims and the Terraform in the central repository say different things",
            "Consolidate again, or add the claims again: they have to be what is declared.",
        ),
        Check(
            "registry-edge-taken", _ERROR, "two services claim one CloudFront alias, API Gateway domain, or mapping of one",
            "AWS refuses the second (CNAMEAlreadyExists, ConflictException).",
        ),
        Check("registry-entry-missing", _WARNING, "a service has claims, or an entry in the document, and not both",
              "Add the other with `tfhoist registry add`."),
        Check("registry-name-taken", _ERROR, "two services claim one real name", "AWS refuses the second. Rename one of the two."),
        Check("registry-output-taken", _ERROR, "two services offer an output of one name", "Rename one: a root has each name once."),
        Check(
            "registry-output-missing", _ERROR, "a service reads an output of the central root that nobody offers",
            "Offer it again, or take the read out of the service root and consolidate or add it again.",
        ),
        Check("registry-owner-missing", _ERROR, "a service has no owner", "Say who owns it: an address or a team."),
        Check(
            "registry-path-taken", _ERROR, "two services claim overlapping paths on one host",
            "One of the two owners has to give it up, or hand it over (transfer_from).",
        ),
        Check(
            "registry-port-taken", _ERROR, "two services claim one port of one load balancer",
            "AWS refuses the second listener (DuplicateListener), whatever its protocol: for TCP and UDP together there is TCP_UDP.",
        ),
        Check(
            "registry-priority-taken", _ERROR, "two services claim one priority on one listener",
            "AWS refuses the second rule (PriorityInUse).",
        ),
        Check("registry-root-missing", _WARNING, "a central root that claims name isn't there", "Its claims can't be compared."),
        Check(
            "registry-transfer-refused", _ERROR, "a transfer isn't open to this service",
            "Ask the owner. A transfer is made once, with the proposal that first says so.",
        ),
    )
}  # fmt: skip


def finding(
    check: str,
    summary: str,
    *,
    services: Iterable[str] = (),
    places: Iterable[SourceRange] = (),
    evidence: Mapping[str, str] | None = None,
    advice: str = "",
    witness: Request | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding; `address` and `addresses` name services, `advice` is put behind the check's own."""
    kind = CHECKS[check]
    named = tuple(dict.fromkeys(services))
    ranges = tuple(dict.fromkeys(places))
    return Finding(
        id=check,
        severity=severity or kind.severity,
        summary=summary,
        advice=f"{kind.advice} {advice}".strip(),
        address=named[0] if named else None,
        addresses=named,
        range=ranges[0] if ranges else None,
        ranges=ranges,
        evidence=dict(evidence or {}),
        witness=msgspec.UNSET if witness is None else witness_of(witness),
    )
