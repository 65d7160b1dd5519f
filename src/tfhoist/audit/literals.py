"""The literal texts of a module's blocks, each with the name that it's given to: what is hard-coded shows here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

import msgspec

from tfhoist.configuration.model import Declaration, Module
from tfhoist.hcl.bodies import Body
from tfhoist.hcl.expressions import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    ForObject,
    ForTuple,
    Index,
    Literal,
    Object,
    Parentheses,
    Template,
    Variable,
    children,
)

_PROSE = frozenset(
    "description alarm_description error_message message_body comment comments documentation policy_description "
    "tags tags_all labels default_tags".split()
)
_NO_VALUES = frozenset(("source", "version", "required_version"))
_FILE_FUNCTIONS = (
    "file",
    "templatefile",
    "filebase64",
    "fileset",
    "filemd5",
    "filesha256",
    "filebase64sha256",
    "regex",
)


_TELLING = re.compile(r"[./:]|\d{12}|-[0-9a-f]{8}")
_SECRET = re.compile(
    r"(?:\A|_|-)(?:password|passwd|passphrase|secret|secret_?key|secret_?string|secret_?binary|api_?key|auth_?token|"
    r"access_?token|private_?key|secret_?access_?key|client_?secret|token)\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Whether an argument or a key of this name holds a secret."""
    return _SECRET.search(name) is not None


def may_tell(text: str) -> bool:
    """Whether a text may hold a host, an account, an ARN, a network range or an id of AWS: most are plain words."""
    return _TELLING.search(text) is not None


class LiteralText(msgspec.Struct, frozen=True, dict=True):
    """A text in a block: `names` are the blocks, arguments and object keys around it, outermost first.

    `opens` and `ends` say that it stands alone on that side: no interpolation before, or behind it. `function` is the one
    that it's given to, "" for none. What a value is only compared with is left out.
    """

    path: str
    declaration: Declaration
    names: tuple[str, ...]
    text: str
    start: int
    end: int
    opens: bool
    ends: bool
    function: str = ""

    @property
    def name(self) -> str:
        """The nearest name."""
        return self.names[-1] if self.names else ""

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The host names written out in it; those of providers and tools, and of the machine itself, aren't."""
        return tuple(_hosts(self)) if "." in self.text else ()


def literals(path: str, module: Module) -> list[LiteralText]:
    """The texts of all resources, data sources, module calls, locals, outputs and providers; no prose, no tags.

    Those only that may tell something: by themselves (`may_tell`), or by a name that is a secret's.
    """
    found: list[LiteralText] = []
    for declaration in module.of("resource", "data", "module", "local", "output", "provider"):
        if declaration.attribute is not None:
            _expression(path, declaration, (declaration.name,), declaration.attribute.expression, found)
        else:
            _body(path, declaration, declaration.body, found)
    return found


def _body(path: str, declaration: Declaration, body: Body, found: list[LiteralText]) -> None:
    pending: list[tuple[Body, tuple[str, ...]]] = [(body, ())]
    for current, names in pending:
        for attribute in current.attributes:
            name, expression = attribute.name, attribute.expression
            kind = type(expression)
            if kind is Attr or kind is Index:
                expression = _inner(expression)
                kind = type(expression)
            if kind is Variable or (kind is Literal and not _tells(expression.value, name)):  # type: ignore[attr-defined]
                continue  # most are no more than a reference, or a plain word
            if name not in _PROSE and not (declaration.kind == "module" and name in _NO_VALUES):
                _expression(path, declaration, (*names, name), expression, found)
        for block in current.blocks:
            if block.type not in _PROSE:
                pending.append((block.body, (*names, block.type)))


def _tells(value: object, name: str) -> bool:
    return isinstance(value, str) and (_TELLING.search(value) is not None or names_secret(name))


