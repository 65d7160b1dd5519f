"""Type constraints as terms, and what a variable of a type makes of a value.

A constant is converted as Terraform does on assignment (documentation page "Type Constraints"); of anything else the
conversion stays visible, unless the value is of that type already. A list and a tuple stay apart: `==`, `jsonencode` of
mixed items and conditionals see the difference.
"""

from __future__ import annotations

from tfhoist.hcl.expressions import Call, Expression, Literal, Object, Tuple, Variable
from tfhoist.proof.plain import plain
from tfhoist.proof.term import COLLECTIONS, Term, maps_captured
from tfhoist.proof.terms import COUNT, FOR_EACH, SINGLE, Terms
from tfhoist.values.types import has_unknown, to_bool, to_number, to_text

_TEXT_FUNCTIONS = frozenset(
    "abspath base64encode base64gzip base64sha256 base64sha512 basename chomp cidrhost cidrnetmask cidrsubnet dirname file "
    "filebase64 filemd5 filesha1 filesha256 filesha512 format formatdate indent join jsonencode lower md5 regexreplace replace "
    "sha1 sha256 sha512 strrev substr templatefile timeadd title tostring trim trimprefix trimspace trimsuffix upper urlencode "
    "uuidv5 yamlencode".split()
)
_NUMBER_FUNCTIONS = frozenset("abs ceil floor length log max min parseint pow signum sum tonumber".split())
_BOOL_FUNCTIONS = frozenset(
    "alltrue anytrue can contains endswith fileexists issensitive startswith tobool strcontains".split()
)
TEXT_ATTRIBUTES = frozenset(
    "id arn name dns_name zone_id arn_suffix url repository_url invoke_arn execution_arn fqdn endpoint hosted_zone_id "
    "domain_name bucket bucket_domain_name bucket_regional_domain_name function_name unique_id role_arn key_id account_id "
    "vpc_id".split()
)
"""Attributes that are text in every provider that has them, and never null once the resource is there."""


def constraint(terms: Terms, expression: Expression | None) -> Term:
    """The term of `type = ...`; `any` where there's none. What can't be read is a type of its own."""
    match expression:
        case None:
            return terms.make("type", "any")
        case Literal(value=str(text)):
            if text in ("list", "map"):
                return terms.make("type", text, terms.make("type", "any"))
            return terms.make("type", text)
        case Variable(name=name):
            if name in ("list", "set", "map"):
                return terms.make("type", name, terms.make("type", "any"))
            return terms.make("type", name)
        case Call(name=("list" | "set" | "map") as name, arguments=(inner,)):
            return terms.make("type", name, constraint(terms, inner))
        case Call(name="tuple", arguments=(Tuple(items=items),)):
            return terms.make("type", "tuple", *(constraint(terms, item) for item in items))
        case Call(name="object", arguments=(Object(items=pairs),)):
            fields: dict[str, tuple[Term, str, Term | None]] = {}
            for key, value in pairs:
                name = str(key.value) if isinstance(key, Literal) else "?"
                if isinstance(value, Call) and value.name == "optional" and value.arguments:
                    default = _plain(terms, value.arguments[1]) if len(value.arguments) > 1 else None
                    fields[name] = (constraint(terms, value.arguments[0]), "optional", default)
                else:
                    fields[name] = (constraint(terms, value), "required", None)
            return terms.make("type", "object", *(part for name in sorted(fields) for part in (name, *fields[name])))
    return terms.make("unknown", "a type that can't be read", "")


def _plain(terms: Terms, expression: Expression) -> Term:
    from tfhoist.values.evaluate import evaluate_constant

    value = evaluate_constant(expression)
    return plain(terms, expression) if has_unknown(value) else terms.value(value)


def convert(terms: Terms, term: Term, wanted: Term) -> Term:
    """A term as a variable of a type holds it."""
    kind = wanted.parts[0]
    if wanted.kind != "type" or kind == "any" or term is terms.null or term.kind == "undeclared":
        return term
    if term.kind == "sensitive":
        return terms.sensitive(convert(terms, term.parts[0], wanted))
    if maps_captured(term) and kind in ("list", "set", "tuple"):
        term = term.parts[2]
    if term.kind == "pin":
        return terms.make("pin", term.parts[0], convert(terms, term.parts[1], wanted))
    if term.kind == "const":
        converted = _primitive(terms, term, kind)
    elif term.kind in ("tuple", "list", "set") and kind in ("list", "set", "tuple"):
        converted = _sequence(terms, term, wanted)
    elif term.kind in ("object", "map") and kind in ("object", "map"):
        converted = _mapping(terms, term, wanted)
    elif kind == "object" and _is_instance(terms, term):
        converted = _instance(terms, term, wanted)
    elif kind in ("list", "map") and _names_all(wanted.parts[1]) and _is_collection(terms, term, kind):
        term = _each_instance(terms, term, kind, wanted.parts[1])
        converted = None
    else:
        converted = None
    if converted is not None:
        return converted
    if type_of(terms, term) is wanted or (term.kind == "convert" and term.parts[0] is wanted):
        return term
    return terms.make("convert", wanted, term)


