"""Run tfhoist, and kill it (SIGKILL) at the n-th entry of its journal: just before it's written, or just after."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from tfhoist import cli
from tfhoist.migration.records import Records


def main() -> None:
    """`killed.py before|after N ARGUMENTS...`"""
    when, number = sys.argv[1], int(sys.argv[2])
    sys.argv = ["tfhoist", *sys.argv[3:]]
    append = Records.append
    count = 0

    def counted(self: Records, event: str, **fields: Any) -> Any:
        nonlocal count
        count += 1
        if count == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        entry = append(self, event, **fields)
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return entry

    Records.append = counted  # type: ignore[method-assign]
    cli.main()


if __name__ == "__main__":
    main()