def _expression(
    path: str, declaration: Declaration, names: tuple[str, ...], expression: Expression, found: list[LiteralText]
) -> None:
    pending: list[tuple[Expression, tuple[str, ...], str]] = [(expression, names, "")]
    while pending:
        current, around, function = pending.pop()
        current = _inner(current)
        kind = type(current)
        if kind is Variable or kind is Binary:
            continue
        inside: list[tuple[Expression, tuple[str, ...], str]] = []
        match current:
            case Literal(value=text, start=start, end=end):
                if _tells(text, around[-1]):
                    found.append(LiteralText(path, declaration, around, str(text), start, end, True, True, function))
            case Template(parts=parts):
                for part in parts:
                    if type(part) is Literal:
                        if _tells(part.value, around[-1]):
                            text, opens, ends = str(part.value), part is parts[0], part is parts[-1]
                            found.append(
                                LiteralText(
                                    path, declaration, around, text, part.start, part.end, opens, ends, function
                                )
                            )
                    elif type(_inner(part)) is not Variable:
                        inside.append((part, around, function))
            case Object(items=items):
                for key, value in items:
                    name = key.value if isinstance(key, Literal) and isinstance(key.value, str) else None
                    if name is None:
                        inside.append((value, around, function))
                    elif name not in _PROSE:
                        inside.append((value, (*around, name), function))
            case Call(name=called, arguments=arguments):
                skipped = called in _FILE_FUNCTIONS
                inside = [(argument, around, called) for argument in (arguments[1:] if skipped else arguments)]
            case Conditional(yes=yes, no=no):
                inside = [(yes, around, function), (no, around, function)]
            case ForTuple(collection=collection, result=result) | ForObject(collection=collection, result=result):
                inside = [(collection, around, function), (result, around, function)]
            case _:
                inside = [(child, around, function) for child in children(current)]
        inside.reverse()
        pending += inside


def _inner(expression: Expression) -> Expression:
    """What a traversal or parentheses begin with."""
    while True:
        kind = type(expression)
        if kind is Attr or kind is Index:
            expression = expression.target  # type: ignore[attr-defined]
        elif kind is Parentheses:
            expression = expression.inner  # type: ignore[attr-defined]
        else:
            return expression


# what a text may be

_ARN = re.compile(r"arn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12}|aws|aws-marketplace|\*)?:[^\s\"',;]+")
_ACCOUNT = re.compile(r"(?<![\w.-])(\d{12})(?=:|\.dkr\.ecr\.|\Z)")
_CIDR = re.compile(
    r"(?<![\d.:/])(\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}/\d{1,3})(?![\d.])"
)
_NO_HOSTS = re.compile(
    r"\A(key|kind|api_?version|apiGroups?|handler|runtime|events?|source|detail-type)\Z", re.IGNORECASE
)
_URL_HOST = re.compile(
    r"\b(?!file:)[a-z][a-z0-9+.-]*://(?:[^\s/@\"']*@)?((?:[\w-]+\.)+[a-z]{2,24})(?=[:/?#\s\"']|\Z)", re.IGNORECASE
)
_HOST = re.compile(
    r"\A(\*\.)?((?:[a-z0-9_](?:[\w-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])\.?(:\d+)?(/.*)?\Z", re.IGNORECASE
)
_TAIL = re.compile(r"\A[\w-]*\.((?:[a-z0-9_](?:[\w-]*[a-z0-9])?\.)+[a-z]{2,24})\.?(?=[:/?#]|\Z)", re.IGNORECASE)

_DOMAINS = frozenset(
    "com net org io ai dev cloud co us uk de eu fr nl ch at au ca jp br biz tech xyz online site store tv gg ly gov edu mil "
    "int it se dk fi pt cz ie nz za kr cn hk sg tw ru ua tr il mx ar cl finance agency studio "
    "systems solutions services app".split()
)
"""Top-level domains that a bare text is taken for a host name by; other texts with dots are more often something else."""

_WELL_KNOWN = tuple(
    f".{name}"
    for name in (
    "amazonaws.com", "amazonaws.com.cn", "amazontrust.com", "aws.amazon.com", "awsapps.com", "api.aws", "aws.dev",
    "googleapis.com", "gserviceaccount.com", "gcr.io", "pkg.dev", "azure.com", "windows.net", "azurecr.io", "microsoft.com",
    "microsoftonline.com", "docker.io", "docker.com", "ghcr.io", "quay.io", "k8s.io", "kubernetes.io", "public.ecr.aws",
    "terraform.io", "hashicorp.com", "githubusercontent.com", "github.com", "gitlab.com", "opencontainers.org", "w3.org",
    "json-schema.org", "example.com", "example.net", "example.org", "eks.amazonaws.com", "sigs.k8s.io", "cert-manager.io",
    )
)  # fmt: skip
"""Names of the providers' and the tools' own services, which are the same for everybody."""