def _primitive(terms: Terms, term: Term, kind: str) -> Term | None:
    given, text = term.parts
    if given == kind:
        return term
    if kind == "string":
        return terms.text(to_text(text) or "")
    if kind == "number" and given == "string":
        number = to_number(text)
        return None if number is None else terms.constant(number)
    if kind == "bool" and given == "string":
        decided = to_bool(text)
        return None if decided is None else terms.constant(decided)
    return None


def _sequence(terms: Terms, term: Term, wanted: Term) -> Term | None:
    kind, *inner = wanted.parts
    items = list(term.parts)
    if kind == "tuple":
        if len(items) != len(inner):
            return None
        return terms.make("tuple", *(convert(terms, item, one) for item, one in zip(items, inner, strict=True)))
    converted = _same_type(terms, [convert(terms, item, inner[0]) for item in items], inner[0])
    if converted is None:
        return None
    if kind == "list":
        # a set's items come out sorted, which a constant set is already
        return terms.make("list", *converted)
    if not all(item.kind == "const" for item in converted):
        return None
    unique = {item.parts: item for item in converted}
    if {given for given, _ in unique} == {"number"}:
        return terms.make("set", *(unique[key] for key in sorted(unique, key=lambda key: to_number(key[1]) or 0)))
    return terms.make("set", *(unique[key] for key in sorted(unique)))


def _mapping(terms: Terms, term: Term, wanted: Term) -> Term | None:
    keys, values = term.parts[::2], term.parts[1::2]
    if not all(key.kind == "const" for key in keys):
        return None
    if wanted.parts[0] == "map":
        inner = wanted.parts[1]
        converted = _same_type(terms, [convert(terms, value, inner) for value in values], inner)
        return None if converted is None else terms.object(list(zip(keys, converted, strict=True)), "map")
    given = {key.parts[1]: value for key, value in zip(keys, values, strict=True)}
    fields = wanted.parts[1:]
    pairs: list[tuple[Term, Term]] = []
    for name, inner, optional, default in zip(fields[::4], fields[1::4], fields[2::4], fields[3::4], strict=True):
        value = given.get(name)
        if value is None or (value is terms.null and default is not None):
            if value is None and optional != "optional":
                return None
            value = default if default is not None else terms.null
        elif default is not None and not never_null(value):
            value = terms.make("unless_null", value, default)
        pairs.append((terms.text(name), convert(terms, value, inner)))
    return terms.object(pairs)


def _names_all(wanted: Term) -> bool:
    """Whether it's an object type without `optional` attributes: only then what it takes of a resource shows by itself."""
    return wanted.kind == "type" and wanted.parts[0] == "object" and "optional" not in wanted.parts[3::4]


def _is_instance(terms: Terms, term: Term) -> bool:
    """Whether it's one instance of a resource or data source as a whole: an object that is never null."""
    match term:
        case Term("ref", (address, kind)):
            return kind != "module" and terms.multiplicity.get(address) == SINGLE
        case Term("index", (Term("ref", (address, kind)), _)):
            return kind != "module" and terms.multiplicity.get(address) in (COUNT, FOR_EACH)
        case Term("fresh" | "bound", (_, "value", kind)):
            return kind != "" and not kind.startswith("module ")
    return False


def _instance(terms: Terms, term: Term, wanted: Term) -> Term | None:
    """A whole resource as an object type holds it: what the type doesn't name is dropped, each attribute is converted.

    An attribute that the type requires is there, or Terraform would have refused it; one that's optional may not be.
    """
    if not _names_all(wanted):
        return None
    fields = wanted.parts[1:]
    pairs = zip(fields[::4], fields[1::4], strict=True)
    return terms.object(
        [(terms.text(name), convert(terms, terms.index(term, terms.text(name)), of)) for name, of in pairs]
    )


