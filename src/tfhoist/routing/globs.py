"""Patterns with `*` and `?` as automata: what they take, whether two meet, and words that some take and others don't.

A pattern is a chain of states. The state in front of a literal or a `?` leads to the next one; a `*` is a loop on the state
where it stands. Many patterns run at once as the bits of one number, so a step costs one shift, whatever their count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from tfhoist.routing.spaces import SEPARATOR, Space
from tfhoist.routing.work import Work

ANY = ""
"""The token of `?`; every other token is one literal character."""


@dataclass(frozen=True, eq=True)
class Glob:
    """A pattern: the tokens that it consumes, and the states (0 to `len(tokens)`) on which a `*` loops."""

    tokens: tuple[str, ...]
    loops: frozenset[int]

    @cached_property
    def _hash(self) -> int:
        return hash((self.tokens, self.loops))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def literal(self) -> bool:
        """Whether it takes exactly one word."""
        return not self.loops and ANY not in self.tokens

    @cached_property
    def beginning(self) -> bool:
        """Whether it takes whatever begins with its prefix: `/api/*`."""
        return ANY not in self.tokens and self.loops == frozenset((len(self.tokens),))

    @cached_property
    def prefix(self) -> str:
        """The literal characters that each of its words begins with."""
        for index, token in enumerate(self.tokens):
            if token == ANY or index in self.loops:
                return "".join(self.tokens[:index])
        return "".join(self.tokens)

    @cached_property
    def suffix(self) -> str:
        """The literal characters that each of its words ends with."""
        length = len(self.tokens)
        for back in range(length):
            index = length - back
            if index in self.loops or self.tokens[index - 1] == ANY:
                return "".join(self.tokens[index:])
        return "" if 0 in self.loops and not self.tokens else "".join(self.tokens)


@lru_cache(maxsize=100_000)
def parse(pattern: str, *, escapes: bool = False) -> Glob:
    """A pattern. With `escapes`, `\\*` and `\\?` are literal (query strings).

    In a run of wildcards the order is of no matter (`*?` takes what `?*` takes), so each run has one loop, at its end.
    """
    tokens: list[str] = []
    loops: set[int] = set()
    looping = False
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escapes and character == "\\" and pattern[position + 1 : position + 2] in ("*", "?"):
            position += 1
            character, wild = pattern[position], ""
        else:
            wild = character if character in "*?" else ""
        position += 1
        if wild == "*":
            looping = True
            continue
        if wild == "?":
            tokens.append(ANY)
            continue
        if looping:
            loops.add(len(tokens))
            looping = False
        tokens.append(character)
    if looping:
        loops.add(len(tokens))
    return Glob(tuple(tokens), frozenset(loops))


def pair(key: str | None, value: str) -> Glob:
    """A pattern of a query string's pair: the key's (any key for None), a separator, and the value's."""
    first, second = parse("*" if key is None else key, escapes=True), parse(value, escapes=True)
    offset = len(first.tokens) + 1
    return Glob(
        (*first.tokens, SEPARATOR, *second.tokens), first.loops | frozenset(index + offset for index in second.loops)
    )


class Machine:
    """Several groups of patterns that run together. A group takes a word when one of its patterns does."""

    def __init__(self, groups: Sequence[Sequence[Glob]]) -> None:
        self.start = 0
        self.loop = 0
        self.any = 0
        self.literals: dict[str, int] = {}
        self.accepts: list[int] = []  # by group: the last states of its patterns
        self.forever: list[int] = []  # by group: the last states with a loop: whatever follows is taken
        self.bits: list[int] = []  # by group: all its states
        offset = 0
        for globs in groups:
            accepts = forever = bits = 0
            for glob in globs:
                length = len(glob.tokens)
                self.start |= 1 << offset
                bits |= ((1 << (length + 1)) - 1) << offset
                accepts |= 1 << (offset + length)
                for index, token in enumerate(glob.tokens):
                    if token == ANY:
                        self.any |= 1 << (offset + index)
                    else:
                        self.literals[token] = self.literals.get(token, 0) | 1 << (offset + index)
                for index in glob.loops:
                    self.loop |= 1 << (offset + index)
                    if index == length:
                        forever |= 1 << (offset + length)
                offset += length + 1
            self.accepts.append(accepts)
            self.forever.append(forever)
            self.bits.append(bits)
        self.size = offset
        self.ends = 0
        for accepts in self.accepts:
            self.ends |= accepts
        self._settled = {0: 0}
        self._lasting = 0
        for forever in self.forever:
            self._lasting |= forever

    def step(self, states: int, character: str) -> int:
        """The states after one more character ("" for one that no pattern names)."""
        literal = self.literals.get(character, 0)
        if character == SEPARATOR:
            return (states & literal) << 1
        return ((states & (literal | self.any)) << 1) | (states & self.loop)

    def settle(self, states: int, done: int) -> tuple[int, int]:
        """The states, and the groups that take whatever follows; of those one state is enough to go on with."""
        if not states & self._lasting & ~self._settled[done]:
            return states, done
        for group, forever in enumerate(self.forever):
            if states & forever and not done >> group & 1:
                last = states & forever
                states = states & ~self.bits[group] | (last & -last)
                done |= 1 << group
        if done not in self._settled:
            settled = 0
            for group, bits in enumerate(self.bits):
                if done >> group & 1:
                    settled |= bits
            self._settled[done] = settled
        return states, done


