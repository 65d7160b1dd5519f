"""An S3 on loopback: moto's server, and before it a proxy that can fail, lose an answer, or be slow, at the n-th call."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)

BUCKET = "states"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}


class Fault:
    """What happens to one call: `error` (500), `refuse` (the connection breaks, nothing arrives), `lose` (it arrives, the answer doesn't),
    `slow` (it takes `seconds`)."""

    def __init__(self, kind: str, seconds: float = 0.0) -> None:
        self.kind = kind
        self.seconds = seconds


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news here."""


class S3:
    """The server, the proxy, and the calls that went through."""

    def __init__(self) -> None:
        self._moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._moto.start()
        self._host, self._port = self._moto.get_host_and_port()
        self.calls: list[str] = []
        self.fault: Callable[[int, str], Fault | None] = lambda number, call: None
        self._lock = threading.Lock()
        self._proxy = _QuietServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._proxy.serve_forever, daemon=True)
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        self.client: Any = boto3.client(
            "s3", endpoint_url=f"http://{self._host}:{self._port}", region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip
        self.client.create_bucket(Bucket=BUCKET)

    def close(self) -> None:
        """End both."""
        self._proxy.shutdown()
        self._proxy.server_close()
        self._moto.stop()

    def reset(self) -> None:
        """No faults, no calls, no locks."""
        with self._lock:
            self.calls.clear()
            self.fault = lambda number, call: None
        for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            self.client.delete_object(Bucket=BUCKET, Key=one["Key"])

    def put(self, key: str, content: bytes | None) -> None:
        """Put a state there, past the proxy."""
        if content is None:
            self.client.delete_object(Bucket=BUCKET, Key=key)
        else:
            self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def get(self, key: str) -> bytes | None:
        """The state there, past the proxy."""
        try:
            return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None

    def locks(self) -> list[str]:
        """The lock files that are there."""
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [one["Key"] for one in found if one["Key"].endswith(".tflock")]

    def backend(self, key: str) -> str:
        """The backend block for one state."""
        return "\n".join(
            [
                'backend "s3" {', f'  bucket = "{BUCKET}"', f'  key = "{key}"', '  region = "us-east-1"',
                f'  endpoints = {{ s3 = "{self.endpoint}" }}', "  use_path_style = true", "  use_lockfile = true",
                "  skip_credentials_validation = true", "  skip_requesting_account_id = true", "  skip_metadata_api_check = true",
                "  skip_region_validation = true", "  skip_s3_checksum = true", "  max_retries = 1", "}",
            ]
        )  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                call = f"{self.command} {self.path.partition('?')[0]}"
                with outer._lock:
                    outer.calls.append(call)
                    fault = outer.fault(len(outer.calls), call)
                if fault is not None and fault.kind == "slow":
                    time.sleep(fault.seconds)
                if fault is not None and fault.kind == "error":
                    self._answer(
                        500, b"<Error><Code>InternalError</Code></Error>", [("Content-Type", "application/xml")]
                    )
                    return
                if fault is not None and fault.kind == "refuse":
                    self.close_connection = True
                    self.connection.close()
                    return
                upstream = http.client.HTTPConnection(outer._host, outer._port, timeout=30)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection",)}
                upstream.request(self.command, self.path, body or None, headers)
                answer = upstream.getresponse()
                content = answer.read()
                if fault is not None and fault.kind == "lose":
                    self.close_connection = True
                    self.connection.close()
                    return
                dropped = ("connection", "transfer-encoding", "content-length", "date", "server")
                kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in dropped]
                length = answer.getheader("Content-Length") if self.command == "HEAD" else None
                self._answer(answer.status, content, kept, length)

            def _answer(
                self, code: int, content: bytes, headers: list[tuple[str, str]], length: str | None = None
            ) -> None:
                try:
                    self.send_response(code)
                    for name, value in headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", length or str(len(content)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(content)
                except OSError:
                    self.close_connection = True

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
