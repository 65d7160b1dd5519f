"""tfhoist.toml as it's written, and guessed: complete, and read back to the same."""

from __future__ import annotations

import datetime
import re
import string
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.settings.test_schema import SCHEMA, keys
from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.configuration.load import load_module
from tfhoist.placement.model import Side
from tfhoist.placement.policy import PolicyRule, When
from tfhoist.settings.defaults import default_settings, service_name
from tfhoist.settings.model import (
    BackendSettings,
    CentralSettings,
    DocumentsSettings,
    PlacementSettings,
    RegistrySettings,
    Resolve,
    ServiceSettings,
    Settings,
    TimelineSettings,
)
from tfhoist.settings.read import check_settings, read_settings
from tfhoist.settings.write import init_text, render_settings

NOTHING = Settings(service=ServiceSettings(name="nothing"), environments=())


def tree_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["data-pipeline", "data-pipeline-conflicted"])
def test_init_of_the_examples(examples: Path, name: str) -> None:
    tree = tree_of(examples / name)
    del tree["tfhoist.toml"]
    module = load_module(tree)
    parts = ("/", "home", "you", name, "infrastructure", "terraform")
    text = init_text(tree, module, parts, {"owner": "team@example.com", "contact": "", "name": ""})
    assert text == init_text(dict(reversed(tree.items())), module, parts, {"owner": "team@example.com"})
    assert '# State: s3, bucket = "hokusai-terraform-state", key = "data-pipeline/staging/terraform.tfstate"' in text
    assert (
        'bucket = "hokusai-terraform-state"\n# key = "central-infrastructure/{environment}/terraform.tfstate"' in text
    )
    assert ("and a consolidation is refused" in text) == (name == "data-pipeline-conflicted")
    settings = read_settings(text.encode(), "tfhoist.toml", defaults=NOTHING)
    assert settings.service == ServiceSettings(name=name, owner="team@example.com")
    assert settings.environments == default_settings(tree, module, parts).environments
    [warning] = check_settings(settings, text.encode(), "tfhoist.toml", module, tree)
    assert warning.summary == "service.contact isn't known"


def test_commented_keys_work_too(examples: Path) -> None:
    """Every commented key, uncommented, is read without a fault, and every key of the schema is in the file."""
    tree = tree_of(examples / "data-pipeline")
    text = init_text(tree, load_module(tree), ("data-pipeline",))
    bare = re.sub(r"^# (?=\[|[a-z_]+ = |\"[\w.]+\" = )", "", text, flags=re.MULTILINE)
    settings = read_settings(bare.encode(), "tfhoist.toml", defaults=NOTHING)
    assert settings.central.backend is not None
    assert settings.placement.overrides == {"module.vpc": Side.LOCAL}
    assert settings.resolve
    words = set(re.findall(r"[a-z_]+", text))
    assert {key for _, key in keys(dict(SCHEMA))} <= words


def test_one_environment_named_by_its_variable() -> None:
    tree = {
        "main.tf": b'variable "environment" {}\nvariable "secret" {}\nterraform {\n  backend "s3" {}\n}\n',
        "terraform.tfvars": b'environment = "staging"\n',
        "backend.tfvars": b'bucket = "states"\nregion = "eu-west-1"\naccess_key = "AKIAPLANTED"\n',
    }
    text = init_text(tree, load_module(tree), ("service-a",))
    assert '# State: s3, bucket = "states", region = "eu-west-1"\n' in text
    assert "# No file gives a value, so tfhoist doesn't know it: secret\n" in text
    assert "AKIAPLANTED" not in text
    settings = read_settings(text.encode(), "tfhoist.toml", defaults=NOTHING)
    assert settings.environments == (EnvironmentSettings(name="staging", backend_config=("backend.tfvars",)),)


