"""Terms as text that looks like source, short, and without what is sensitive."""

from __future__ import annotations

from typing import Any

from tfhoist.proof.term import Term

LONGEST = 140
MOST_TERMS = 80
MASK = "(sensitive)"


def render(term: Term | None, *, masked: bool = False) -> str:
    """The text of a term, cut when it's long; `masked` hides it whole."""
    if term is None:
        return "(absent)"
    if masked:
        return MASK
    text = _Renderer().text(term)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def holds_value(term: Term) -> bool:
    """Whether a term holds constants, besides those that name an attribute or instance."""
    pending = [term]
    seen: set[Term] = set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        if current.kind in ("const", "file", "json"):
            return True
        if current.kind in ("index", "splat"):
            pending.append(current.parts[0])
        elif current.kind != "input":
            pending.extend(current.children())
    return False


def quoted(text: str) -> str:
    """Text as HCL quotes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


class _Renderer:
    def __init__(self) -> None:
        self.left = MOST_TERMS

    def text(self, term: Any) -> str:
        if not isinstance(term, Term):
            return str(term)
        self.left -= 1
        if self.left < 0:
            return "…"
        inner = self.text
        match term:
            case Term("const", (kind, text)):
                return quoted(text) if kind == "string" else str(text)
            case Term("sensitive", (value,)):
                return MASK if holds_value(value) else f"{inner(value)} (sensitive)"
            case Term("unmarked", (value,)):
                return f"{inner(value)} (without its sensitive mark)"
            case Term("pin", (name, value)):
                return f"{inner(value)} (pinned by var.{name})"
            case Term("ref", (address, _)):
                return str(address)
            case Term("index", (target, Term("const", ("string", name)))) if str(name).isidentifier():
                return f"{inner(target)}.{name}"
            case Term("index", (target, key)):
                return f"{inner(target)}[{inner(key)}]"
            case Term("splat", (target, *steps)):
                return f"{inner(target)}[*]" + "".join(map(self._step, steps))
            case Term("template", parts):
                return '"' + "".join(self._in_template(part) for part in parts) + '"'
            case Term("tuple" | "list" | "set", items):
                return "[" + ", ".join(map(inner, items[:8])) + (", …" if len(items) > 8 else "") + "]"
            case Term("object" | "map", parts):
                pairs = list(zip(parts[::2], parts[1::2], strict=True))
                shown = ", ".join(f"{self._name(key)} = {inner(value)}" for key, value in pairs[:6])
                return "{ " + shown + (", …" if len(pairs) > 6 else "") + " }"
            case Term("call", (name, expand, *arguments)):
                return f"{name}({', '.join(map(inner, arguments))}{'...' if expand else ''})"
            case Term("unary", (operator, operand)):
                return f"{operator}{inner(operand)}"
            case Term("binary", (operator, left, right)):
                return f"{inner(left)} {operator} {inner(right)}"
            case Term("also", (first, second)):
                return f"{inner(first)} and then {inner(second)}"
            case Term("conditional", (condition, yes, no)):
                return f"{inner(condition)} ? {inner(yes)} : {inner(no)}"
            case Term("loop", (collection, key, result, condition, mode, _)):
                head = f"for k, v in {inner(collection)} : " + (f"{inner(key)} => " if key is not None else "")
                tail = f" if {inner(condition)}" if condition is not None else ""
                return ("[%s]" if mode in ("tuple", "dynamic") else "{%s}") % f"{head}{inner(result)}{tail}"
            case Term("bound" | "fresh", (_, part, _)):
                return str(part)[0]
            case Term("input", (name, _)):
                return f"var.{name}"
            case Term("symbol", (name, _)) | Term("name", (name,)):
                return str(name)
            case Term("path", (name, text)):
                return f"path.{name} ({text})"
            case Term("convert", (kind, value)):
                return f"{inner(value)} as {inner(kind)}"
            case Term("type", (kind, *parts)):
                return f"{kind}({', '.join(map(inner, parts))})" if parts else str(kind)
            case Term("unless_null", (value, default)):
                return f"{inner(value)} or {inner(default)}"
            case Term("file", (name, what, *rest)):
                return f"{name}(file {str(what)[:18]}{''.join(', ' + inner(part) for part in rest)})"
            case Term("unknown", (why, *_)):
                return f"(not known: {why})"
            case Term("undeclared", (what, where)):
                return f"{what}, which isn't declared" + (f" in {where}" if where else "")
            case Term("block", (_, body)) | Term("labelled", (_, body)):
                return inner(body)
            case Term("blocks", items):
                return f"{len(items)} block{'s' if len(items) != 1 else ''}: " + "; ".join(map(inner, items[:3]))
            case Term("body", parts):
                lines = [f"{parts[at]} = {inner(parts[at + 1])}" for at in range(0, min(len(parts), 8), 2)]
                return "{ " + "; ".join(lines) + (" …" if len(parts) > 8 else "") + " }"
            case Term("provider", (source, body)):
                return f"{source} {inner(body)}"
            case Term("outputs"):
                return "all central outputs"
        return f"{term.kind}({', '.join(inner(part) for part in term.parts if isinstance(part, Term))})"

    def _name(self, term: Term) -> str:
        if term.kind == "const":
            text = str(term.parts[1])
            return text if text.isidentifier() else quoted(text)
        return f"({self.text(term)})"

    def _step(self, step: Term) -> str:
        return f"[*]{''.join(map(self._step, step.parts))}" if step.kind == "each" else f".{self._name(step)}"

    def _in_template(self, part: Term) -> str:
        if part.kind == "const":
            return quoted(part.parts[1])[1:-1]
        return "${" + self.text(part) + "}"
