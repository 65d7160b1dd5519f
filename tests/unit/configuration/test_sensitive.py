"""The table of sensitive attributes."""

from __future__ import annotations

import pytest

from tfhoist.configuration.sensitive import is_known, provider_mark, tables
from tfhoist.values.marks import ALL, NONE, SOME


@pytest.mark.parametrize(
    ("kind", "path", "mark"),
    [
        ("aws_db_instance", ["password"], ALL),
        ("aws_db_instance", ["username"], NONE),
        ("aws_db_instance", [], SOME),
        ("aws_lb_listener", ["default_action"], SOME),
        ("aws_lb_listener", ["default_action", "authenticate_oidc", "client_secret"], ALL),
        ("aws_lb_listener", ["default_action", "target_group_arn"], NONE),
        ("data.aws_ssm_parameter", ["value"], ALL),
        ("random_password", ["result"], ALL),
        ("azurerm_kubernetes_cluster", ["kube_config", "host"], ALL),
        ("aws_vpc", ["id"], NONE),
    ],
)
def test_marks(kind: str, path: list[str], mark: int) -> None:
    assert provider_mark(kind, path) == mark


def test_the_table_of_aws_is_whole() -> None:
    assert sum(len(paths) for kind, paths in tables().items() if kind.startswith(("aws_", "data.aws_"))) > 200


def test_what_is_known() -> None:
    assert is_known("aws_lb")
    assert is_known("data.aws_lb")
    assert not is_known("google_sql_user")