_HOST_ARGUMENTS = frozenset(
    "host_header domain_name domain zone_name subject_alternative_names aliases hostname host server_name fqdn".split()
)

_PUBLIC_ACCOUNTS = frozenset(
    # Load balancer access logs, by region ("Enable access logs for your Application Load Balancer").
    "127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 383597477331 "
    "600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 652711504416 635631232127 "
    "009996457667 897822967062 076674570225 507241528517 190560391635 048591011584 "
    # Publishers of images: Amazon, Canonical, Red Hat, Debian, EKS, and deep learning containers.
    "137112412989 099720109477 309956199498 136693071363 602401143452 763104351884 591542846629".split()
)
"""Accounts of AWS and of publishers of images: constants that no variable is for."""


def arns(text: LiteralText) -> Iterator[str]:
    """The ARNs written out in a text, which name one thing of one account; AWS' own aren't, nor are patterns."""
    for match in _ARN.finditer(text.text):
        account, arn = match.group(1), match.group()
        resource = arn.split(":", 5)[5]
        if account in ("aws", "aws-marketplace", "*") or resource.startswith("*"):
            continue
        if match.end() == len(text.text) and not text.ends and not account:
            continue
        if match.end() < len(text.text) or text.ends:
            yield arn


def accounts(text: LiteralText) -> Iterator[str]:
    """The account ids written out in a text."""
    for match in _ACCOUNT.finditer(text.text):
        number = match.group(1)
        start, end = match.span(1)
        alone = text.opens and text.ends and (start, end) == (0, len(text.text))
        in_arn = text.text[:start].endswith(":") and text.text[end : end + 1] == ":"
        named = alone and any(word in name.lower() for name in text.names for word in ("account", "owner", "aws"))
        if (in_arn or named or text.text[end : end + 8] == ".dkr.ecr") and number not in _PUBLIC_ACCOUNTS:
            yield number


_WELL_KNOWN_RANGES = frozenset(
    "35.191.0.0/16 130.211.0.0/22 209.85.152.0/22 209.85.204.0/22 35.235.240.0/20 199.36.153.4/30 199.36.153.8/30 64:ff9b::/96".split()
)
"""Ranges of Google's health checks, proxies and private access, and the NAT64 prefix: the same for everybody."""


def cidrs(text: LiteralText) -> Iterator[str]:
    """The network ranges written out in a text; "everywhere", loopback and link-local aren't."""
    import ipaddress

    for match in _CIDR.finditer(text.text):
        try:
            network = ipaddress.ip_network(match.group(1), strict=False)
        except ValueError:
            continue
        if match.group(1) in _WELL_KNOWN_RANGES:
            continue
        if network.prefixlen and not network.is_loopback and not network.is_link_local:
            yield match.group(1)


def _hosts(text: LiteralText) -> Iterator[str]:
    if _NO_HOSTS.search(text.name):
        return
    found = [match.group(1) for match in _URL_HOST.finditer(text.text)] if "://" in text.text else []
    if not found and "@" not in text.text and "\n" not in text.text:
        if text.opens and text.ends:
            match = _HOST.match(text.text)
            if match is not None:
                last = match.group(2).rsplit(".", 1)[-1].lower()
                hostlike = not _HOST_ARGUMENTS.isdisjoint(text.names) or _is_record_name(text)
                if last in _DOMAINS or (hostlike and last.isalpha()):
                    found = [match.group(2)]
        elif not text.opens:
            match = _TAIL.match(text.text)
            if match is not None and match.group(1).rsplit(".", 1)[-1].lower() in _DOMAINS:
                found = [match.group(1)]
    for host in found:
        lowered = host.lower().rstrip(".")
        if not f".{lowered}".endswith(_WELL_KNOWN) and not lowered.endswith((".local", ".internal", ".localhost")):
            yield lowered


def _is_record_name(text: LiteralText) -> bool:
    return text.declaration.type in ("aws_route53_record", "aws_route53_zone") and text.names[-1:] == ("name",)
