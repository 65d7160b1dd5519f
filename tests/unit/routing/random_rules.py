"""Random rules over a small alphabet, and every request over it: what the exact answers are compared with."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator

from tfhoist.routing.interpret import holds
from tfhoist.routing.model import Action, Condition, Kind, Listener, Request, Rule, Target, by_priority
from tfhoist.routing.spaces import HEADER_VALUES, HOSTS, PAIRS, PATHS, SEPARATOR, Space

LONGEST = 5


def words(space: Space, alphabet: str) -> list[str]:
    every = (
        "".join(letters) for length in range(LONGEST + 1) for letters in itertools.product(alphabet, repeat=length)
    )
    return [word for word in every if space.holds(word)]


HOST_WORDS = words(HOSTS, "abx.")
PATH_WORDS = words(PATHS, "/abx")
VALUE_WORDS = [word for word in words(HEADER_VALUES, "abx") if len(word) <= 3]
PAIR_WORDS = [word for word in words(PAIRS, f"abx{SEPARATOR}") if len(word) <= 4]
ADDRESSES = ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.7", "10.0.0.8", "192.0.2.1"]
METHODS = ["GET", "POST", "OTHER"]


def pattern(random_: random.Random, letters: str, start: str = "") -> str:
    length = random_.choice((1, 1, 2, 2, 3, 4))
    return start + "".join(random_.choice(f"{letters}{letters}**?") for _ in range(length))


def condition(random_: random.Random, kind: Kind) -> Condition:
    count = random_.choice((1, 1, 2))
    if kind is Kind.HOST:
        return Condition(kind, tuple(pattern(random_, "aB.") for _ in range(count)))
    if kind is Kind.PATH:
        return Condition(kind, tuple(pattern(random_, "ab/", random_.choice(("/", "/", ""))) for _ in range(count)))
    if kind is Kind.METHOD:
        return Condition(kind, tuple(random_.sample(("GET", "POST"), count)))
    if kind is Kind.SOURCE_IP:
        networks = ("10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/31", "10.0.0.4/30", "0.0.0.0/0", "10.0.0.1/32")
        return Condition(kind, tuple(random_.sample(networks, count)))
    if kind is Kind.HEADER:
        return Condition(
            kind, tuple(pattern(random_, "ab") for _ in range(count)), name=random_.choice(("X-A", "x-a", "X-B"))
        )
    pairs = [(random_.choice((None, "a", "A*", "?")), pattern(random_, "ab")) for _ in range(count)]
    return Condition(kind, pairs=tuple(pairs))


def rules(random_: random.Random, count: int, kinds: Iterable[Kind]) -> list[Rule]:
    known = list(kinds)
    found = []
    for number in range(count):
        chosen = random_.sample(known, random_.randint(1, min(2, len(known))))
        conditions = [condition(random_, kind) for kind in chosen]
        if chosen[0] in (Kind.HEADER, Kind.QUERY) and random_.random() < 0.5:
            conditions.append(condition(random_, chosen[0]))
        action = Action("forward", (Target(f"group-{random_.randint(0, 2)}"),))
        priority = None if random_.random() < 0.03 else random_.randint(1, 2 * count)
        unknown = ("a regular expression",) if random_.random() < 0.05 else ()
        found.append(Rule(f"rule-{number}", priority, tuple(conditions), action, unknown))
    return found


def listener(random_: random.Random, count: int, kinds: Iterable[Kind]) -> Listener:
    return Listener(
        "listener", "lb", "443", "HTTPS", Action("fixed-response", details=(("status_code", "404"),)),
        by_priority(rules(random_, count, kinds)),
    )  # fmt: skip


def requests(kinds: Iterable[Kind]) -> dict[Kind, list[Request]]:
    """By kind, requests that differ in it alone."""

    def sent(words_: list[str]) -> Iterator[tuple[str, ...]]:
        yield ()
        yield from ((word,) for word in words_)
        yield from itertools.combinations(words_[:25], 2)

    def pairs(words_: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((key, value) for key, _, value in (word.partition(SEPARATOR) for word in words_))

    every: dict[Kind, list[Request]] = {
        Kind.HOST: [Request(host=word) for word in HOST_WORDS],
        Kind.PATH: [Request(path=word) for word in PATH_WORDS],
        Kind.METHOD: [Request(method=method) for method in METHODS],
        Kind.SOURCE_IP: [Request(source_ip=address) for address in ADDRESSES],
        Kind.HEADER: [
            Request(headers={name: values for name, values in (("x-a", a), ("X-B", b)) if values})
            for a in sent(VALUE_WORDS)
            for b in ((), ("a",), ("ab",), ("", "b"))
        ],
        Kind.QUERY: [Request(query=pairs(words_)) for words_ in sent(PAIR_WORDS)],
    }
    return {kind: every[kind] for kind in kinds}


def masks(found: list[Rule], by_kind: dict[Kind, list[Request]]) -> set[int]:
    """For every request over the alphabet, the rules whose known conditions it meets, as bits; each set once."""
    combined = {(1 << len(found)) - 1}
    for kind, asked in by_kind.items():
        here = set()
        for request in asked:
            mask = 0
            for number, rule in enumerate(found):
                if all(holds(one, request) for one in rule.conditions if one.kind is kind):
                    mask |= 1 << number
            here.add(mask)
        combined = {one & other for one in combined for other in here}
    return combined
