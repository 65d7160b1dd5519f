"""Which files of a folder don't belong into a repository, or aren't read though they look so."""

from __future__ import annotations

import posixpath
import re

_ZIP = b"PK\x03\x04"
_ENTRIES = (b"tfplan", b"tfstate", b"tfstate-prev")
_STATE = re.compile(r"\.tfstate(\.\d+)?(\.backup)?\Z|\.tfstate\.[\w.-]*backup\Z")
_IGNORED = re.compile(
    r"\.tf(\.json)?(~|\.(disabled|disable|off|bak|backup|back|old|orig|original|save|saved|copy|tmp|unused|deprecated|removed|"
    r"archived|archive|skip|ignore|ignored|inactive|draft|wip|todo|txt|rej|swp|\d+))\Z",
    re.IGNORECASE,
)


def is_plan(path: str, content: bytes) -> bool:
    """Whether a file is a saved plan: a zip archive of a plan and the states around it, or its JSON."""
    if content.startswith(_ZIP):
        first = content[30 : 30 + int.from_bytes(content[26:28], "little")]
        if first in _ENTRIES or (b"tfplan" in content and b"tfstate" in content):
            return True
    name = posixpath.basename(path)
    if content and (name == "tfplan" or name.endswith(".tfplan")):
        return True
    beginning = content[:4000]
    return beginning[:1] == b"{" and b'"planned_values"' in beginning and b'"format_version"' in beginning


def is_state(path: str, content: bytes) -> bool:
    """Whether a file is a state or a state's backup."""
    if _STATE.search(path):
        return True
    beginning = content[:4000]
    return beginning.lstrip()[:1] == b"{" and b'"terraform_version"' in beginning and b'"lineage"' in beginning


def is_ignored_configuration(path: str) -> bool:
    """Whether a file looks like configuration that Terraform doesn't read any more."""
    name = posixpath.basename(path)
    if name.endswith((".tf", ".tf.json")):
        return name.startswith(".")
    return _IGNORED.search(name) is not None or (name.startswith("#") and name.endswith(".tf#"))
