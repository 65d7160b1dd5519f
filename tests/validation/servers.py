"""Servers on loopback that do as they're told: HTTPS with certificates of an authority of its own, and DNS."""

from __future__ import annotations

import datetime
import socket
import socketserver
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """A certificate authority, and certificates for hosts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of the tests")])
        self.file = folder / "authority.pem"
        certificate = self._certificate(self._name, self._key, [], authority=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, *hosts: str) -> ssl.SSLContext:
        """A server's context with a certificate for some hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        certificate = self._certificate(name, key, list(hosts), authority=False)
        file = self._folder / f"{hosts[0].replace('*', 'any')}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, hosts: list[str], *, authority: bool
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if authority:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
            )
        return builder.sign(self._key, hashes.SHA256())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away, or that doesn't like the certificate, is no news here."""


class Web:
    """An HTTP or HTTPS server: `answers` maps `HOST/PATH` (without port) to a status and a location.

    `mode` is what happens to every request: `serve`, `error` (503), `slow` (after `seconds`), `reset` (closed without an answer),
    `cut` (closed in the middle of the body), `garbage` (no HTTP).
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, tuple[int, str]] = {}
        self.mode = "serve"
        self.seconds = 0.0
        self.hosts: list[str] = []
        self.times: list[float] = []
        self._context = context
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = int(self._server.server_address[1])
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = str(self.headers.get("Host", "")).split(":")[0]
                outer.hosts.append(host)
                outer.times.append(time.monotonic())
                mode = outer.mode
                if mode == "slow":
                    time.sleep(outer.seconds)
                if mode == "reset":
                    self.close_connection = True
                    return
                if mode == "garbage":
                    self.wfile.write(b"SSH-2.0-something\r\n\r\n")
                    self.close_connection = True
                    return
                status, location = outer.answers.get(f"{host}{self.path.partition('?')[0]}", (404, ""))
                if mode == "error":
                    status, location = 503, ""
                body = b"x" * 2000
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:1000] if mode == "cut" else body)
                if mode == "cut":
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class Names:
    """A DNS server: `answers` maps (name, type) to values; what it doesn't know doesn't exist. `silent` makes it say nothing."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[str]] = {}
        self.silent = False
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, sock = self.request
                if not outer.silent:
                    sock.sendto(outer.answer(data), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, data: bytes) -> bytes:
        """The answer to one question."""
        query = dns.message.from_wire(data)
        question = query.question[0]
        response: Any = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        name = question.name.to_text().rstrip(".").lower()
        kind = question.rdtype.name
        values = self.answers.get((name, kind))
        if values:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _ in self.answers):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return bytes(response.to_wire())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
