"""Making mutants from a seed, proving each, and telling which survive."""

from __future__ import annotations

import difflib
import hashlib
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from random import Random
from types import FrameType
from typing import NamedTuple

from tests.mutants.equivalents import explain
from tests.mutants.kinds import KINDS, Kind
from tests.mutants.registry import Draft
from tests.mutants.results import Changes, Result
from tfhoist.errors import TfhoistError
from tfhoist.proof import prove

SLOWEST = 10.0
"""Seconds that one proof may take; the slowest of these results needs a few tenths."""

KILLED = "killed"
SURVIVED = "survived"
EXPLAINED = "equivalent"
HELD = "held"
FALSE_ALARM = "false alarm"
CRASHED = "crashed"
SLOW = "slow"
BAD = (SURVIVED, FALSE_ALARM, CRASHED, SLOW)


class Mutant(NamedTuple):
    """One mutant: the result that it was made of, and the files that differ."""

    kind: str
    result: str
    where: str
    changes: Changes
    explained: str


class Outcome(NamedTuple):
    """What the proof said of one mutant."""

    mutant: Mutant
    what: str
    verdict: str
    detail: str
    seconds: float


def mutants(results: Sequence[Result], kinds: Iterable[Kind], count: int, seed: int) -> list[Mutant]:
    """Mutants that all differ: the kinds and results take turns until there are `count`, or no more can be made."""
    found: list[Mutant] = []
    seen: set[str] = set()
    pairs = [(kind, result) for result in results for kind in kinds]
    Random(f"{seed}").shuffle(pairs)
    for turn in range(count):
        made = len(found)
        for kind, result in list(pairs):
            if len(found) >= count:
                return found
            mutant = _mutant(kind, result, Random(f"{seed}/{turn}/{kind.name}/{result.name}"), seen)
            if mutant is not None:
                found.append(mutant)
            elif turn == 0 or turn > 6:
                pairs.remove((kind, result))
        if len(found) == made and turn > 6:
            break
    return found


def _mutant(kind: Kind, result: Result, random: Random, seen: set[str]) -> Mutant | None:
    draft: Draft | None = kind.make(result, random)
    if draft is None:
        return None
    changes = {path: content for path, content in draft.changes.items() if result.files.get(path) != content}
    key = hashlib.sha256(repr((result.name, sorted(changes.items()))).encode()).hexdigest()
    if not changes or key in seen:
        return None
    seen.add(key)
    return Mutant(kind.name, result.name, draft.where, changes, "" if kind.harmless else explain(result, draft))


class _TooSlow(Exception):
    """The time of one proof is over."""


def judge(mutant: Mutant, result: Result) -> Outcome:
    """Prove one mutant."""

    def late(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    files = {path: content for path, content in result.files.items() if path not in mutant.changes}
    files |= {path: content for path, content in mutant.changes.items() if content is not None}
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SLOWEST)
    start = time.perf_counter()
    verdict, detail = "", ""
    try:
        proof = prove(result.out.subject(files))
        verdict = proof.verdict
        open_ = [o for o in proof.obligations if o.result != "holds"]
        detail = "; ".join(f"{o.result} {o.kind} {o.address}: {o.detail}" for o in open_[:3])
        what = _what(mutant, verdict)
    except _TooSlow:
        what = SLOW
    except TfhoistError as error:
        # the command ends with a message, as it does for what it can't read: no verdict, and no false one
        what, detail = _what(mutant, "error"), str(error)
    except Exception:
        what, detail = CRASHED, traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return Outcome(mutant, what, verdict, detail, time.perf_counter() - start)


def _what(mutant: Mutant, verdict: str) -> str:
    if KINDS[mutant.kind].harmless:
        return HELD if verdict == "equivalent" else FALSE_ALARM
    if verdict != "equivalent":
        return KILLED
    return EXPLAINED if mutant.explained else SURVIVED


_results: dict[str, Result] = {}


def _judge(mutant: Mutant) -> Outcome:
    return judge(mutant, _results[mutant.result])


def judge_all(
    chosen: Sequence[Mutant],
    results: Sequence[Result],
    processes: int,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Outcome]:
    """Prove many mutants, in some processes."""
    by_name = {result.name: result for result in results}
    if processes < 2:
        for number, mutant in enumerate(chosen):
            yield judge(mutant, by_name[mutant.result])
            progress(number + 1)
        return
    _results.update(by_name)  # the processes are forked, so they have it too
    with get_context("fork").Pool(processes) as pool:
        for number, outcome in enumerate(pool.imap(_judge, chosen, chunksize=16)):
            yield outcome
            progress(number + 1)


def diff(mutant: Mutant, result: Result) -> str:
    """What a mutant changed, as a patch."""
    lines: list[str] = []
    for path, content in sorted(mutant.changes.items()):
        old, new = ((text or b"").decode(errors="replace").splitlines() for text in (result.files.get(path), content))
        lines += difflib.unified_diff(old, new, path, path if content is not None else "(gone)", lineterm="", n=2)
    return "\n".join(lines)
