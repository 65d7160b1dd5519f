"""A state server as Terraform's http backend wants one: GET, POST, LOCK and UNLOCK, on loopback."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HttpStates:
    """States by their path."""

    def __init__(self) -> None:
        self.states: dict[str, bytes] = {}
        self.locks: dict[str, bytes] = {}
        self.readers: str = ""  # `user:password` that reads; anybody, when it's empty
        self.writers: str = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def backend(self, name: str) -> str:
        """The backend block of one state."""
        place = f"{self.address}/{name}"
        return f'backend "http" {{\n  address = "{place}"\n  lock_address = "{place}"\n  unlock_address = "{place}"\n}}'

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.partition("?")[0]
                code, answer = 200, b""
                wanted = outer.readers if self.command == "GET" else outer.writers
                given = self.headers.get("Authorization", "").removeprefix("Basic ")
                if wanted and base64.b64decode(given).decode() != wanted:
                    code = 403 if given else 401
                elif self.command == "GET":
                    answer = outer.states.get(path, b"")
                    code = 200 if path in outer.states else 404
                elif self.command == "POST":
                    holder = json.loads(outer.locks.get(path, b"{}")).get("ID", "")
                    if holder and f"ID={holder}" not in self.path:
                        code = 409
                    else:
                        outer.states[path] = body
                elif self.command == "LOCK":
                    if path in outer.locks:
                        code, answer = 423, outer.locks[path]
                    else:
                        outer.locks[path] = body
                else:
                    outer.locks.pop(path, None)
                self.send_response(code)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_LOCK = do_UNLOCK = _any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
