"""A budget of work: an answer that would cost more is `undecided`, never a guess."""

from __future__ import annotations


class Exhausted(Exception):
    """The budget is spent: what was asked isn't decided."""


class Work:
    """What may still be spent, in steps of an automaton."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Spend steps; raises `Exhausted` when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted

    def part(self, steps: int) -> Work:
        """A budget for one question: no more than `steps`, nor than what is left. Give it back with `settle`."""
        return Work(min(steps, self.left))

    def settle(self, given: Work, steps: int) -> None:
        """Count what one question has spent of what it was given."""
        self.left -= max(0, min(steps, self.left) - max(given.left, 0))
