"""The example's declared list, an AWS that holds it, and servers that answer for its hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.validation.servers import Authority, Names, Web
from tests.validation.world import CREDENTIALS, World
from tfhoist.api.validating import Means, Validated, compare, record
from tfhoist.validation.model import (
    Declared,
    DeclaredEnvironment,
    DnsCheck,
    EndpointCheck,
    environment_of,
    read_declared,
)

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/consolidated/validation.json"
ENVIRONMENT = "production"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """One server for all tests: each builds its own things in it anew."""
    found = World()
    yield found
    found.close()


@pytest.fixture(scope="session")
def example() -> Declared:
    return read_declared(EXAMPLE.read_bytes(), "validation.json")


def hosts(environment: DeclaredEnvironment) -> list[str]:
    """The hosts of its endpoints."""
    return sorted({one.url.split("/")[2] for one in environment.checks if isinstance(one, EndpointCheck)})


class Site:
    """Everything that the list names, running on loopback; `record` and `compare` as the command does them."""

    def __init__(self, declared: Declared, folder: Path, authority: Authority, world: World) -> None:
        self.declared = declared
        self.environment = environment_of(declared, ENVIRONMENT)
        self.folder = folder
        self.world = world
        self.world.build(self.environment)
        names = hosts(self.environment)
        self.names = Names()
        self.secure = Web(authority.context(*names))  # what DNS leads to
        self.plain = Web()
        self.behind = Web(authority.context(*names))  # what requests to a load balancer itself lead to
        self.behind_plain = Web()
        for number, balancer in enumerate(self.world.balancers.values(), start=1):
            self.names.answers[balancer["DNSName"].lower(), "A"] = [
                f"198.51.100.{number}",
                f"198.51.100.{number + 100}",
            ]
        for check in self.environment.checks:
            if isinstance(check, DnsCheck):
                address = self.world.balancers[check.load_balancer]["DNSName"].lower()
                # a load balancer's addresses rotate: one is enough
                self.names.answers[check.name, "A"] = self.names.answers[address, "A"][:1]
        for check in self.environment.checks:
            if isinstance(check, EndpointCheck):
                scheme, _, rest = check.url.partition("://")
                host, _, path = rest.partition("/")
                pair = (self.behind, self.behind_plain) if check.through else (self.secure, self.plain)
                server = pair[0] if scheme == "https" else pair[1]
                location = f"https://{host}:443/{path}" if check.status == "301" else ""
                server.answers.setdefault(f"{host}/{path}", (int(check.status or 200), location))
        connect = {f"{host}:443": f"127.0.0.1:{self.secure.port}" for host in names}
        connect |= {f"{host}:80": f"127.0.0.1:{self.plain.port}" for host in names}
        for one in self.world.balancers.values():
            connect[f"{one['DNSName']}:443"] = f"127.0.0.1:{self.behind.port}"
            connect[f"{one['DNSName']}:80"] = f"127.0.0.1:{self.behind_plain.port}"
        self.means = Means(
            endpoint_url=self.world.endpoint,
            resolver=self.names.address,
            ca_file=authority.file,
            connect_to=connect,
            timeout=3.0,
        )
        self.path = folder / "baseline.json"

    def record(self, *only: str) -> Validated:
        """Record the baseline."""
        return record(self.declared, ENVIRONMENT, self.path, only=only, means=self.means, force=True)

    def compare(self, *only: str) -> Validated:
        """Compare with it."""
        return compare(self.declared, ENVIRONMENT, self.path, only=only, means=self.means)

    def close(self) -> None:
        """End its servers."""
        for one in (self.names, self.secure, self.plain, self.behind, self.behind_plain):
            one.close()


@pytest.fixture
def site(
    example: Declared, tmp_path: Path, authority: Authority, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "0")
    # the example's hosted zone has an id that moto's hasn't: it's looked up by its name; and loading AWS's own policies is slow
    text = msgspec.json.encode(example).replace(b"arn:aws:iam::aws:policy", b"arn:aws:iam::123456789012:policy")
    for check in environment_of(example, ENVIRONMENT).checks:
        if isinstance(check, DnsCheck):
            text = text.replace(check.zone.encode(), b"")
    found = Site(read_declared(text, "validation.json"), tmp_path, authority, world)
    yield found
    found.close()


@pytest.fixture
def differing() -> Callable[[Validated], dict[str, str]]:
    """What isn't as before: id to all that's said of it."""

    def told(done: Validated) -> dict[str, str]:
        return {
            row.id: " | ".join(
                [row.verdict.value, *(f"{one.fact}: {one.before} -> {one.after}" for one in row.differences), *row.why]
            )
            for row in done.rows
            if row.verdict.value != "same"
        }

    return told
