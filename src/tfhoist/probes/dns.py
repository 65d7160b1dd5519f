"""DNS by dnspython, asked of the system's resolvers or of a given one."""

from __future__ import annotations

from typing import Any

from tfhoist.errors import UsageError
from tfhoist.probes.extras import extra

LIFETIME = 6.0
"""So many seconds for one question, with its repetitions."""


class NoAnswer(Exception):
    """DNS couldn't be asked; the text says why."""


class Dns:
    """A resolver: `server` is `ADDRESS` or `ADDRESS:PORT`, None for the system's."""

    def __init__(self, server: str | None = None) -> None:
        self._module = extra("dns.resolver")
        self._exceptions = extra("dns.exception")
        try:
            self._resolver: Any = self._module.Resolver(configure=server is None)
        except self._module.NoResolverConfiguration:
            raise UsageError("this system has no resolver.", "Name one with --resolver ADDRESS.") from None
        if server is not None:
            address, port = _server(server)
            self._resolver.nameservers = [address]
            self._resolver.port = port

    def answers(self, name: str, kind: str) -> tuple[str, ...] | None:
        """The answers in their order, small letters, without the last dot; None when the name or the type doesn't exist.

        Raises `NoAnswer` when nobody could be asked.
        """
        asked = name.replace("*", "tfhoist-check", 1)
        try:
            found = self._resolver.resolve(asked, kind, lifetime=LIFETIME, search=False)
        except (self._module.NXDOMAIN, self._module.NoAnswer):
            return None
        except self._exceptions.DNSException as error:
            raise NoAnswer(f"DNS: {' '.join(str(error).split()).rstrip('.')}") from None
        texts = (str(one.to_text()) for one in found)
        return tuple(sorted(text if kind == "TXT" else text.lower().rstrip(".") for text in texts))


def _server(text: str) -> tuple[str, int]:
    address, port = text, "53"
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or "53"
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    if not port.isdigit() or not _is_address(address):
        raise UsageError(f"{text!r} is no resolver.", "Write an address, such as 198.51.100.53 or [2001:db8::53]:53.")
    return address, int(port)


def _is_address(text: str) -> bool:
    return bool(extra("dns.inet").is_address(text))
