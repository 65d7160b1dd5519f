"""Set-up: the schemas from npm, a certificate, and a mirror that `terraform init` installs from.

`python -m tests.simulator.preparation` (or `make simulator`) makes them once in build/simulator, and again when the code that
makes them has changed.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulator import aws, small
from tests.simulator.convert import convert
from tests.simulator.provider import Provider
from tests.simulator.schemas import encode_schemas
from tests.simulator.store import Journal, Store

Json = dict[str, Any]

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
BUILD = REPOSITORY / "build" / "simulator"

PACKAGE = "@cdktf/provider-aws@19.65.1"
INTEGRITY = "pUvO9fYAgyc4MreWOZWkzz/lalxOvIAS2YEvBjIadJVqCUEiNN5EDWu5ofBp9Y1k+ncHzl3K6oPgBeYQYJz5kw=="
VERSIONS = {"aws": "5.100.0", **small.VERSIONS}
PROVIDERS = tuple(VERSIONS)

MAKERS = ("preparation.py", "convert.py", "schemas.py", "wire.py", "aws.py", "small.py")
"""What the prepared files are made by: another version of one of these makes them again."""


class MissingError(Exception):
    """What set-up needs and this machine hasn't got."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder with everything that a simulator needs."""

    folder: Path

    @classmethod
    def find(cls) -> Prepared:
        """What set-up made. MissingError when it hasn't been run."""
        folder = BUILD / _version()
        if not (folder / "ready").exists():
            raise MissingError("the simulated providers aren't set up: make simulator")
        return cls(folder)

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    def schemas(self, provider: str) -> Json:
        """A provider's schemas."""
        return _schemas(self.folder, provider)

    def encoded(self, provider: str) -> bytes:
        """A provider's schemas as the response to GetProviderSchema."""
        return (self.folder / f"{provider}.schema").read_bytes()

    def provider(self, name: str, journal: Journal | None = None, store: Store | None = None) -> Provider:
        """A provider of that name."""
        overlay = aws.OVERLAY if name == "aws" else small.OVERLAY
        return Provider(name, self.schemas(name), overlay, journal=journal, store=store)

    def provider_from_environment(self, name: str) -> Provider:
        """A provider that keeps its journal and store where TFHOIST_SIMULATOR_JOURNAL and TFHOIST_SIMULATOR_STORE say."""
        journal, store = os.environ.get("TFHOIST_SIMULATOR_JOURNAL"), os.environ.get("TFHOIST_SIMULATOR_STORE")
        return self.provider(name, Journal(Path(journal)) if journal else None, Store(Path(store)) if store else None)


@cache
def _schemas(folder: Path, provider: str) -> Json:
    found: Json = json.loads((folder / f"{provider}.json").read_text())
    return found


def prepare() -> Prepared:
    """Make what isn't there yet. MissingError says what this machine lacks."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with _lock(BUILD / "lock"):
        folder = BUILD / _version()
        if not (folder / "ready").exists():
            _make(folder)
        return Prepared(folder)


def _make(folder: Path) -> None:
    for earlier in BUILD.iterdir():
        if earlier.is_dir():
            shutil.rmtree(earlier)
    folder.mkdir()
    schemas = {"aws": _with_overlay(convert(_package())), **{name: small.schemas(name) for name in small.PROVIDERS}}
    for name, schema in schemas.items():
        (folder / f"{name}.json").write_text(json.dumps(schema))
        (folder / f"{name}.schema").write_bytes(encode_schemas(schema))
    _make_certificate(folder)
    for name in PROVIDERS:
        _make_launcher(folder / "mirror", name)
    (folder / "ready").touch()


def _version() -> str:
    digest = hashlib.sha256(PACKAGE.encode())
    for name in MAKERS:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:12]


def _package() -> Path:
    """The npm package, downloaded once and checked."""
    file = BUILD / "provider-aws.tgz"
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise MissingError("npm is not on PATH: the schemas of the simulated aws provider come from an npm package")
        packed = subprocess.run(
            [npm, "pack", PACKAGE, "--silent", "--pack-destination", str(BUILD)],
            capture_output=True,
            text=True,
            cwd=BUILD,
        )
        found = list(BUILD.glob("cdktf-provider-aws-*.tgz"))
        if packed.returncode or not found:
            raise MissingError(f"npm can't get {PACKAGE}: {packed.stderr.strip() or packed.stdout.strip()}")
        found[0].replace(file)
    if base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode() != INTEGRITY:
        file.unlink()
        raise MissingError(f"the npm package {PACKAGE} isn't the one that is expected: its hash differs")
    return file


def _with_overlay(schemas: Json) -> Json:
    """The schemas with what the package doesn't say."""
    for name, schema in schemas["resource_schemas"].items():
        schema["version"] = aws.VERSIONS.get(name, 0)
        _mark(schema["block"], name)
    for name, schema in schemas["data_source_schemas"].items():
        _mark(schema["block"], f"data.{name}")
    return schemas


def _mark(block: Json, path: str) -> None:
    attributes = block.get("attributes", {})
    for name, attribute in attributes.items():
        if aws.is_sensitive(f"{path}.{name}"):
            attribute["sensitive"] = True
        if name.endswith("_wo") and f"{name}_version" in attributes:
            attribute["write_only"] = True
    for name, nested in block.get("block_types", {}).items():
        _mark(nested["block"], f"{path}.{name}")


def _make_certificate(folder: Path) -> None:
    """A certificate for localhost, of this machine only: Terraform insists on TLS with providers that it starts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise MissingError("openssl is not on PATH: the simulated providers need a certificate")
    command = (
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=localhost"
    )
    command += f" -addext subjectAltName=DNS:localhost -keyout {folder / 'key.pem'} -out {folder / 'certificate.pem'}"
    subprocess.run(command.split(), check=True, capture_output=True)


def _make_launcher(mirror: Path, name: str) -> None:
    """The folder of a mirror. The lock file has its hash, so the code and the schemas stay outside it."""
    version = VERSIONS[name]
    folder = mirror / "registry.terraform.io" / "hashicorp" / name / version / _platform()
    folder.mkdir(parents=True)
    launcher = folder / f"terraform-provider-{name}_v{version}_x5"
    python, repository = shlex.quote(sys.executable), shlex.quote(str(REPOSITORY))
    launcher.write_text(f"#!/bin/sh\nPYTHONPATH={repository} exec {python} -m tests.simulator.serve {name}\n")
    launcher.chmod(0o755)


def _platform() -> str:
    """This machine as Terraform names it."""
    system, machine = os.uname().sysname.lower(), os.uname().machine
    return f"{system}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    """One set-up at a time, whichever test worker comes first."""
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        print(f"simulated providers: {prepare().folder}")
    except MissingError as error:
        sys.exit(str(error))
