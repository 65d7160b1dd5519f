"""Provider addresses are written as Terraform writes them into states."""

from __future__ import annotations

import pytest

from tests.unit.state.support import AWS
from tfhoist.state.providers import carried_addresses, provider_address


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("hashicorp/aws",), AWS),
        (("aws",), AWS),
        (("hashicorp/AWS", "east"), f"{AWS}.east"),
        (("registry.example.com/team/dns",), 'provider["registry.example.com/team/dns"]'),
        (("hashicorp/aws", "east", 'module.a["k.x"].module.b'), f"module.a.module.b.{AWS}.east"),
        (("hashicorp/aws", "", "", "tofu"), 'provider["registry.opentofu.org/hashicorp/aws"]'),
    ],
)
def test_addresses(arguments: tuple[str, ...], expected: str) -> None:
    assert provider_address(*arguments) == expected


def test_what_a_consolidation_carries() -> None:
    assert carried_addresses([("hashicorp/aws", "", "dp"), ("hashicorp/aws", "east", "dp_east")]) == {
        AWS: f"{AWS}.dp",
        f"{AWS}.east": f"{AWS}.dp_east",
    }
