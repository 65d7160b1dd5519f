"""Providers small enough to write their schemas by hand: random, null, tls, local, archive and time."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

from tests.simulator.invention import Invention
from tests.simulator.kinds import Kind, Overlay

Json = dict[str, Any]

TYPES: dict[str, Any] = {
    "s": "string",
    "n": "number",
    "b": "bool",
    "ls": ["list", "string"],
    "ss": ["set", "string"],
    "ms": ["map", "string"],
}

VERSIONS = {"random": "3.7.2", "null": "3.2.4", "tls": "4.1.0", "local": "2.5.3", "archive": "2.7.1", "time": "0.13.1"}


def _block(attributes: str, blocks: Json | None = None) -> Json:
    """A block from words `name:type:flags`; the flags are r(equired), o(ptional), c(omputed) and s(ensitive)."""
    result: Json = {"attributes": {}}
    names = {"r": "required", "o": "optional", "c": "computed", "s": "sensitive"}
    for word in attributes.split():
        name, kind, flags = word.split(":")
        result["attributes"][name] = {"type": TYPES[kind], **{names[flag]: True for flag in flags}}
    return {**result, "block_types": blocks} if blocks else result


def _schema(attributes: str, blocks: Json | None = None, version: int = 0) -> Json:
    return {"version": version, "block": _block(attributes, blocks)}


KEEP = "keepers:ms:o id:s:c"
CHARACTERS = (
    "length:n:r lower:b:oc upper:b:oc numeric:b:oc number:b:oc special:b:oc min_lower:n:oc min_upper:n:oc "
    "min_numeric:n:oc min_special:n:oc override_special:s:o"
)
SUBJECT = {
    "nesting_mode": "list",
    "block": _block(
        "common_name:s:o country:s:o locality:s:o organization:s:o organizational_unit:s:o postal_code:s:o province:s:o "
        "serial_number:s:o street_address:ls:o"
    ),
}
KEY = (
    "id:s:c algorithm:s:r rsa_bits:n:oc ecdsa_curve:s:oc private_key_pem:s:cs private_key_openssh:s:cs private_key_pem_pkcs8:s:cs "
    "public_key_pem:s:c public_key_openssh:s:c public_key_fingerprint_md5:s:c public_key_fingerprint_sha256:s:c"
)
CERTIFICATE = (
    "id:s:c validity_period_hours:n:r allowed_uses:ls:r early_renewal_hours:n:oc is_ca_certificate:b:oc ready_for_renewal:b:c "
    "set_subject_key_id:b:oc set_authority_key_id:b:oc cert_pem:s:c key_algorithm:s:c validity_start_time:s:c validity_end_time:s:c"
)
NAMES = "dns_names:ls:o ip_addresses:ls:o uris:ls:o"
HASHES = "content_md5:s:c content_sha1:s:c content_sha256:s:c content_base64sha256:s:c content_sha512:s:c content_base64sha512:s:c"
FILE = f"content_base64:s:o source:s:o filename:s:r file_permission:s:oc directory_permission:s:oc id:s:c {HASHES}"
ARCHIVE = (
    "id:s:c type:s:r output_path:s:r output_file_mode:s:o source_file:s:o source_dir:s:o source_content:s:o "
    "source_content_filename:s:o excludes:ss:o exclude_symlink_directories:b:o output_size:n:c output_md5:s:c output_sha:s:c "
    "output_sha256:s:c output_base64sha256:s:c output_sha512:s:c output_base64sha512:s:c"
)
ARCHIVE_SOURCE = {"source": {"nesting_mode": "set", "block": _block("content:s:r filename:s:r")}}
INSTANT = "id:s:c rfc3339:s:{} unix:n:c year:n:c month:n:c day:n:c hour:n:c minute:n:c second:n:c triggers:ms:o"
ROTATION = "rotation_days:n:o rotation_hours:n:o rotation_minutes:n:o rotation_months:n:o rotation_years:n:o rotation_rfc3339:s:oc"

RESOURCES: dict[str, dict[str, Json]] = {
    "random": {
        "random_id": _schema(
            f"{KEEP} byte_length:n:r prefix:s:o b64_std:s:c b64_url:s:c dec:s:c hex:s:c",
        ),
        "random_string": _schema(f"{KEEP} {CHARACTERS} result:s:c", version=2),
        "random_password": _schema(f"{KEEP} {CHARACTERS} result:s:cs bcrypt_hash:s:cs", version=3),
        "random_pet": _schema(f"{KEEP} length:n:oc prefix:s:o separator:s:oc"),
        "random_integer": _schema(f"{KEEP} min:n:r max:n:r seed:s:o result:n:c"),
        "random_uuid": _schema(f"{KEEP} result:s:c"),
        "random_shuffle": _schema(f"{KEEP} input:ls:r result_count:n:o seed:s:o result:ls:c"),
    },
    "null": {"null_resource": _schema("id:s:c triggers:ms:o")},
    "tls": {
        "tls_private_key": _schema(KEY, version=1),
        "tls_self_signed_cert": _schema(f"{CERTIFICATE} {NAMES} private_key_pem:s:rs", {"subject": SUBJECT}),
        "tls_cert_request": _schema(
            f"id:s:c key_algorithm:s:c cert_request_pem:s:c {NAMES} private_key_pem:s:rs", {"subject": SUBJECT}
        ),
        "tls_locally_signed_cert": _schema(
            f"{CERTIFICATE} cert_request_pem:s:r ca_cert_pem:s:r ca_private_key_pem:s:rs ca_key_algorithm:s:c"
        ),
    },
    "local": {
        "local_file": _schema(f"{FILE} content:s:o sensitive_content:s:os"),
        "local_sensitive_file": _schema(f"{FILE} content:s:os".replace("content_base64:s:o", "content_base64:s:os")),
    },
    "archive": {"archive_file": _schema(ARCHIVE, ARCHIVE_SOURCE)},
    "time": {
        "time_static": _schema(INSTANT.format("oc")),
        "time_sleep": _schema("id:s:c create_duration:s:o destroy_duration:s:o triggers:ms:o"),
        "time_rotating": _schema(f"{INSTANT.format('oc')} {ROTATION}"),
        "time_offset": _schema(
            f"{INSTANT.format('c')} base_rfc3339:s:oc offset_days:n:o offset_hours:n:o offset_minutes:n:o offset_months:n:o "
            "offset_seconds:n:o offset_years:n:o"
        ),
    },
}

DATA: dict[str, dict[str, Json]] = {
    "null": {
        "null_data_source": _schema("id:s:c inputs:ms:o outputs:ms:c has_computed_default:s:oc random:s:c"),
    },
    "tls": {
        "tls_public_key": _schema(
            "id:s:c private_key_pem:s:os private_key_openssh:s:os algorithm:s:c public_key_pem:s:c public_key_openssh:s:c "
            "public_key_fingerprint_md5:s:c public_key_fingerprint_sha256:s:c"
        ),
    },
    "local": {
        "local_file": _schema(f"filename:s:r id:s:c content:s:c content_base64:s:c {HASHES}"),
        "local_sensitive_file": _schema(f"filename:s:r id:s:c content:s:cs content_base64:s:cs {HASHES}"),
    },
    "archive": {"archive_file": _schema(ARCHIVE, ARCHIVE_SOURCE)},
}

PROVIDERS = tuple(VERSIONS)


def schemas(provider: str) -> Json:
    """The schemas of one of these providers, in the form of `terraform providers schema -json`."""
    return {
        "provider": {"version": 0, "block": {}},
        "resource_schemas": RESOURCES[provider],
        "data_source_schemas": DATA.get(provider, {}),
    }


def _content(invention: Invention) -> bytes:
    values = invention.values
    if encoded := values.get("content_base64"):
        return base64.b64decode(encoded)
    if source := values.get("source"):
        return Path(source).read_bytes()
    return str(values.get("content") or values.get("sensitive_content") or "").encode()


def _existing(invention: Invention) -> bytes:
    return Path(invention.values["filename"]).read_bytes()


def _hashes(content: Any) -> dict[str, Any]:
    def digest(name: str, invention: Invention, *, text: bool) -> str:
        made = hashlib.new(name, content(invention))
        return base64.b64encode(made.digest()).decode() if text else made.hexdigest()

    return {
        "content_md5": lambda it: digest("md5", it, text=False),
        "content_sha1": lambda it: digest("sha1", it, text=False),
        "content_sha256": lambda it: digest("sha256", it, text=False),
        "content_base64sha256": lambda it: digest("sha256", it, text=True),
        "content_sha512": lambda it: digest("sha512", it, text=False),
        "content_base64sha512": lambda it: digest("sha512", it, text=True),
    }


def _write_file(invention: Invention) -> str:
    """local_file really writes its file; its id is the content's hash."""
    content, file = _content(invention), Path(invention.values["filename"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return hashlib.sha1(content).hexdigest()


def _archive(invention: Invention) -> bytes:
    """archive_file really writes its archive: the same bytes for the same files."""
    values, output = invention.values, Path(invention.values["output_path"])
    files: dict[str, bytes] = {}
    if source := values.get("source_file"):
        files[Path(source).name] = Path(source).read_bytes()
    if folder := values.get("source_dir"):
        found = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        excluded = set(values.get("excludes") or ())
        files |= {
            name: path.read_bytes() for path in found if (name := path.relative_to(folder).as_posix()) not in excluded
        }
    if values.get("source_content") is not None:
        files[values["source_content_filename"]] = values["source_content"].encode()
    for each in values.get("source") or []:
        files[each["filename"]] = each["content"].encode()
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2049, 1, 1, 0, 0, 0)), content)
    return output.read_bytes()


