"""What the wheel holds beside the package: the example, which `tfhoist tour` plays.

An editable installation finds it in the repository; copied there, it would only grow stale.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EXAMPLE = ("data-pipeline", "hokusai-infrastructure", "states/data-pipeline")


class ExampleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the example to a wheel that isn't editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling with "standard" or "editable"."""
        if version == "standard":
            for name in EXAMPLE:
                build_data["force_include"][f"examples/{name}"] = f"tfhoist/example/{name}"