def test_an_environment_without_a_name_is_an_example() -> None:
    module = load_module({"main.tf": b'resource "aws_lb" "a" {}\nresource "aws_lb" "a" {}\n'})
    text = init_text({}, module, ("service-a",))
    settings = read_settings(text.encode(), "tfhoist.toml", defaults=default_settings({}, module, ("service-a",)))
    assert settings == default_settings({}, module, ("service-a",))
    assert settings.environments == (EnvironmentSettings(name=""),)
    assert '# [[environments]]\n# name = "default"\n' in text
    assert '# [[resolve]]\n# address = "aws_lb.a"\n# keep = "main.tf:1"  # or "main.tf:2"\n' in text
    assert '# "aws_lb.a" = "local"\n' in text


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("/", "work", "hokusai-data-pipeline", "infrastructure", "terraform"), "hokusai-data-pipeline"),
        (("/", "src", "Billing API", "envs", "prod"), "Billing-API"),
        (("C:\\", "repos", ".hidden.", "tf"), "hidden"),
        (("/", "tmp", "..."), "service"),
        ((), "service"),
    ],
)
def test_service_name(parts: tuple[str, ...], name: str) -> None:
    assert service_name(parts) == name


def built(struct: type, **strategies: st.SearchStrategy) -> st.SearchStrategy:
    """`st.builds` for structs whose annotations only a type checker can resolve."""
    return st.fixed_dictionaries(strategies).map(lambda fields: struct(**fields))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
FILE = st.lists(
    st.text(string.ascii_letters + "é .-", min_size=1).filter(lambda part: part.strip(".") != ""), min_size=1
).map("/".join)
VALUE = st.recursive(
    st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.decimals(-1000, 1000, places=3).map(lambda n: int(n) if n == n.to_integral_value() else n),
    lambda inner: st.lists(inner, max_size=2).map(tuple) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
VALUES = st.dictionaries(TEXT, VALUE, max_size=3)
RULE = st.builds(
    PolicyRule,
    name=TEXT,
    match=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    side=st.sampled_from(Side),
    strength=st.just("preference"),
    weight=st.integers(0, 1000),
    reason=TEXT,
    when=st.none()
    | st.builds(
        When,
        internal=st.booleans(),
        principal=st.none() | TEXT,
        cross_account=st.none() | st.booleans(),
        public_dns=st.none() | st.booleans(),
    ),
)
SETTINGS = st.builds(
    Settings,
    service=st.builds(ServiceSettings, name=NAME, owner=TEXT, contact=TEXT),
    environments=st.lists(
        built(
            EnvironmentSettings,
            name=NAME,
            var_files=st.lists(FILE, max_size=2).map(tuple),
            variables=VALUES,
            workspace=NAME,
            backend_config=st.lists(FILE, max_size=2).map(tuple),
            backend=VALUES,
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda environment: environment.name.lower(),
    ).map(tuple),
    central=st.builds(
        CentralSettings,
        repository=NAME,
        environments_folder=st.just("envs/all"),
        backend=st.none() | built(BackendSettings, type=st.sampled_from(["s3", "gcs"]), config=VALUES),
    ),
    placement=st.builds(
        PlacementSettings,
        rules=st.lists(RULE, max_size=2).map(tuple),
        overrides=st.dictionaries(TEXT, st.sampled_from(Side), max_size=3),
    ),
    resolve=st.lists(
        st.builds(Resolve, TEXT, FILE.map(lambda path: f"{path}:7")), max_size=2, unique_by=lambda one: one.address
    ).map(tuple),
    documents=st.builds(DocumentsSettings, st.sampled_from(("", "templates", "../our templates"))),
    timeline=st.builds(TimelineSettings, st.none() | st.dates(datetime.date(1000, 1, 1))),
    registry=st.builds(RegistrySettings, st.lists(TEXT, max_size=2).map(tuple)),
)


@given(SETTINGS)
def test_what_is_written_is_read_back(settings: Settings) -> None:
    text = render_settings(settings)
    tomllib.loads(text, parse_float=Decimal)
    assert read_settings(text.encode(), "tfhoist.toml", defaults=NOTHING) == settings
    assert render_settings(settings) == text