def _archived(name: str, *, text: bool) -> Any:
    def digest(invention: Invention) -> str:
        made = hashlib.new(name, _archive(invention))
        return base64.b64encode(made.digest()).decode() if text else made.hexdigest()

    return digest


def _characters(invention: Invention) -> str:
    return invention.make("letters", int(invention.values["length"])).swapcase()


def _between(invention: Invention) -> int:
    low, high = int(invention.values["min"]), int(invention.values["max"])
    return low + int(invention.make("digits", 18)) % (high - low + 1)


def _bytes(invention: Invention) -> bytes:
    return bytes.fromhex(invention.make("hex", 2 * int(invention.values["byte_length"])))


def _pet(invention: Invention) -> str:
    words = [invention.make("letters", 5, str(n)).lower() for n in range(int(invention.values.get("length") or 2))]
    prefix = invention.values.get("prefix")
    return str(invention.values.get("separator") or "-").join([prefix, *words] if prefix else words)


ALL = frozenset(["*"])
CHOICE = {f"{name}": True for name in ("lower", "upper", "numeric", "number", "special")}
LEAST = {f"min_{name}": 0 for name in ("lower", "upper", "numeric", "special")}
ARCHIVED = Kind(
    {
        "id": _archived("sha1", text=False),
        "output_sha": _archived("sha1", text=False),
        "output_md5": _archived("md5", text=False),
        "output_sha256": _archived("sha256", text=False),
        "output_base64sha256": _archived("sha256", text=True),
        "output_sha512": _archived("sha512", text=False),
        "output_base64sha512": _archived("sha512", text=True),
        "output_size": lambda it: len(_archive(it)),
    },
    ALL,
)
STATIC = {"rfc3339": "2025-01-01T00:00:00Z", "id": "{rfc3339}", "unix": 1735689600, "year": 2025, "month": 1, "day": 1}
PEM = "-----BEGIN {0}-----\n{{hex64}}\n-----END {0}-----\n"
FILES = {"file_permission": "0777", "directory_permission": "0777"}

