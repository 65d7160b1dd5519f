"""The contract: every output that a service root reads exists in the central root, with the type that it expects."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tfhoist.contract.offers import Offer
from tfhoist.contract.reads import Read, Step
from tfhoist.contract.shapes import ANYTHING, MAPPING, SEQUENCE, Shape, unlike
from tfhoist.diagnostics import Severity
from tfhoist.findings import Finding

MISSING_OUTPUT = "missing-output"
OTHER_TYPE = "output-of-another-type"
UNTOLD_READ = "outputs-not-named"
NOTHING_READ = "no-outputs-read"
FINDINGS = (MISSING_OUTPUT, OTHER_TYPE, UNTOLD_READ, NOTHING_READ)


class RequiredOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One output that is read: by which blocks, and the type that each central root offers it with ("" where it isn't there)."""

    name: str
    readers: tuple[str, ...]
    types: dict[str, str]


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, and what is wrong. `central` are the roots' names, or that of the state's file."""

    remote_state: str
    central: tuple[str, ...]
    outputs: tuple[RequiredOutput, ...]
    findings: tuple[Finding, ...]


def check(remote_state: str, reads: Sequence[Read], central: Mapping[str, Mapping[str, Offer]]) -> Contract:
    """Compare the reads of one data source with what each central root offers."""
    named = [read for read in reads if read.data == remote_state and read.output]
    by_output: dict[str, list[Read]] = {}
    for read in named:
        by_output.setdefault(read.output, []).append(read)
    findings = [_untold(read) for read in reads if read.data == remote_state and not read.output]
    for output, several in sorted(by_output.items()):
        for root, offers in central.items():
            findings.extend(_of_output(output, several, root, offers))
    if not by_output and not findings:
        findings.append(
            Finding(
                id=NOTHING_READ,
                severity=Severity.NOTE,
                summary=f"nothing reads an output of data.terraform_remote_state.{remote_state}.",
                advice="Is this the right root, and the right data source (--remote-state)?",
            )
        )
    outputs = tuple(
        RequiredOutput(
            name=output,
            readers=tuple(dict.fromkeys(read.address for read in several)),
            types={root: offers[output].shape.said() if output in offers else "" for root, offers in central.items()},
        )
        for output, several in sorted(by_output.items())
    )
    return Contract(
        remote_state=remote_state,
        central=tuple(central),
        outputs=outputs,
        findings=tuple(sorted(findings, key=Finding.order)),
    )


def _of_output(output: str, reads: Sequence[Read], root: str, offers: Mapping[str, Offer]) -> Iterator[Finding]:
    readers = tuple(dict.fromkeys(read.address for read in reads))
    places = tuple(dict.fromkeys(read.range for read in reads))
    if output not in offers:
        close = difflib.get_close_matches(output, offers, 3)
        evidence = {"output": output, "central": root}
        if close:
            evidence["offered"] = ", ".join(close)
        yield Finding(
            id=MISSING_OUTPUT,
            severity=Severity.ERROR,
            summary=f"{_together(readers)} {'reads' if len(readers) == 1 else 'read'} the output {output!r}, which {root} doesn't have.",
            advice=(f"It has {' and '.join(close)}: if that's the new name, keep the old one too until its readers have changed."
                    if close else "Keep the output until its readers have changed; every plan of the service stops without it."),
            address=readers[0],
            addresses=readers,
            range=places[0],
            ranges=places,
            evidence=evidence,
        )  # fmt: skip
        return
    offer = offers[output]
    for read in reads:
        taken_for = problem(read, offer.shape)
        if taken_for:
            yield Finding(
                id=OTHER_TYPE,
                severity=Severity.WARNING if read.guessed else Severity.ERROR,
                summary=f"{read.address} reads the output {output!r} as {taken_for}, and in {root} it's {offer.shape.said()}.",
                advice="Give the output its old type, under another name if need be; or change the reader first.",
                address=read.address,
                addresses=(read.address,),
                range=read.range,
                ranges=(read.range, *([offer.range] if offer.range is not None and offer.range.file == read.range.file else [])),
                evidence={"output": output, "central": root, "offered": offer.shape.said(), "argument": read.argument},
            )  # fmt: skip


def problem(read: Read, offered: Shape) -> str:
    """What a reader takes the output for, where it can't be that; "" otherwise."""
    shape, way = offered, ""
    for step in read.steps:
        wanted = _container(step)
        if unlike(shape, wanted):
            return f"{_a(wanted)} ({_stepped(way, step)})"
        if wanted.kind == MAPPING and shape.fields is not None and isinstance(step, str) and step not in shape.fields:
            return f"an object with the attribute {step!r}"
        shape = _inside(shape, step)
        way = _stepped(way, step)
    if read.splat:
        return ""
    return _a(read.wanted) if unlike(shape, read.wanted) else ""


def _container(step: Step) -> Shape:
    if isinstance(step, str):
        return Shape(MAPPING)
    return Shape(SEQUENCE) if isinstance(step, int) else ANYTHING


def _inside(shape: Shape, step: Step) -> Shape:
    if shape.fields is not None and isinstance(step, str):
        return shape.fields.get(step, ANYTHING)
    return shape.inner or ANYTHING


def _stepped(way: str, step: Step) -> str:
    if isinstance(step, str) and step.isidentifier():
        return f"{way}.{step}"
    return f"{way}[{step!r}]" if step is not None else f"{way}[...]"


def _a(shape: Shape) -> str:
    return {"primitive": "a single value", SEQUENCE: "a list", MAPPING: "a map or object"}.get(
        shape.kind, "something else"
    )


def _together(words: Iterable[str], most: int = 3) -> str:
    known = list(words)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return f"{', '.join(known[:-1])} and {known[-1]}" if len(known) > 1 else "".join(known)


def _untold(read: Read) -> Finding:
    return Finding(
        id=UNTOLD_READ,
        severity=Severity.NOTE,
        summary=f"{read.address} reads outputs of data.terraform_remote_state.{read.data} by names that aren't in the files.",
        advice="Read each output by its name, so that this check and its readers can see which ones are needed.",
        address=read.address,
        addresses=(read.address,),
        range=read.range,
        ranges=(read.range,),
    )
