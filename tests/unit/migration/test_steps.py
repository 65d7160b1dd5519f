"""The commands of a migration by blocks, as they are typed."""

from __future__ import annotations

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.migration.steps import steps


def test_the_service_root_is_entered_as_the_settings_say() -> None:
    settings = EnvironmentSettings(
        name="live",
        var_files=("environments/live.tfvars",),
        variables={"size": "two words", "password": "tfhoist-secret-1", "flag": True},
        workspace="live",
        backend_config=("backend/live.tfbackend",),
        backend={"key": "a/b", "secret_key": "not-printed"},
    )
    lines = steps("out", "live", "", "the central/root", "service", settings)
    assert "cd 'the central/root'" in lines
    assert "terraform init -input=false -reconfigure" in lines
    second = lines[lines.index("cd service") :]
    assert second[2] == (
        "terraform init -input=false -reconfigure -backend-config=backend/live.tfbackend -backend-config=key=a/b"
    )
    assert second[3] == "terraform workspace select live"
    assert second[4] == (
        "terraform plan -input=false -var-file=environments/live.tfvars '-var=size=two words' -var=flag=true -out=tfhoist.plan"
    )
    assert "tfhoist migrate check out --environment live --side source -" in second[5]
    assert not any("not-printed" in one or "tfhoist-secret" in one or "password" in one for one in lines)
    assert lines[-1] == "tfhoist migrate verify out --environment live"


def test_the_records_elsewhere() -> None:
    lines = steps("out", "", "kept here", "c", "s", EnvironmentSettings(name=""))
    assert lines[-1] == "tfhoist migrate verify out --journal 'kept here'"
    assert not any("workspace" in one for one in lines)
