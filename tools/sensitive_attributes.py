"""Write the table of sensitive attributes of one provider from `terraform providers schema -json` on standard input.

    terraform providers schema -json | python tools/sensitive_attributes.py aws > src/tfhoist/configuration/sensitive/aws.txt

One line a type: the type (`data.` before a data source's), then its sensitive paths, names joined by dots. What is below a
sensitive attribute isn't listed. Write-only arguments are left out: they're never in a state, so nothing can read them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any


def sensitive_paths(block: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of a block's sensitive attributes."""
    for name, attribute in sorted(block.get("attributes", {}).items()):
        if attribute.get("write_only"):
            continue
        if attribute.get("sensitive"):
            yield ".".join((*path, name))
        elif "nested_type" in attribute:
            yield from sensitive_paths(attribute["nested_type"], (*path, name))
    for name, nested in sorted(block.get("block_types", {}).items()):
        yield from sensitive_paths(nested["block"], (*path, name))


def main(provider: str) -> None:
    """Print the table of a provider, sorted."""
    schemas = json.load(sys.stdin)["provider_schemas"]
    schema = next(value for key, value in schemas.items() if key.endswith(f"/{provider}"))
    for prefix, kind in (("", "resource_schemas"), ("data.", "data_source_schemas")):
        for name, resource in sorted(schema.get(kind, {}).items()):
            paths = list(sensitive_paths(resource["block"]))
            if paths:
                print(f"{prefix}{name} {' '.join(paths)}")


if __name__ == "__main__":
    main(sys.argv[1])
