"""What DNS and an endpoint answered, as facts."""

from __future__ import annotations

from collections.abc import Sequence

from tfhoist.validation.model import DnsCheck, EndpointCheck, Observation


def dns_observation(
    check: DnsCheck,
    *,
    record: str | None,
    record_known: bool,
    answers: Sequence[str] | None,
    answers_known: bool,
    balancer_answers: Sequence[str] | None,
    unchecked: tuple[str, ...],
) -> Observation:
    """A name: its record in Route 53, and what a resolver says.

    A load balancer's addresses change by themselves, so an answer counts as its own when the two share one.
    """
    why = list(unchecked)
    if record_known and record is None and (answers is None or not answers_known):
        return Observation(there=False, unchecked=unchecked)
    facts: dict[str, str] = {}
    notes: list[str] = []
    if record_known:
        facts["record"] = record or "none"
        if record is None:
            notes.append("Route 53 has no such record; the name is answered all the same")
    said = ""
    if answers_known:
        if answers is None:
            said = "no answer"
            why.append("the resolver doesn't know this name: ask one that does with --resolver (a private zone?)")
        elif check.rotates:
            said = "answers"
        elif not check.load_balancer or check.type not in ("A", "AAAA"):
            said = ", ".join(sorted(answers))
        elif balancer_answers is None:
            why.append(f"whether the answers are those of {check.load_balancer} isn't known: its address isn't")
        elif set(answers) & set(balancer_answers):
            said = f"the addresses of {check.load_balancer}"
        else:
            said = f"{', '.join(sorted(answers))}: not the addresses of {check.load_balancer}"
            notes.append(f"the files say that it's an alias of {check.load_balancer}")
    if said and answers is not None:
        facts["answers"] = said
    if check.values and answers is not None and answers_known:
        wanted = {value.lower().rstrip(".") for value in check.values} if check.type != "TXT" else set()
        if wanted and wanted != set(answers):
            notes.append(f"the files say {', '.join(sorted(wanted))}")
    return Observation(
        brief=said or record or "",
        facts=facts,
        unchecked=tuple(why),
        notes=tuple(notes),
    )


def endpoint_observation(check: EndpointCheck, status: int, location: str, failure: str) -> Observation:
    """An endpoint's status and where it leads; without an answer, why."""
    if failure:
        return Observation(failure=failure)
    facts = {"status": str(status)}
    if location:
        facts["location"] = location
    notes = []
    if check.status and check.status != str(status):
        notes.append(f"the files say that the load balancer answers {check.status}")
    brief = f"{status} to {location}" if location else str(status)
    return Observation(brief=brief, facts=facts, notes=tuple(notes))
