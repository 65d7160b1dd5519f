"""Random choices that can be recorded, played again, and made simpler.

Hypothesis varies what it drew before, so its examples come in families and their shares say little. Here each draw is independent,
and named by its seed; shrinking works on the numbers that were chosen, as hypothesis' does.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence


class Choices:
    """Whole numbers: those of `given` first (as far as they fit), then from `source`, or the least without one."""

    def __init__(self, given: Sequence[int] = (), source: random.Random | None = None) -> None:
        self._given = given
        self._source = source
        self.taken: list[int] = []

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included; it's recorded as its distance from the least one."""
        position = len(self.taken)
        if position < len(self._given):
            distance = min(self._given[position], most - least)
        else:
            distance = self._source.randint(0, most - least) if self._source is not None else 0
        self.taken.append(distance)
        return least + distance


def shrink(numbers: Sequence[int], fails: Callable[[Choices], bool], *, seconds: float) -> list[int]:
    """A shorter or smaller sequence with which `fails` still holds, found within a time."""
    best = list(numbers)
    until = time.monotonic() + seconds
    improved = True
    while improved:
        improved = False
        for candidate in _simpler(best):
            if time.monotonic() > until:
                return best
            choices = Choices(candidate)
            if fails(choices) and _order(choices.taken) < _order(best):
                best, improved = _trimmed(choices.taken), True
                break
    return best


def _order(numbers: Sequence[int]) -> tuple[int, list[int]]:
    trimmed = _trimmed(numbers)
    return len(trimmed), trimmed


def _trimmed(numbers: Sequence[int]) -> list[int]:
    end = len(numbers)
    while end and numbers[end - 1] == 0:
        end -= 1
    return list(numbers[:end])


def _simpler(numbers: list[int]) -> Iterator[list[int]]:
    size = len(numbers)
    while size:
        for start in range(0, len(numbers), size):
            yield numbers[:start] + numbers[start + size :]
        for start in range(0, len(numbers), size):
            if any(numbers[start : start + size]):
                yield [*numbers[:start], *[0] * len(numbers[start : start + size]), *numbers[start + size :]]
        size //= 2
