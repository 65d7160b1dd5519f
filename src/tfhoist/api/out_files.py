"""The files under OUT: which are copied, and where they lie."""

from __future__ import annotations

import posixpath
import re

from tfhoist.rules.stray_files import is_plan, is_state

_KEYS = re.compile(
    r"(\A|/)(\.env(\..+)?|\.netrc|\.pgpass|credentials|id_(rsa|ed25519|ecdsa)|.+\.(pem|key|p12|pfx|jks|keystore))\Z"
)


def holds_state(path: str, content: bytes) -> bool:
    """Whether a file is a state, a saved plan, a crash log, or a file of keys: what no copy may hold."""
    name = posixpath.basename(path)
    if ".tfstate" in name or name == "crash.log" or is_plan(path, content) or is_state(path, content):
        return True
    return _KEYS.search(path) is not None


def placed_path(folder: str, path: str) -> str:
    """A path of a service root's tree, where the root lies in `folder`."""
    return posixpath.normpath(posixpath.join(folder, path))
