"""One request to an endpoint: a status and where it leads, or what went wrong, and how long it took.

Redirects aren't followed, certificates are checked, and nothing of an answer's body is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import msgspec

from tfhoist import __version__
from tfhoist.errors import UsageError

MOST_HEADERS = 64 * 1024
MOST_BODY = 1024 * 1024
"""A body is read so far, so that the other end isn't cut off; then the connection is closed."""


class Reply(msgspec.Struct, frozen=True):
    """What came of a request. `failure` is "" when there was an answer; `seconds` go to the end of its headers, or to the failure."""

    status: int = 0
    location: str = ""
    failure: str = ""
    seconds: float = 0.0


class Destination(msgspec.Struct, frozen=True):
    """A URL in parts, and where to connect to instead of its host ("" for itself)."""

    url: str
    tls: bool
    host: str
    port: int
    target: str
    connect_host: str = ""
    connect_port: int = 0


def destination(url: str, through: str = "", connect_to: Mapping[str, str] | None = None) -> Destination:
    """Where a URL's request goes: `through` is the host to connect to; `connect_to` maps `HOST:PORT` to another one, and comes first."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host = parts.hostname or ""
    port = parts.port or (443 if tls else 80)
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    connect, number = through or host, port
    for known in (f"{connect}:{port}", f"{host}:{port}"):
        if connect_to and known in connect_to:
            connect, _, text = connect_to[known].rpartition(":")
            number = int(text)
            break
    return Destination(url, tls, host, port, target, connect.strip("[]"), number)


def read_connect_to(values: list[str]) -> dict[str, str]:
    """`HOST:PORT=ADDRESS:PORT` as a map; raises `UsageError`."""
    found: dict[str, str] = {}
    for value in values:
        left, equals, right = value.partition("=")
        if not equals or not all(
            part.rpartition(":")[0] and part.rpartition(":")[2].isdigit() for part in (left, right)
        ):
            raise UsageError(f"--connect-to {value!r} isn't understood.", "Write HOST:PORT=ADDRESS:PORT.")
        found[left.lower()] = right
    return found


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context that checks certificates and names, by the system's authorities or those of a file."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context = ssl.create_default_context(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{ca_file} holds no certificates: {error}.", "Give a file in PEM form.") from None
    return context


async def ask(where: Destination, context: ssl.SSLContext, timeout: float) -> Reply:
    """Send one GET; `timeout` is for all of it, in seconds."""
    start = time.monotonic()
    stage = "connecting"
    writer: asyncio.StreamWriter | None = None
    answered: Reply | None = None
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(
                where.connect_host, where.connect_port, limit=MOST_HEADERS,
                ssl=context if where.tls else None, server_hostname=where.host if where.tls else None,
            )  # fmt: skip
            stage = "waiting for an answer"
            writer.write(_request(where))
            await writer.drain()
            status, headers = await _head(reader)
            answered = Reply(status, _plain(headers.get("location", "")), "", time.monotonic() - start)
            stage = "reading the answer"
            await _body(reader, status, headers)
            return answered
    except TimeoutError:
        return Reply(failure=f"timeout after {timeout:g} s, {stage}", seconds=time.monotonic() - start)
    except (OSError, EOFError, _NoHttp, ValueError) as error:
        return Reply(failure=_failure(error), seconds=time.monotonic() - start)
    finally:
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.transport.abort()


class _NoHttp(Exception):
    """What came isn't HTTP."""


def _request(where: Destination) -> bytes:
    host = f"[{where.host}]" if ":" in where.host else where.host
    if where.port != (443 if where.tls else 80):
        host += f":{where.port}"
    lines = (
        f"GET {where.target} HTTP/1.1", f"Host: {host}", f"User-Agent: tfhoist/{__version__}", "Accept: */*",
        "Connection: close",
    )  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            raise _NoHttp(
                "the connection was closed without an answer" if not error.partial else "the answer broke off"
            ) from None
        except asyncio.LimitOverrunError:
            raise _NoHttp("the answer's headers have no end") from None
        first, *rest = head.decode("latin-1").split("\r\n")
        words = first.split(" ", 2)
        if not first.startswith("HTTP/1.") or len(words) < 2 or not (words[1].isdigit() and len(words[1]) == 3):
            raise _NoHttp("the answer isn't HTTP")
        status = int(words[1])
        if status >= 200:
            pairs = (line.partition(":") for line in rest if ":" in line)
            return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> None:
    """Read what comes, up to its length or its end; a body that breaks off is a failed answer."""
    if status in (204, 304):
        return
    length = headers.get("content-length", "")
    left = min(int(length), MOST_BODY) if length.isdigit() else MOST_BODY
    whole = length.isdigit() and int(length) <= MOST_BODY
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    tail = b""
    while left > 0:
        part = await reader.read(min(left, 65536))
        if not part:
            break
        left -= len(part)
        tail = (tail + part)[-8:]
        if chunked and tail.endswith(b"0\r\n\r\n"):
            return
    if (whole and left > 0) or (chunked and left > 0):
        raise _NoHttp("the answer broke off")


def _plain(location: str) -> str:
    """A location without what differs from one answer to the next, and may be secret: the query and the fragment."""
    try:
        parts = urlsplit(location)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return ""


def _failure(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message.rstrip('.')}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {(error.reason or 'the handshake failed').lower().replace('_', ' ')}"
    if isinstance(error, ConnectionRefusedError) or _all_refused(error):
        return "connection refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the connection was reset"
    if isinstance(error, OSError) and type(error).__name__ == "gaierror":
        return "no address for this name"
    if isinstance(error, OSError):
        return f"no connection: {error.strerror or error}"
    return str(error)


def _all_refused(error: Exception) -> bool:
    """Whether each of several addresses refused: asyncio gives them in one error."""
    texts = str(error).removeprefix("Multiple exceptions: ").split("[Errno ")[1:]
    return bool(texts) and all(text.startswith(f"{errno.ECONNREFUSED}]") for text in texts)