class Word(NamedTuple):
    """A word, and the groups that take it (as bits, by their numbers among those asked about)."""

    text: str
    taken: int


def minimal_words(
    space: Space, wanted: Sequence[Sequence[Glob]], others: Sequence[Sequence[Glob]], work: Work
) -> list[Word]:
    """Words that all `wanted` groups take, one for each smallest set of `others` that take it too; none when there are none.

    A set is left out when a subset of it can be had. Breadth first, so that words are short. Raises `Exhausted`.
    """
    alone = next((group[0] for group in wanted if len(group) == 1 and group[0].literal), None)
    if alone is not None:
        return _only_word(alone.prefix, space, wanted, others, work)
    machine = Machine([*wanted, *others])
    count = len(wanted)
    found: list[Word] = []
    first = (space.start, *machine.settle(machine.start, 0))
    queue: deque[tuple[int, int, int, str]] = deque([(*first, "")])
    seen = {first}
    cost = 1 + machine.size // 4000
    while queue:
        place, states, done, text = queue.popleft()
        work.spend(cost)
        sticky = done >> count
        if any(word.taken & sticky == word.taken for word in found):
            continue  # whatever follows is taken by more than a word that we have
        if space.accepts(place) and all(states & machine.accepts[group] for group in range(count)):
            taken = sticky
            if states & machine.ends:
                for number in range(len(others)):
                    if states & machine.accepts[count + number]:
                        taken |= 1 << number
            if not any(word.taken & taken == word.taken for word in found):
                found = [word for word in found if taken & word.taken != taken]
                found.append(Word(text, taken))
                if not taken:
                    return found
        named = [character for character, mask in machine.literals.items() if mask & states]
        for character in space.choices(place, named):
            after = space.step(place, character)
            if after is None:
                continue
            following = (after, *machine.settle(machine.step(states, character), done))
            if following not in seen and all(following[1] & machine.bits[group] for group in range(count)):
                seen.add(following)
                queue.append((*following, text + character))
    return found


def _only_word(
    text: str, space: Space, wanted: Sequence[Sequence[Glob]], others: Sequence[Sequence[Glob]], work: Work
) -> list[Word]:
    """`minimal_words` where one group takes a single word: most hosts and paths have no wildcard."""
    work.spend(1)
    if not space.holds(text) or not all(any(takes(glob, text) for glob in group) for group in wanted):
        return []
    taking = (number for number, group in enumerate(others) if any(takes(glob, text) for glob in group))
    return [Word(text, sum(1 << number for number in taking))]


def meet(space: Space, left: Glob, right: Glob, work: Work) -> bool:
    """Whether some word is taken by both patterns."""
    for one, other in ((left, right), (right, left)):
        if one.literal:
            return space.holds(one.prefix) and takes(other, one.prefix)
    before, after = left.prefix, right.prefix
    if not (before.startswith(after) or after.startswith(before)):
        return False
    before, after = left.suffix, right.suffix
    if not (before.endswith(after) or after.endswith(before)):
        return False
    return bool(minimal_words(space, [[left], [right]], [], work))


def takes(glob: Glob, word: str) -> bool:
    """Whether a pattern takes a word."""
    machine = _machine(glob)
    states = machine.start
    for character in word:
        states = machine.step(states, character)
        if not states:
            return False
    return bool(states & machine.accepts[0])


@lru_cache(maxsize=10_000)
def _machine(glob: Glob) -> Machine:
    return Machine([[glob]])


def contains(space: Space, outer: Sequence[Glob], inner: Sequence[Glob], work: Work) -> bool:
    """Whether each word of `inner` is one of `outer`."""
    return all(_contained(space, outer, glob, work) for glob in inner)


def _contained(space: Space, outer: Sequence[Glob], inner: Glob, work: Work) -> bool:
    if inner in outer:
        return True
    if inner.literal:
        return not space.holds(inner.prefix) or any(takes(glob, inner.prefix) for glob in outer)
    # A beginning of two characters or more can't follow from the space alone: other characters may stand in its place.
    if any(glob.beginning and inner.prefix.startswith(glob.prefix) for glob in outer):
        return True
    if len(outer) == 1 and len(outer[0].prefix) > 1 and not inner.prefix.startswith(outer[0].prefix):
        return False
    return all(word.taken for word in minimal_words(space, [[inner]], [list(outer)], work))
