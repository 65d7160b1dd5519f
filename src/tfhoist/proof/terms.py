"""Terms: what expressions are brought to before they're compared.

Every term is made by one `Terms`, which gives the same object for the same content: equal means identical, however often
locals and outputs were inlined. The builders keep the canonical form:

- literals and values of variables are constants alike, so a literal that became a variable stays equal;
- `x.name` and `x["name"]` are one index; templates are flat, and constant parts are joined;
- a splat over a resource with `count`, and `[for v in it : ...]`, are one loop; indexing a loop takes the instance
  instead (`aws_x.y[*].arn[0]` is `aws_x.y[0].arn`, and `{for k, v in aws_x.y : k => v.arn}[k]` is `aws_x.y[k].arn`);
- names bound by loops are numbered by the height of their loop, so their spelling doesn't matter;
- conditionals, operators and functions are never computed: a change in the branch not taken is a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tfhoist.configuration.sensitive import provider_mark
from tfhoist.proof.joined_loops import Body, join
from tfhoist.proof.term import Term, contains, is_number, item_of, maps_captured, only_reads, reads_resource
from tfhoist.values import marks as marking
from tfhoist.values.marks import ALL, NONE, SOME
from tfhoist.values.types import Unknown, Value, number_text

SINGLE = "single"
COUNT = "count"
FOR_EACH = "for_each"

DEEPEST = 2000
MOST_PARTS = 10_000
LARGEST_TEXT = 1_000_000
"""Parts and constant characters of a text; a larger one is never taken for equal to another."""


class Terms:
    """The maker of terms.

    `multiplicity` says of a resource or module address whether it has `count` or `for_each`; `configured` which marks its own
    arguments give to an attribute path of it (`proof.configured_marks`).
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, tuple[Any, ...]], Term] = {}
        self._fresh = 0
        self.multiplicity: dict[str, str] = {}
        self.configured: Callable[[str, tuple[Term, ...]], int] = lambda address, path: NONE
        self.null = self.make("const", "null", "null")

    def make(self, kind: str, *parts: Any) -> Term:
        """A term as it stands, without any rule."""
        key = (kind, parts)
        found = self._made.get(key)
        if found is None:
            found = Term(kind, parts, self._marks(kind, parts))
            if found.depth > DEEPEST:
                self._fresh += 1
                found = Term("unknown", ("expressions are nested too deep", str(self._fresh)), NONE)
            self._made[key] = found
        return found

    # constants

    def text(self, text: str) -> Term:
        """Constant text."""
        return self.make("const", "string", text)

    def constant(self, value: str | int | Decimal | bool | None) -> Term:
        """A constant primitive. `8001` and `"8001"` are different ones."""
        if value is None:
            return self.null
        if isinstance(value, bool):
            return self.make("const", "bool", "true" if value else "false")
        if isinstance(value, str):
            return self.make("const", "string", value)
        return self.make("const", "number", str(value) if isinstance(value, int) else number_text(value))

    def value(self, value: Value) -> Term:
        """The term of a value that a file gives. What isn't known in it equals nothing; who has its text may say more."""
        if isinstance(value, Unknown):
            self._fresh += 1
            return self.make("unknown", value.why, str(self._fresh))  # two values that aren't known are never the same
        if isinstance(value, tuple):
            return self.make("tuple", *map(self.value, value))
        if isinstance(value, dict):
            return self.object([(self.text(key), self.value(item)) for key, item in value.items()])
        return self.constant(value)

    # structure

    def object(self, pairs: list[tuple[Term, Term]], kind: str = "object") -> Term:
        """An object; constant keys are sorted (the later of two equal ones counts), others keep their place."""
        if all(key.kind == "const" for key, _ in pairs):
            by_key = {key.parts[1]: (self.text(key.parts[1]), value) for key, value in pairs}
            pairs = [by_key[key] for key in sorted(by_key)]
        return self.make(kind, *(part for pair in pairs for part in pair))

    def template(self, parts: Iterable[Term]) -> Term:
        """Text joined of parts; a constant when all of them are."""
        flat: list[Term] = []
        size = 0
        for part in parts:
            if size > LARGEST_TEXT or len(flat) > MOST_PARTS:
                self._fresh += 1
                return self.make("unknown", "a text that is too large", str(self._fresh))
            pieces = part.parts if part.kind == "template" else (part,)
            for piece in pieces:
                if piece.kind == "convert" and piece.parts[0] is self.make("type", "string"):
                    piece = piece.parts[1]
                if piece.kind == "const" and piece.parts[0] != "null":
                    text = piece.parts[1]
                    size += len(text)
                    if not text:
                        continue
                    if flat and flat[-1].kind == "const":
                        flat[-1] = self.text(flat[-1].parts[1] + text)
                    else:
                        flat.append(self.text(text))
                else:
                    flat.append(piece)
        if not flat:
            return self.text("")
        if len(flat) == 1 and flat[0].kind == "const" and flat[0].parts[0] == "string":
            return flat[0]
        return self.make("template", *flat)

    def index(self, target: Term, key: Term) -> Term:
        """`target[key]`, `target.name` with the name as constant text."""
        match target:
            case Term("sensitive", (inner,)):
                return self.sensitive(self.index(inner, key))
            case Term("unmarked", (inner,)):
                return self.unmarked(self.index(inner, key))
            case Term("pin", (name, items)) if key.kind == "const":
                found = item_of(items, key)
                if found is not None:
                    return self.make("pin", f"{name}[{key.parts[1]}]", found)
            case Term("tuple" | "list", (only,)) if is_number(key) and key.parts[1] == "0":
                return only  # type: ignore[no-any-return]
            case Term("object") if key.kind == "const" and all(name.kind == "const" for name in target.parts[::2]):
                found = item_of(target, key)
                if found is not None:
                    return found
            case Term("call", ("tolist", "", loop)) if maps_captured(target):
                return self.index(loop, key)
            case Term("iterator", (name, value)) if key.parts in (("string", "key"), ("string", "value")):
                return name if key.parts[1] == "key" else value  # type: ignore[no-any-return]
            case Term("loop", (collection, _, _, None, "tuple" | "object", _)) if self.maps_items(target):
                known = self._has_numbers(collection) or self.has_keys(collection)
                taken = self._take(target, key) if known else None
                if taken is not None:
                    return taken
            case Term("splat", (inner, *steps)) if is_number(key) and reads_resource(inner):
                return self.steps(self.index(inner, key), steps)
            case Term("index", (Term("loop", (_, _, _, _, "tuple" | "object", _)) as loop, position)) if (
                key.kind == "const"
            ):
                return self.index(self._of_each(loop, key), position)
        return self.make("index", target, key)

    def _of_each(self, loop: Term, key: Term) -> Term:
        """A loop whose results are read at a key: `[for v in it : f(v)][i].name` is `[for v in it : f(v).name][i]`."""
        return self.with_results(loop, lambda result: self.index(result, key))

    def with_results(self, loop: Term, change: Callable[[Term], Term]) -> Term:
        """The same loop with other results."""
        collection = loop.parts[0]
        name, value = self.bound(collection)
        result_key, result, condition = self.opened(loop, name, value)
        return self._close(collection, name, value, result_key, change(result), condition, loop.parts[4])

    def steps(self, target: Term, steps: Iterable[Term]) -> Term:
        """Several indices, one after the other; one of the kind "each" is a splat inside a splat."""
        for step in steps:
            target = self.splat(target, list(step.parts)) if step.kind == "each" else self.index(target, step)
        return target

    def splat(self, target: Term, steps: list[Term]) -> Term:
        """`target[*].steps`."""
        match target:
            case Term("splat", (inner, *before)):
                return self.splat(inner, [*before, *steps])
            case Term("call", ("tolist", "", loop)) if steps and maps_captured(target):
                return self.make("call", "tolist", "", self.splat(loop, steps))
            case Term("tuple" | "list", items):
                return self.make("tuple", *(self.steps(item, steps) for item in items))
            case Term("ref", (address, _)) if self.multiplicity.get(address) == SINGLE:
                return self.make("tuple", self.steps(target, steps))
        if self._has_numbers(target) or (target.kind == "loop" and target.parts[4] == "tuple"):
            captured = target.kind == "pin" and target.parts[1].kind == "list"
            if not steps and (target.kind == "loop" or captured):
                return target
            found = self.loop(target, lambda _, value: (None, self.steps(value, steps), None), "tuple")
            return self.make("call", "tolist", "", found) if captured else found  # of a list it's a list
        return self.make("splat", target, *steps)

    def loop(
        self,
        collection: Term,
        body: Body[Term],
        mode: str,
    ) -> Term:
        """A `for`: `body` gives the key, result and condition for the terms of the loop's key and value.

        `mode` is "tuple", "object", "group" (an object of lists), "text" (in a template) or "dynamic" (of blocks). A loop over
        a loop that only maps its items is put into one, and so is one over a loop that leaves some out or gives other keys, as
        far as `join` goes.
        """
        if maps_captured(collection):
            collection = collection.parts[2]
        joined = join(self, collection, body, mode) if collection.kind == "loop" else None
        if joined is not None:
            return joined
        key, value = self.bound(collection)
        inner = collection
        inner_key, inner_value = key, value
        if collection.kind == "loop" and self.maps_items(collection):
            inner = collection.parts[0]
            inner_key, inner_value = self.bound(inner)
            value = self.opened(collection, inner_key, inner_value)[1]
            if collection.parts[4] == "object" or self.is_list(inner):
                key = inner_key
        result_key, result, condition = body(key, value)
        uses_key = any(contains(part, key) for part in (result_key, result, condition) if part is not None)
        if inner is not collection and key is not inner_key and uses_key:
            # the position in the inner loop isn't the key of what it runs over
            key, value = self.bound(collection)
            result_key, result, condition = body(key, value)
            inner, inner_key, inner_value = collection, key, value
        return self._close(inner, inner_key, inner_value, result_key, result, condition, mode)

    def bound(self, collection: Term) -> tuple[Term, Term]:
        """Fresh terms for the key and the value of a loop over a collection."""
        self._fresh += 1
        number = str(self._fresh)
        kind = ""
        if collection.kind == "ref" and self.multiplicity.get(collection.parts[0]) != SINGLE:
            kind = f"{collection.parts[1]} {collection.parts[0]}"
        return self.make("fresh", number, "key", ""), self.make("fresh", number, "value", kind)

    def _close(
        self,
        collection: Term,
        key: Term,
        value: Term,
        result_key: Term | None,
        result: Term,
        condition: Term | None,
        mode: str,
    ) -> Term:
        height = str(max((part.height for part in (result_key, result, condition) if part is not None), default=0) + 1)
        names = {
            key: self.make("bound", height, "key", ""),
            value: self.make("bound", height, "value", value.parts[2]),
        }
        closed = [None if part is None else self.replace(part, names) for part in (result_key, result, condition)]
        return self.make("loop", collection, *closed, mode, height)

    def opened(self, loop: Term, key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
        """The key, result and condition of a loop for one key and value."""
        collection, result_key, result, condition, _, height = loop.parts
        kind = self.bound(collection)[1].parts[2]
        names = {self.make("bound", height, "key", ""): key, self.make("bound", height, "value", kind): value}
        opened = [None if part is None else self.replace(part, names) for part in (result_key, result, condition)]
        return opened[0], opened[1] or result, opened[2]

    def maps_items(self, loop: Term) -> bool:
        """Whether it gives one result for each item, in the order of the items or by their keys.

        An object made of a list doesn't: its keys are text, and "10" comes before "2".
        """
        collection, key, _, condition, mode, height = loop.parts
        if condition is not None:
            return False
        by_key = mode == "object" and key is self.make("bound", height, "key", "")
        return mode == "tuple" or (by_key and self._is_mapping(collection))

    def _is_mapping(self, term: Term) -> bool:
        if term.kind == "loop":
            return bool(term.parts[4] == "object") and self.maps_items(term)
        return term.kind in ("object", "map") or self.has_keys(term)

    def _take(self, loop: Term, key: Term) -> Term | None:
        """The result of a loop for one key; None when it needs to know more of the key than is known."""
        collection, _, result, _, mode, height = loop.parts
        if self._has_numbers(collection) != (mode == "tuple"):
            return None  # positions of a map's values, or numbers as an object's keys
        wanted = "number" if mode == "tuple" else "string"
        if contains(result, self.make("bound", height, "key", "")) and key.parts[0] != wanted:
            return None
        return self.opened(loop, key, self.index(collection, key))[1]

    def replace(self, term: Term, names: dict[Term, Term]) -> Term:
        """A term with some terms inside it replaced, canonical again."""
        memo: dict[Term, Term] = dict(names)

        def visit(current: Term) -> Term:
            found = memo.get(current)
            if found is None:
                if not any(type(part) is Term and visit(part) is not part for part in current.parts):
                    found = current
                elif current.kind == "loop":
                    found = self._replace_loop(current, names)
                else:
                    found = self.rebuild(
                        current.kind, [visit(part) if type(part) is Term else part for part in current.parts]
                    )
                memo[current] = found
            return found

        return visit(term)

    def _replace_loop(self, loop: Term, names: dict[Term, Term]) -> Term:
        def body(key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
            opened = self.opened(loop, key, value)
            replaced = [None if part is None else self.replace(part, names) for part in opened]
            return replaced[0], replaced[1] or opened[1], replaced[2]

        return self.loop(self.replace(loop.parts[0], names), body, loop.parts[4])

    def rebuild(self, kind: str, parts: list[Any]) -> Term:
        """A term of other parts, by the builder of its kind."""
        if kind == "index":
            return self.index(parts[0], parts[1])
        if kind == "splat":
            return self.splat(parts[0], parts[1:])
        if kind == "template":
            return self.template(parts)
        if kind == "sensitive":
            return self.sensitive(parts[0])
        if kind == "unmarked":
            return self.unmarked(parts[0])
        if kind == "call":
            return self.call(parts[0], parts[2:], expand=parts[1] == "expand")
        return self.make(kind, *parts)

    def call(self, name: str, arguments: list[Term], *, expand: bool) -> Term:
        """A function call; what asks only for the shape of a loop asks what the loop runs over."""
        name = name.removeprefix("core::")
        if len(arguments) == 1 and not expand:
            (argument,) = arguments
            if name == "sensitive":
                return self.sensitive(argument)
            maps_items = argument.kind == "loop" and self.maps_items(argument)
            by_key = maps_items and argument.parts[4] == "object"
            if (name == "length" and maps_items) or (name == "keys" and by_key):
                return self.call(name, [argument.parts[0]], expand=False)
            loops = argument.kind == "loop" and argument.parts[4] in ("tuple", "object")
            if loops and not maps_items and (name == "length" or (name == "keys" and argument.parts[4] == "object")):
                argument = self.with_results(argument, lambda _: self.null)  # how many there are, or their keys
                return self.make("call", name, "", argument)
            if name == "values" and (self.has_keys(argument) or (loops and argument.parts[4] == "object")):
                found = self.loop(argument, lambda _, value: (None, value, None), "tuple")
                captured = argument.kind == "pin" and argument.parts[1].kind == "map"
                return self.make("call", "tolist", "", found) if captured else found  # of a map it's a list
        return self.make("call", name, "expand" if expand else "", *arguments)

    # marks

    def sensitive(self, term: Term) -> Term:
        """`sensitive(term)`; nothing is added to what is sensitive as a whole anyway."""
        if term.marks == ALL:
            return term
        if term.kind == "unmarked" and term.parts[0].marks == ALL:
            return term.parts[0]  # type: ignore[no-any-return]
        return self.make("sensitive", term)

    def unmarked(self, term: Term) -> Term:
        """What is left of a value that went through an output and a remote state: the value without its marks."""
        if term.kind == "sensitive" and only_reads(term.parts[0]):
            return self.unmarked(term.parts[0])
        return term if term.marks == NONE else self.make("unmarked", term)

    def _marks(self, kind: str, parts: tuple[Any, ...]) -> int:
        children = [part.marks for part in parts if type(part) is Term]
        most = max(children, default=NONE)
        if kind == "index":
            return self._marks_of_index(parts[0], parts[1])
        if kind == "sensitive":
            return ALL
        if kind in ("unmarked", "pin"):
            return NONE
        if kind == "ref":
            return provider_mark(parts[1], ())
        if kind in ("fresh", "bound"):
            return provider_mark(parts[2].partition(" ")[0], ())
        if kind == "call":
            return marking.of_call(parts[0], children)
        if kind == "conditional":
            return marking.of_branches(*children)
        if kind in ("template", "binary", "also", "unary", "file"):
            return ALL if most else NONE
        if kind == "loop":
            if parts[0].marks == ALL or (parts[4] == "text" and most):
                return ALL
            inside = [part.marks for part in parts[1:4] if type(part) is Term]
            return SOME if max(inside) else NONE
        if kind == "splat":
            return most
        if kind == "convert":
            return parts[1].marks  # type: ignore[no-any-return]
        return SOME if most else NONE

    def _marks_of_index(self, target: Term, key: Term) -> int:
        if key.marks or target.marks == ALL:
            return ALL
        names = [key]
        base = target
        while base.kind == "index":
            names.append(base.parts[1])
            base = base.parts[0]
        if base.kind not in ("ref", "fresh", "bound"):
            return target.marks
        kind, address = base.parts[1], base.parts[0]
        if base.kind != "ref":
            kind, _, address = base.parts[2].partition(" ")
        elif self.multiplicity.get(address, SINGLE) != SINGLE:
            names.pop()
        path = tuple(reversed(names))
        read = [name.parts[1] for name in path if name.kind == "const" and name.parts[0] == "string"]
        mark = provider_mark(kind, read)
        return mark if mark == ALL or not address else max(mark, self.configured(address, path))

    # what is known of a collection

    def instances_of(self, term: Term) -> Term:
        """The resource whose keys a `for_each` has: that of a loop which only maps its instances, else the term itself."""
        inner = term
        while inner.kind == "loop" and inner.parts[4] == "object" and self.maps_items(inner):
            inner = inner.parts[0]
        return inner if self.is_map(inner) else term

    def keys_of(self, term: Term) -> Term:
        """What a `for_each` comes to when only its keys count: a loop's results are left out."""
        inner = self.instances_of(term)
        if inner is term and term.kind == "loop" and term.parts[4] == "object":
            return self.with_results(term, lambda _: self.constant(None))
        return inner

    def is_list(self, term: Term) -> bool:
        """Whether it's a resource or module with `count`: a list, whose instances have numbers."""
        return term.kind == "ref" and self.multiplicity.get(term.parts[0]) == COUNT

    def _has_numbers(self, term: Term) -> bool:
        """Whether it's certainly a list of which single items are taken: of instances, or a captured one."""
        return self.is_list(term) or (term.kind == "pin" and term.parts[1].kind in ("tuple", "list"))

    def has_keys(self, term: Term) -> bool:
        """Whether it's certainly a map of which single items are taken: of instances, or a captured one."""
        return self.is_map(term) or (term.kind == "pin" and term.parts[1].kind in ("object", "map"))

    def is_map(self, term: Term) -> bool:
        """Whether it's a resource or module with `for_each`: a map, whose instances have text keys."""
        return term.kind == "ref" and self.multiplicity.get(term.parts[0]) == FOR_EACH
