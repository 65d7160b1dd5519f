"""A simple interpreter of rules: whether a rule takes a request, and which rule answers. It shares no code with the automata."""

from __future__ import annotations

import ipaddress

from tfhoist.routing.model import Condition, Kind, Listener, Request, Rule, same_action


def matches(pattern: str, text: str, *, escapes: bool = False) -> bool:
    """Whether a pattern with `*` and `?` takes the whole text; linear in the usual cases, never exponential.

    With `escapes`, `\\*` and `\\?` stand for themselves.
    """
    if not escapes and "*" not in pattern and "?" not in pattern:
        return pattern == text
    tokens: list[tuple[str, bool]] = []
    skip = False
    for index, character in enumerate(pattern):
        if skip:
            tokens.append((character, False))
            skip = False
        elif escapes and character == "\\" and pattern[index + 1 : index + 2] in ("*", "?"):
            skip = True
        else:
            tokens.append((character, character in "*?"))
    at = position = 0
    star, resume = -1, 0
    while position < len(text):
        character, wild = tokens[at] if at < len(tokens) else ("", False)
        if at < len(tokens) and (character == "?" if wild else character == text[position]):
            at += 1
            position += 1
        elif wild:
            star, resume = at, position
            at += 1
        elif star >= 0:
            at = star + 1
            resume += 1
            position = resume
        else:
            return False
    return all(token == ("*", True) for token in tokens[at:])


def holds(condition: Condition, request: Request) -> bool:
    """Whether a condition holds for a request."""
    kind = condition.kind
    if kind is Kind.HOST:
        return any(matches(value.lower(), request.host.lower()) for value in condition.values)
    if kind is Kind.PATH:
        return any(matches(value, request.path) for value in condition.values)
    if kind is Kind.METHOD:
        return request.method in condition.values
    if kind is Kind.SOURCE_IP:
        source = ipaddress.ip_address(request.source_ip)
        return any(source in ipaddress.ip_network(value, strict=False) for value in condition.values)
    if kind is Kind.HEADER:
        sent = [v for name, values in request.headers.items() if name.lower() == condition.name.lower() for v in values]
        return any(matches(value.lower(), one.lower()) for value in condition.values for one in sent)
    return any(
        (key is None or matches(key.lower(), name.lower(), escapes=True))
        and matches(value.lower(), sent_value.lower(), escapes=True)
        for key, value in condition.pairs
        for name, sent_value in request.query
    )


def failing(rule: Rule, request: Request) -> Condition | None:
    """The first known condition of a rule that a request doesn't meet."""
    return next((condition for condition in rule.conditions if not holds(condition, request)), None)


def takes(rule: Rule, request: Request) -> bool | None:
    """Whether a rule takes a request; None when that isn't decided."""
    if failing(rule, request) is not None:
        return False
    return None if rule.unknown else True


def answering(listener: Listener, request: Request) -> tuple[Rule | None, bool]:
    """The rule that answers (None for the default action), and whether it is certain what is done.

    It isn't where a rule that may come before takes the request, or may take it, and does something else: an undecided one, one
    without a priority, or one of the same priority.
    """
    taking = [(rule, takes(rule, request)) for rule in listener.rules]
    sure = [rule for rule, taken in taking if taken]
    answer = next((rule for rule in sure if rule.priority is not None), sure[0] if sure else None)
    last = answer.priority if answer is not None else None
    rivals = [
        rule
        for rule, taken in taking
        if taken is not False and (rule.priority is None or last is None or rule.priority <= last)
    ]
    action = answer.action if answer is not None else listener.default
    return answer, all(same_action(rule.action, action) for rule in rivals if rule is not answer)
