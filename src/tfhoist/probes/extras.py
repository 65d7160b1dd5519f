"""What only the extra `aws` brings is imported when it's needed, and its absence has a way out."""

from __future__ import annotations

import importlib
from typing import Any

from tfhoist.errors import UsageError

_PACKAGES = {"dns": "dnspython", "botocore": "boto3"}


def extra(name: str) -> Any:
    """A module of the extra `aws`; raises `UsageError` when it isn't installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != name.split(".")[0]:
            raise
        raise UsageError(
            f"this needs {_PACKAGES.get(name.split('.')[0], name.split('.')[0])}, which isn't installed.",
            "Install it: pip install 'tfhoist[aws]'",
        ) from None
