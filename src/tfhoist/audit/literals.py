"""The literal texts of a module's blocks, each with the name that it's given to: what is hard-coded shows here."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


class LiteralText(msgspec.Struct, frozen=True):
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


def literals(path: str, module: Module) -> list[LiteralText]:
    """The texts of all resources, data sources, module calls, locals, outputs and providers; no prose, no tags."""
    found: list[LiteralText] = []
    for declaration in module.of("resource", "data", "module", "local", "output", "provider"):
        if declaration.attribute is not None:
            _expression(path, declaration, (declaration.name,), declaration.attribute.expression, found)
        else:
            _body(path, declaration, declaration.body, found)
    return found


def _body(path: str, declaration: Declaration, body: Body, found: list[LiteralText]) -> None:
    pending: list[tuple[Body, tuple[str, ...]]] = [(body, ())]
    while pending:
        current, names = pending.pop(0)
        for attribute in current.attributes:
            if attribute.name in _PROSE or (declaration.kind == "module" and attribute.name in _NO_VALUES):
                continue
            _expression(path, declaration, (*names, attribute.name), attribute.expression, found)
        pending.extend((b.body, (*names, b.type)) for b in current.blocks if b.type not in _PROSE)


def _expression(
    path: str, declaration: Declaration, names: tuple[str, ...], expression: Expression, found: list[LiteralText]
) -> None:
    pending: list[tuple[Expression, tuple[str, ...], str]] = [(expression, names, "")]
    while pending:
        current, around, function = pending.pop()
        kind = type(current)
        while kind is Attr or kind is Index:
            current = current.target  # type: ignore[attr-defined]
            kind = type(current)
        if kind is Variable:
            continue
        if isinstance(current, Literal):
            if isinstance(current.value, str) and current.value:
                text = current.value
                found.append(
                    LiteralText(path, declaration, around, text, current.start, current.end, True, True, function)
                )
            continue
        inside: list[tuple[Expression, tuple[str, ...], str]] = []
        if isinstance(current, Template):
            last = len(current.parts) - 1
            for number, part in enumerate(current.parts):
                if not isinstance(part, Literal):
                    inside.append((part, around, function))
                elif isinstance(part.value, str) and part.value:
                    text, opens, ends = part.value, number == 0, number == last
                    found.append(
                        LiteralText(path, declaration, around, text, part.start, part.end, opens, ends, function)
                    )
        elif isinstance(current, Object):
            for key, value in current.items:
                name = key.value if isinstance(key, Literal) and isinstance(key.value, str) else None
                if name is None:
                    inside.append((value, around, function))
                elif name not in _PROSE:
                    inside.append((value, (*around, name), function))
        elif isinstance(current, Call):
            skipped = current.name in _FILE_FUNCTIONS
            for argument in current.arguments[1:] if skipped else current.arguments:
                inside.append((argument, around, current.name))
        elif isinstance(current, Conditional):
            inside = [(current.yes, around, function), (current.no, around, function)]
        elif isinstance(current, ForTuple | ForObject):
            inside = [(current.collection, around, function), (current.result, around, function)]
        elif not isinstance(current, Binary):
            inside = [(child, around, function) for child in children(current)]
        inside.reverse()
        pending += inside


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


def hosts(text: LiteralText) -> Iterator[str]:
    """The host names written out in a text; those of providers and tools, and of the machine itself, aren't."""
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
