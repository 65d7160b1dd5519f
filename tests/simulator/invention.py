"""Plausible values for what AWS would have computed: ids, ARNs, names, numbers.

The overlay says for a type what its values look like, as templates: `{name}` is another attribute, `{region}` and
`{account}` are the provider's, `{hex17}`, `{digits12}`, `{letters10}` and `{uuid}` are made from the seed. What the
overlay doesn't know follows from the attribute's name and type.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulator.values import UNKNOWN, Value, has_unknown, is_unknown

Json = dict[str, Any]
Template = Value | Callable[["Invention"], Value]

MADE = re.compile(r"(hex|digits|letters)(\d+)$")
ALPHABETS = {"hex": "0123456789abcdef", "digits": "0123456789", "letters": string.ascii_uppercase + string.digits}


class Invention:
    """The values of one resource instance or data source while its unknown ones are filled in.

    The same seed gives the same values.
    """

    def __init__(
        self,
        type_name: str,
        block: Json,
        values: Json,
        templates: Mapping[str, Template],
        *,
        region: str,
        account: str,
        seed: str,
    ) -> None:
        self.type_name = type_name
        self.values = values
        self.region = region
        self.account = account
        self._block = block
        self._templates = templates
        self._seed = seed
        self._open: list[str] = []

    def filled(self) -> Json:
        """All attributes, with nothing unknown left."""
        for name in self._block.get("attributes", {}):
            self.attribute(name)
        return _filled_block(self, self._block, self.values, "")

    def attribute(self, name: str) -> Value:
        """An attribute's value; an unknown one is made and kept."""
        value = self.values.get(name)
        if name not in self._block.get("attributes", {}) or not has_unknown(value):
            return value
        if name in self._open:  # two templates that wait for each other: one has to begin
            return self.make("letters", 12).lower()
        self._open.append(name)
        kind = self._block["attributes"][name]["type"]
        if is_unknown(value):
            value = self.render(self._templates[name]) if name in self._templates else self.guess(name, kind)
        else:
            value = self.within(value, kind, name)
        self.values[name] = value
        self._open.pop()
        return value

    def render(self, template: Template) -> Value:
        """A template's value."""
        if callable(template):
            return template(self)
        return template.format_map(_Names(self)) if isinstance(template, str) else template

    def make(self, alphabet: str, length: int, salt: str = "") -> str:
        """Characters that look random and follow from the seed."""
        number = int.from_bytes(hashlib.sha512(f"{self._seed}/{salt}".encode()).digest(), "big")
        letters = ALPHABETS[alphabet]
        made = []
        for _ in range(length):
            number, at = divmod(number, len(letters))
            made.append(letters[at])
        return "".join(made)

    def uuid(self, salt: str = "") -> str:
        digits = self.make("hex", 32, salt)
        return "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:]))

    @property
    def words(self) -> tuple[str, str]:
        """The service and the kind that a type's name says: aws_lb_listener is ("lb", "listener")."""
        _, _, rest = self.type_name.partition("_")
        service, _, kind = rest.partition("_")
        return service, (kind or service).replace("_", "-")

    def guess(self, name: str, kind: Any, path: str = "") -> Value:
        """A value for an attribute that no template is for."""
        if kind == "string":
            return self._guess_text(name, path or name)
        if kind in ("number", "bool"):
            return 0 if kind == "number" else False
        if kind == "dynamic":
            return [b'"string"', ""]
        if kind[0] == "object":
            return {each: self.guess(each, inner, f"{path or name}.{each}") for each, inner in kind[1].items()}
        return {} if kind[0] == "map" else []

    def within(self, value: Value, kind: Any, path: str) -> Value:
        """A value of which only parts are unknown."""
        if is_unknown(value):
            return self.guess(path.rpartition(".")[2], kind, path)
        if not isinstance(kind, list):
            return value
        if isinstance(value, dict):
            inner = kind[1] if kind[0] == "object" else dict.fromkeys(value, kind[1])
            return {name: self.within(each, inner[name], f"{path}.{name}") for name, each in value.items()}
        if isinstance(value, list):
            return [self.within(each, kind[1], f"{path}.{at}") for at, each in enumerate(value)]
        return value

    def _guess_text(self, name: str, salt: str) -> str:
        service, kind = self.words
        if name.startswith("ipv6"):
            return ""
        if name in ("owner_id", "account_id", "aws_account_id", "registry_id", "catalog_id"):
            return self.account
        if name == "region":
            return self.region
        if name == "name":
            prefix = self.attribute("name_prefix")
            return f"{prefix or 'terraform-'}{self.make('digits', 26, salt)}"
        if name == "arn":
            named = self.attribute("name") or self.make("hex", 17)
            return f"arn:aws:{service}:{self.region}:{self.account}:{kind}/{named}"
        if name.endswith("_arn"):
            return f"arn:aws:{service}:{self.region}:{self.account}:{name.removesuffix('_arn')}/{self.make('hex', 17, salt)}"
        if name == "id" or name.endswith("_id"):
            prefix = kind if name == "id" else name.removesuffix("_id").replace("_", "-")
            return f"{prefix}-{self.make('hex', 17, salt)}"
        if name.endswith(("dns_name", "domain_name", "endpoint", "hostname")):
            return f"{kind}-{self.make('hex', 8)}.{self.region}.{service}.amazonaws.com"
        if name.endswith(("_date", "_at", "_time", "timestamp")):
            return "2025-01-01T00:00:00Z"
        if name == "status" or name == "state":
            return "ACTIVE"
        return ""


class _Names(dict[str, Any]):
    """What a template can name."""

    def __init__(self, invention: Invention) -> None:
        self.invention = invention

    def __missing__(self, name: str) -> Any:
        invention = self.invention
        if made := MADE.match(name):
            return invention.make(made[1], int(made[2]))
        if name == "uuid":
            return invention.uuid()
        if name in ("region", "account"):
            return getattr(invention, name)
        value = invention.attribute(name)
        return "" if value is None else value


def _filled_block(invention: Invention, block: Json, values: Json, path: str) -> Json:
    result = dict(values)
    for name, attribute in block.get("attributes", {}).items():
        if has_unknown(result.get(name)):
            result[name] = invention.within(result[name], attribute["type"], f"{path}{name}")
    for name, nested in block.get("block_types", {}).items():
        found, inner = result.get(name), nested["block"]
        if is_unknown(found):
            result[name] = []
        elif isinstance(found, list):
            result[name] = [
                _filled_block(invention, inner, each, f"{path}{name}.{at}.") for at, each in enumerate(found)
            ]
        elif isinstance(found, dict) and nested["nesting_mode"] != "map":
            result[name] = _filled_block(invention, inner, found, f"{path}{name}.")
    return result


def with_unknown(block: Json, values: Json) -> Json:
    """A data source's configuration with everything that it computes unknown."""
    result = dict(values)
    for name, attribute in block.get("attributes", {}).items():
        if result.get(name) is None and attribute.get("computed"):
            result[name] = UNKNOWN
    for name, nested in block.get("block_types", {}).items():
        found = result.get(name)
        if isinstance(found, list):
            result[name] = [with_unknown(nested["block"], each) for each in found]
    return result