KINDS: dict[str, Kind] = {
    "random_id": Kind(
        {
            "hex": lambda it: f"{it.values.get('prefix') or ''}{_bytes(it).hex()}",
            "dec": lambda it: f"{it.values.get('prefix') or ''}{int.from_bytes(_bytes(it), 'big')}",
            "b64_std": lambda it: f"{it.values.get('prefix') or ''}{base64.b64encode(_bytes(it)).decode()}",
            "b64_url": lambda it: (
                f"{it.values.get('prefix') or ''}{base64.urlsafe_b64encode(_bytes(it)).decode().rstrip('=')}"
            ),
            "id": lambda it: base64.urlsafe_b64encode(_bytes(it)).decode().rstrip("="),
        },
        ALL,
    ),
    "random_string": Kind({"result": _characters, "id": "{result}"}, ALL, {**CHOICE, **LEAST}),
    "random_password": Kind(
        {"result": _characters, "id": "none", "bcrypt_hash": "$2a$10${hex53}"}, ALL, {**CHOICE, **LEAST}
    ),
    "random_pet": Kind({"id": _pet}, ALL, {"length": 2, "separator": "-"}),
    "random_integer": Kind({"result": _between, "id": lambda it: str(_between(it))}, ALL),
    "random_uuid": Kind({"result": "{uuid}", "id": "{uuid}"}, ALL),
    "random_shuffle": Kind(
        {"result": lambda it: sorted(it.values["input"])[: it.values.get("result_count")], "id": "-"}, ALL
    ),
    "null_resource": Kind({"id": "{digits18}"}, ALL),
    "tls_private_key": Kind(
        {
            "id": "{hex40}",
            "rsa_bits": 2048,
            "ecdsa_curve": "P224",
            "private_key_pem": PEM.format("PRIVATE KEY"),
            "private_key_openssh": PEM.format("OPENSSH PRIVATE KEY"),
            "private_key_pem_pkcs8": PEM.format("PRIVATE KEY"),
            "public_key_pem": PEM.format("PUBLIC KEY"),
            "public_key_openssh": "ssh-rsa {hex64}\n",
        },
        ALL,
    ),
    "tls_self_signed_cert": Kind(
        {"id": "{digits30}", "cert_pem": PEM.format("CERTIFICATE"), "key_algorithm": "RSA"}, ALL
    ),
    "tls_cert_request": Kind(
        {"id": "{hex40}", "cert_request_pem": PEM.format("CERTIFICATE REQUEST"), "key_algorithm": "RSA"}, ALL
    ),
    "tls_locally_signed_cert": Kind(
        {"id": "{digits30}", "cert_pem": PEM.format("CERTIFICATE"), "ca_key_algorithm": "RSA"}, ALL
    ),
    "local_file": Kind({**_hashes(_content), "id": _write_file}, ALL, FILES),
    "local_sensitive_file": Kind(
        {**_hashes(_content), "id": _write_file}, ALL, {"file_permission": "0700", "directory_permission": "0700"}
    ),
    "archive_file": ARCHIVED,
    "time_static": Kind(STATIC, ALL),
    "time_rotating": Kind({**STATIC, "rotation_rfc3339": "2125-01-01T00:00:00Z"}, ALL),
    "time_offset": Kind({**STATIC, "base_rfc3339": "2025-01-01T00:00:00Z"}, ALL),
    "time_sleep": Kind({"id": "2025-01-01T00:00:00Z"}),
}

DATA_KINDS: dict[str, Kind] = {
    "null_data_source": Kind(
        {"id": "static", "outputs": lambda it: it.values.get("inputs") or {}, "random": "{digits18}"}
    ),
    "local_file": Kind(
        {
            **_hashes(_existing),
            "id": lambda it: hashlib.sha1(_existing(it)).hexdigest(),
            "content": lambda it: _existing(it).decode(),
            "content_base64": lambda it: base64.b64encode(_existing(it)).decode(),
        }
    ),
    "archive_file": ARCHIVED,
}
DATA_KINDS["local_sensitive_file"] = DATA_KINDS["local_file"]

OVERLAY = Overlay(KINDS, DATA_KINDS)
