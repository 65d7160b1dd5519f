"""The plugin protocol over gRPC: a provider for Terraform to talk to.

`python -m tests.simulator.serve aws` is what the launcher in the mirror runs; tests rather have a server in their own
process, which Terraform is told of with TF_REATTACH_PROVIDERS.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from tests.simulator import wire
from tests.simulator.provider import Configuration, Provider, ProviderError, read_configuration
from tests.simulator.values import Value, pack, unpack

Json = dict[str, Any]
Fields = dict[int, list[int | bytes]]

ERROR = 1


class Service(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio has no types
    """The methods of tfplugin5.Provider, and the few that the plugin library asks for."""

    def __init__(self, provider: Provider, schema: Callable[[], bytes], stop: Callable[[], None]) -> None:
        self.provider = provider
        self._schema = schema
        self._stop = stop
        # One server, many provider configurations (aliases, commands): Terraform has a connection for each.
        self._configurations: dict[str, Configuration] = {}
        self._methods: dict[str, Callable[[Fields, str], wire.Message | bytes]] = {
            "/tfplugin5.Provider/GetSchema": self.get_schema,
            "/tfplugin5.Provider/PrepareProviderConfig": self.prepare,
            "/tfplugin5.Provider/ValidateResourceTypeConfig": self.nothing,
            "/tfplugin5.Provider/ValidateDataSourceConfig": self.nothing,
            "/tfplugin5.Provider/UpgradeResourceState": self.upgrade,
            "/tfplugin5.Provider/Configure": self.configure,
            "/tfplugin5.Provider/ReadResource": self.read,
            "/tfplugin5.Provider/PlanResourceChange": self.plan,
            "/tfplugin5.Provider/ApplyResourceChange": self.apply,
            "/tfplugin5.Provider/ImportResourceState": self.import_state,
            "/tfplugin5.Provider/ReadDataSource": self.read_data,
            "/tfplugin5.Provider/Stop": self.nothing,
            "/grpc.health.v1.Health/Check": lambda fields, peer: {1: 1},
            "/plugin.GRPCController/Shutdown": self.shutdown,
        }

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """A handler for a method's name; what isn't there is answered with UNIMPLEMENTED."""
        method = self._methods.get(details.method)
        if method is None:
            return None

        def handle(request: bytes, context: grpc.ServicerContext) -> bytes:
            response = method(wire.decode(request), context.peer())
            return response if isinstance(response, bytes) else wire.encode(response)

        return grpc.unary_unary_rpc_method_handler(handle)

    def get_schema(self, fields: Fields, peer: str) -> bytes:
        return self._schema()

    def nothing(self, fields: Fields, peer: str) -> wire.Message:
        return {}

    def prepare(self, fields: Fields, peer: str) -> wire.Message:
        return {1: wire.first_bytes(fields, 1)}

    def configure(self, fields: Fields, peer: str) -> wire.Message:
        self._configurations[peer] = read_configuration(_value(fields, 2) or {})
        return {}

    def upgrade(self, fields: Fields, peer: str) -> wire.Message:
        raw = wire.decode(wire.first_bytes(fields, 3))
        state = self.provider.upgrade(wire.first_text(fields, 1), json.loads(wire.first_bytes(raw, 1)))
        return {1: _dynamic(state)}

    def read(self, fields: Fields, peer: str) -> wire.Message:
        type_name, private = wire.first_text(fields, 1), wire.first_bytes(fields, 3)
        found = self.provider.read(type_name, _value(fields, 2), self._configuration(peer))
        return {1: _dynamic(found), 3: private}

    def plan(self, fields: Fields, peer: str) -> wire.Message:
        type_name, prior, proposed = wire.first_text(fields, 1), _value(fields, 2), _value(fields, 3)
        if proposed is None:
            return {1: _dynamic(None), 3: wire.first_bytes(fields, 5)}
        plan, replaced = self.provider.plan(type_name, prior, proposed, self._configuration(peer))
        paths: list[Any] = [{1: [{1: name}]} for name in replaced]
        # Like the providers built with the older SDK, of which aws is one.
        return {1: _dynamic(plan), 2: paths, 3: wire.first_bytes(fields, 5), 5: True}

    def apply(self, fields: Fields, peer: str) -> wire.Message:
        type_name, prior, plan = wire.first_text(fields, 1), _value(fields, 2), _value(fields, 3)
        configuration = self._configuration(peer)
        private = wire.first_bytes(fields, 5)
        try:
            if plan is None:
                self.provider.delete(type_name, prior, configuration)
                made = None
            elif prior is None:
                made = self.provider.create(type_name, plan, configuration)
            else:
                made = self.provider.update(type_name, prior, plan, configuration)
        except ProviderError as error:
            return {1: _dynamic(prior), 3: [_diagnostic(error)], 4: True}
        return {1: _dynamic(made), 2: private, 4: True}

    def import_state(self, fields: Fields, peer: str) -> wire.Message:
        type_name = wire.first_text(fields, 1)
        try:
            found = self.provider.import_state(type_name, wire.first_text(fields, 2), self._configuration(peer))
        except ProviderError as error:
            return {2: [_diagnostic(error)]}
        return {1: [{1: type_name, 2: _dynamic(found)}]}

    def read_data(self, fields: Fields, peer: str) -> wire.Message:
        type_name = wire.first_text(fields, 1)
        try:
            found = self.provider.read_data(type_name, _value(fields, 2), self._configuration(peer))
        except ProviderError as error:
            return {2: [_diagnostic(error)]}
        return {1: _dynamic(found)}

    def shutdown(self, fields: Fields, peer: str) -> wire.Message:
        self._stop()
        return {}

    def _configuration(self, peer: str) -> Configuration:
        return self._configurations.get(peer, Configuration())


def _value(fields: Fields, number: int) -> Value:
    dynamic = wire.decode(wire.first_bytes(fields, number))
    if 2 in dynamic:
        return json.loads(wire.first_bytes(dynamic, 2))
    return unpack(wire.first_bytes(dynamic, 1))


def _dynamic(value: Value) -> wire.Message:
    return {1: pack(value)}


def _diagnostic(error: Exception) -> wire.Message:
    return {1: ERROR, 2: str(error)}


def start(
    provider: Provider,
    schema: Callable[[], bytes],
    *,
    stop: Callable[[], None] = lambda: None,
    certificate: tuple[bytes, bytes] | None = None,
) -> tuple[grpc.Server, int]:
    """A server on a free port of the loopback. With a certificate (key, chain) it speaks TLS."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=8),
        handlers=(Service(provider, schema, stop),),
        options=(
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),
        ),
    )
    if certificate:
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([certificate]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main(name: str) -> None:
    """Serve until Terraform says it's done, or is gone."""
    from tests.simulator.preparation import Prepared

    prepared = Prepared.find()
    provider = prepared.provider_from_environment(name)
    certificate, line = None, ""
    if os.environ.get("PLUGIN_CLIENT_CERT"):  # absent with TF_DISABLE_PLUGIN_TLS
        certificate = (prepared.key.read_bytes(), prepared.certificate.read_bytes())
        der = ssl.PEM_cert_to_DER_cert(prepared.certificate.read_text())
        line = base64.b64encode(der).decode().rstrip("=")
    ended = threading.Event()
    server, port = start(provider, lambda: prepared.encoded(name), stop=ended.set, certificate=certificate)
    print(f"1|5|tcp|127.0.0.1:{port}|grpc|{line}", flush=True)
    parent = os.getppid()
    while not ended.wait(timeout=5) and os.getppid() == parent:
        pass
    server.stop(grace=0.2).wait()
    os._exit(0)  # there's nothing to clean up, and Terraform waits


if __name__ == "__main__":
    main(sys.argv[1])