def _is_collection(terms: Terms, term: Term, kind: str) -> bool:
    """Whether it's all instances of a resource, or a loop that only maps them."""
    if term.kind == "loop" and term.parts[4] == ("tuple" if kind == "list" else "object"):
        return terms.maps_items(term) and term.parts[0].kind == "ref"
    return term.kind == "ref" and term.parts[1] != "module" and (
        terms.is_list(term) if kind == "list" else terms.is_map(term)
    )  # fmt: skip


def _each_instance(terms: Terms, term: Term, kind: str, wanted: Term) -> Term:
    """A list or map whose items are converted to an object type: the conversion is that of each item."""

    def item(key: Term, value: Term) -> tuple[Term | None, Term, Term | None]:
        return key if kind == "map" else None, convert(terms, value, wanted), None

    return terms.loop(term, item, "object" if kind == "map" else "tuple")


def _same_type(terms: Terms, items: list[Term], wanted: Term) -> list[Term] | None:
    """Items of a list, set or map: of `any` they must be of one known type, or there's no telling here."""
    if wanted.parts[0] != "any" or len(items) < 2:
        return items
    types = {type_of(terms, item) for item in items}
    return items if len(types) == 1 and None not in types else None


def type_of(terms: Terms, term: Term) -> Term | None:
    """The type of a term where it's certain."""
    match term:
        case Term("const", (kind, _)):
            return None if kind == "null" else terms.make("type", kind)
        case Term("template"):
            return terms.make("type", "string")
        case Term("input", (_, kind)) | Term("convert", (kind, _)):
            return kind if isinstance(kind, Term) else None
        case Term("sensitive" | "unmarked", (inner,)):
            return type_of(terms, inner)
        case Term("pin", (_, value)):
            return type_of(terms, value)
        case Term("binary", (operator, _, _)):
            return terms.make("type", "number" if operator in "+-*/%" else "bool")
        case Term("unary", (operator, _)):
            return terms.make("type", "number" if operator == "-" else "bool")
        case Term("call", (name, *_)):
            for names, kind in (
                (_TEXT_FUNCTIONS, "string"),
                (_NUMBER_FUNCTIONS, "number"),
                (_BOOL_FUNCTIONS, "bool"),
            ):
                if name in names:
                    return terms.make("type", kind)
        case Term("file", ("fileexists" | "fileset", *_)):
            return None
        case Term("file"):
            return terms.make("type", "string")
        case Term("symbol", ("each.key", _)):
            return terms.make("type", "string")
        case Term("symbol", ("count.index", _)):
            return terms.make("type", "number")
        case Term("conditional", (_, yes, no)):
            one, other = type_of(terms, yes), type_of(terms, no)
            return one if one is other else None
        case Term("list" | "set" | "map", items):
            inner = {type_of(terms, item) for item in (items[1::2] if term.kind == "map" else items)}
            only = next(iter(inner)) if len(inner) == 1 else None
            return None if only is None else terms.make("type", term.kind, only)
        case Term("index", (target, key)) if is_text_attribute(terms, target, key):
            return terms.make("type", "string")
    return None


def is_text_attribute(terms: Terms, target: Term, key: Term) -> bool:
    """Whether `target.key` is an attribute of a resource that is always text."""
    if key.kind != "const" or key.parts[1] not in TEXT_ATTRIBUTES:
        return False
    if target.kind == "index":
        target = target.parts[0]
        if target.kind != "ref" or terms.multiplicity.get(target.parts[0]) == SINGLE:
            return False
    elif target.kind == "ref" and terms.multiplicity.get(target.parts[0]) != SINGLE:
        return False
    return target.kind in ("ref", "bound", "fresh") and target.parts[-1] not in ("", "module")


def never_null(term: Term) -> bool:
    """Whether a term can't be null, for certain."""
    if term.kind == "const":
        return bool(term.parts[0] != "null")
    if term.kind in ("sensitive", "unmarked"):
        return never_null(term.parts[0])
    if term.kind == "index":
        target, key = term.parts
        while target.kind == "index":
            target = target.parts[0]
        return target.kind in ("ref", "bound") and key.kind == "const" and key.parts[1] in TEXT_ATTRIBUTES
    if term.kind == "pin":
        return never_null(term.parts[1])
    return term.kind in ("template", "loop", "binary", "unary", "file", *COLLECTIONS)
