"""Reading tfhoist.toml: what it says, and every fault with its line."""

from __future__ import annotations

import datetime
import sys
from decimal import Decimal

import pytest

from tfhoist.configuration.environments import EnvironmentSettings
from tfhoist.configuration.load import load_module
from tfhoist.diagnostics import Severity
from tfhoist.errors import InputError
from tfhoist.placement.model import Side
from tfhoist.placement.policy import PolicyRule, When
from tfhoist.settings.model import (
    BackendSettings,
    CentralSettings,
    PlacementSettings,
    RegistrySettings,
    Resolve,
    ServiceSettings,
    Settings,
    TimelineSettings,
)
from tfhoist.settings.read import check_settings, read_settings

DEFAULTS = Settings(
    service=ServiceSettings(name="folder"), environments=(EnvironmentSettings(name="dev", var_files=("dev.tfvars",)),)
)

FULL = """\
[service]
name = "data-pipeline"
owner = "team@example.com"

[central]
repository = "shared-infrastructure"
modules_folder = "modules/"
[central.backend]
type = "s3"
config = { bucket = "b", key = "x/{environment}.tfstate", encrypt = true }

[[environments]]
name = "staging"
var_files = ["./environments/staging.tfvars"]
variables = { count = 2, ratio = 0.5, tags = ["a", { b = 3.0 }] }
workspace = "blue"
backend_config = ["backend/staging.hcl"]
backend = { key = "k" }

[placement]
policy = "prd"
[[placement.rules]]
match = ["aws_acm_*"]
side = "central"
[[placement.rules]]
name = "keys"
match = ["aws_kms_key.*"]
side = "local"
strength = "preference"
weight = 3
reason = "because"
when = { internal = false, principal = "x", cross_account = true, public_dns = false }
[placement.overrides]
"module.vpc" = "local"

[[resolve]]
address = "aws_lb.main"
keep = "./main.tf:3"

[timeline]
start = 2026-01-05

[registry]
integration_points = ["auth"]
"""


def read(text: str) -> Settings:
    return read_settings(text.encode(), "tfhoist.toml", defaults=DEFAULTS)


def faults(text: str | bytes) -> list[tuple[int, int, str, str]]:
    """Line, column, summary and advice of every fault."""
    with pytest.raises(InputError) as caught:
        read_settings(text.encode() if isinstance(text, str) else text, "tfhoist.toml", defaults=DEFAULTS)
    found = caught.value.diagnostics
    assert all(one.range is not None and one.range.file == "tfhoist.toml" for one in found)
    assert all(one.severity is Severity.ERROR for one in found)
    return [(one.range.start_line if one.range else 0, one.column, one.summary, one.advice) for one in found]


def test_everything() -> None:
    assert read(FULL) == Settings(
        service=ServiceSettings(name="data-pipeline", owner="team@example.com", contact="unknown"),
        central=CentralSettings(
            repository="shared-infrastructure",
            environments_folder="environments",
            modules_folder="modules",
            backend=BackendSettings(type="s3", config={"bucket": "b", "key": "x/{environment}.tfstate", "encrypt": True}),
        ),
        environments=(
            EnvironmentSettings(
                name="staging",
                var_files=("environments/staging.tfvars",),
                variables={"count": 2, "ratio": Decimal("0.5"), "tags": ("a", {"b": 3})},
                workspace="blue",
                backend_config=("backend/staging.hcl",),
                backend={"key": "k"},
            ),
        ),
        placement=PlacementSettings(
            policy="prd",
            rules=(
                PolicyRule(name="tfhoist.toml:22", match=("aws_acm_*",), side=Side.CENTRAL, reason="your own rule"),
                PolicyRule(
                    name="keys", match=("aws_kms_key.*",), side=Side.LOCAL, strength="preference", weight=3,
                    reason="because",
                    when=When(internal=False, principal="x", cross_account=True, public_dns=False),
                ),
            ),
            overrides={"module.vpc": Side.LOCAL},
        ),
        resolve=(Resolve("aws_lb.main", "main.tf:3"),),
        timeline=TimelineSettings(datetime.date(2026, 1, 5)),
        registry=RegistrySettings(("auth",)),
    )  # fmt: skip


def test_module_label() -> None:
    assert read(FULL).module_label == "data_pipeline"


def test_what_is_left_out_is_the_default() -> None:
    assert read("") == DEFAULTS
    settings = read('[service]\nowner = ""\ncontact = "c"\n')
    assert settings.service == ServiceSettings(name="folder", owner="unknown", contact="c")
    assert settings.environments == DEFAULTS.environments


def test_a_date_may_be_text() -> None:
    assert read('[timeline]\nstart = "2026-01-05"').timeline.start == datetime.date(2026, 1, 5)


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_windows_lines(prefix: bytes) -> None:
    source = prefix + FULL.replace("\n", "\r\n").encode()
    assert read_settings(source, "tfhoist.toml", defaults=DEFAULTS) == read(FULL)


def test_unknown_keys() -> None:
    text = """\
[servce]
name = "x"

[service]
nmae = "x"

[central.backend]
type = "s3"
bucket = "b"

[[environments]]
name = "a"
tfvars = ["x"]

[placement.overides]
"""
    assert faults(text) == [
        (1, 1, "unknown key servce", 'Did you mean "service"?'),
        (5, 1, "unknown key service.nmae", 'Did you mean "name"?'),
        (
            9,
            1,
            "unknown key central.backend.bucket",
            "Settings of the backend itself stand in [central.backend.config].",
        ),
        (
            13,
            1,
            "unknown key environments[0].tfvars",
            "Known here: name, var_files, variables, workspace, backend_config, backend.",
        ),
        (15, 1, "unknown key placement.overides", 'Did you mean "overrides"?'),
    ]


def test_wrong_types() -> None:
    text = """\
resolve = { address = "a", keep = "b" }
[service]
name = 3
owner = ["x"]
[[environments]]
name = "a"
var_files = "x.tfvars"
variables = { when = 2026-01-01, size = inf }
backend_config = [
  "ok",
  true,
]
[[placement.rules]]
match = ["a"]
side = false
weight = "3"
when = { internal = "yes" }
[timeline]
start = "soon"
"""
    assert faults(text) == [
        (1, 11, "resolve has to be a list, not a table", "Write [[resolve]], with two brackets, for each."),
        (3, 8, "service.name has to be text, not a whole number", ""),
        (4, 9, "service.owner has to be text, not a list", ""),
        (7, 13, "environments[0].var_files has to be a list, not text", "Put it into brackets."),
        (8, 13, "environments[0].variables.size has to be a value that Terraform has, not infinity or nan", ""),
        (8, 13, "environments[0].variables.when has to be a value that Terraform has, not a date", ""),
        (11, 3, "environments[0].backend_config[1] has to be text, not true or false", ""),
        (15, 8, "placement.rules[0].side has to be text, not true or false", 'It is "central" or "local".'),
        (16, 10, "placement.rules[0].weight has to be a whole number, not text", ""),
        (17, 21, "placement.rules[0].when.internal has to be true or false, not text", ""),
        (19, 9, "timeline.start has to be a date", 'Write it as "2026-01-05": year, month, day.'),
    ]


def test_bad_values() -> None:
    text = """\
[service]
name = "a/b"
[central]
environments_folder = "../up"
[[environments]]
var_files = ["/etc/x.tfvars"]
[placement]
policy = "mine"
[[placement.rules]]
match = []
side = "centrl"
strength = "preference"
weight = -1
[placement.overrides]
"aws_lb.main" = "Local"
aws_lb.other = "local"
[[resolve]]
address = ""
keep = "main.tf"
"""
    folder = "A letter or digit, then letters, digits, `-`, `_` and `.`: it names a folder and a module."
    assert faults(text) == [
        (2, 8, 'service.name can\'t be "a/b"', folder),
        (4, 23, 'central.environments_folder can\'t be "../up"', "A path inside the central repository, with `/` between folders."),
        (5, 1, "environments[0] has no `name`", "The environment's name, and that of its central folder."),
        (
            6,
            14,
            'environments[0].var_files[0] can\'t be "/etc/x.tfvars"',
            "A path relative to the service root, with `/` between folders.",
        ),
        (
            8,
            10,
            'placement.policy can\'t be "mine"',
            "It is `default` (all that come with tfhoist), `prd`, `google`, `azure`, or a `.toml` file of your own.",
        ),
        (10, 9, "placement.rules[0].match is empty", "Fill it in, or leave it out."),
        (11, 8, 'placement.rules[0].side can\'t be "centrl"', 'Did you mean "central"? It is "central" or "local".'),
        (13, 10, "placement.rules[0].weight has to be from 0 to 1000, not -1", ""),
        (15, 17, 'placement.overrides."aws_lb.main" can\'t be "Local"', 'Did you mean "local"? It is "central" or "local".'),
        (16, 1, "the address in placement.overrides isn't quoted: aws_lb", 'Quote it: "aws_lb.main" = "central".'),
        (18, 11, "resolve[0].address is empty", "Fill it in, or leave it out."),
        (19, 8, 'resolve[0].keep can\'t be "main.tf"', "Write FILE:LINE, such as `main.tf:12`: the line of the block's header."),
    ]  # fmt: skip


def test_repetitions_and_idle_weights() -> None:
    text = """\
[[environments]]
name = "a"
[[environments]]
name = "A"
[[resolve]]
address = "aws_lb.main"
keep = "a.tf:1"
[[resolve]]
address = "aws_lb.main"
keep = "b.tf:1"
[[placement.rules]]
match = ["x"]
side = "local"
weight = 5
"""
    assert faults(text) == [
        (4, 8, 'two [[environments]] with the name "A"', "Give each its own name."),
        (9, 11, 'two [[resolve]] with the address "aws_lb.main"', "Keep one of the entries."),
        (14, 1, "a rule has no weight: it decides", 'Add strength = "preference", or take the weight out.'),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        (b'[service]\nname = api\n', 2, 8, "invalid value"),
        (b'[service]\r\nname = "\xc3\xa9" x\r\n', 2, 12, "newline or end of document"),
        (b'[service]\nname = "a"\n[service]\n', 3, 9, "cannot declare"),
        (b'[service]\nname = "a"\nname = "b"\n', 3, 11, "cannot overwrite"),
        (b"[service]\nname = ", 2, 8, "invalid value"),
        (b'[service]\nowner = "\xff"\n', 2, 10, "invalid UTF-8"),
    ],
)  # fmt: skip
def test_syntax_errors(text: bytes, line: int, column: int, part: str) -> None:
    [(found_line, found_column, summary, _)] = faults(text)
    assert (found_line, found_column) == (line, column)
    assert part in summary


def test_deep_nesting_is_an_error_of_the_input() -> None:
    limit = sys.getrecursionlimit()  # hypothesis raises it
    sys.setrecursionlimit(1000)
    try:
        [(line, _, summary, _)] = faults(b"x = " + b"[" * 5000 + b"]" * 5000)
    finally:
        sys.setrecursionlimit(limit)
    assert (line, summary) == (1, "lists or tables nested too deeply")


def test_a_huge_number_is_an_error_of_the_input() -> None:
    [(line, _, summary, _)] = faults("[timeline]\nx = " + "1" * 5000 + "\n")
    assert line in (1, 2)
    assert "not valid TOML" in summary


@pytest.mark.parametrize(
    "text",
    [
        '[[environments]]\nname = "a"\nvariable = { pass = "hunter2" }\n',
        '[[environments]]\nname = "a"\nvariables = "hunter2"\n',
        '[[environments]]\nname = "a"\nvariables = { x = 2026-01-01, pass = "hunter2" }\n',
        '[[environments]]\nname = "a"\nvariables = { db_password = "hunter2" \n',
        '[central.backend]\ntype = "s3"\nsecret_key = "hunter2"\n',
        '[central.backend]\ntype = "s3"\nconfig = ["hunter2"]\n',
    ],
)
def test_no_secret_is_shown(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert all("hunter2" not in diagnostic.render() for diagnostic in caught.value.diagnostics)


def test_rendering() -> None:
    with pytest.raises(InputError) as caught:
        read('[placement.overrides]\n"aws_lb.main" = "centrl"\n')
    assert caught.value.diagnostics[0].render() == (
        'error: placement.overrides."aws_lb.main" can\'t be "centrl"\n'
        "  --> tfhoist.toml:2:17\n"
        '  2 | "aws_lb.main" = "centrl"\n'
        "    |                 ^\n"
        '  Did you mean "central"? It is "central" or "local".'
    )


TREE = {
    "main.tf": b"""\
variable "size" {}
variable "pepper" {
  sensitive = true
}
variable "db_password" {}
locals {
  name = "x"
}
data "aws_vpc" "existing" {}
resource "aws_lb" "main" {}

resource "aws_instance" "web" {
  count = 2
}
module "vpc" {
  source = "./vpc"
}
""",
    "other.tf": b'\n\nresource "aws_lb" "main" {}\n',
    "vpc/main.tf": b'resource "aws_vpc" "this" {}\n',
    "environments/dev.tfvars": b'size = "s"\n',
}


def check(text: str) -> list[tuple[str, int, int, str, str]]:
    source = text.encode()
    settings = read_settings(source, "tfhoist.toml", defaults=DEFAULTS)
    found = check_settings(settings, source, "tfhoist.toml", load_module(TREE), TREE)
    return [(d.severity.value, d.range.start_line if d.range else 0, d.column, d.summary, d.advice) for d in found]


OWNED = '[service]\nowner = "o"\ncontact = "c"\n'


def test_overrides_name_what_can_be_placed() -> None:
    text = (
        OWNED
        + """\
[placement.overrides]
"aws_lb.main" = "local"
"module.vpc" = "local"
"aws_lb.mian" = "local"
"data.aws_vpc.existing" = "central"
"local.name" = "central"
"aws_instance.web[0]" = "central"
"module.vpc.aws_vpc.this" = "central"
"""
    )
    placed = "Data sources, locals, variables and outputs follow the blocks that use them; take the line out."
    assert check(text) == [
        ("error", 7, 1, "aws_lb.mian isn't declared", 'Did you mean "aws_lb.main"?'),
        ("error", 8, 1, "data.aws_vpc.existing can't be placed: only managed resources and module calls can", placed),
        ("error", 9, 1, "local.name can't be placed: only managed resources and module calls can", placed),
        (
            "error",
            10,
            1,
            "aws_instance.web[0] isn't declared",
            'Name the whole block, not an instance: "aws_instance.web". To part its instances, first give this one a block '
            "of its own, with a `moved` block from aws_instance.web[0] to it, apply that, and name the new block here.",
        ),
        (
            "error",
            11,
            1,
            "module.vpc.aws_vpc.this isn't declared",
            'Blocks of a called module go where the call goes: name "module.vpc".',
        ),
    ]


def test_resolve_names_a_header() -> None:
    text = (
        OWNED
        + """\
[[resolve]]
address = "aws_lb.main"
keep = "main.tf:11"
[[resolve]]
address = "aws_lb.gone"
keep = "main.tf:1"
[[resolve]]
address = "module.vpc"
keep = "main.tf:15"
"""
    )
    assert check(text) == [
        (
            "error",
            6,
            8,
            "no definition of aws_lb.main begins at main.tf:11",
            "Choose main.tf:10 or other.tf:3.",
        ),
        ("error", 8, 11, "aws_lb.gone isn't declared", 'Did you mean "aws_lb.main"?'),
        ("warning", 10, 1, "module.vpc is defined only once now", "Take the entry out."),
    ]
    assert check(OWNED + '[[resolve]]\naddress = "aws_lb.main"\nkeep = "other.tf:3"\n') == []


def test_environments_name_files_and_variables() -> None:
    text = (
        OWNED
        + """\
[[environments]]
name = "dev"
var_files = [
  "environments/dev.tfvars",
  "environments/dve.tfvars",
]
backend_config = ["../backend.hcl"]
variables = { size = { token = "hunter2" }, sizes = 1, pepper = "hunter2", db_password = "hunter2" }
backend = { skip_credentials_validation = true, assume = { secret_key = "hunter2" } }
"""
    )
    secret = "is a secret, and this file goes into the repository"
    assert check(text) == [
        (
            "error",
            8,
            3,
            "the file environments/dve.tfvars doesn't exist",
            'Did you mean "environments/dev.tfvars"?',
        ),
        ("error", 10, 19, "the file ../backend.hcl doesn't exist", "Only files inside the service root can be read."),
        ("error", 11, 13, f"variable db_password {secret}",
         "Give its value in a variable file that isn't committed."),
        ("error", 11, 13, f"variable pepper {secret}",
         "Give its value in a variable file that isn't committed, or as TF_VAR_pepper."),
        ("error", 11, 13, "variable sizes isn't declared", 'Did you mean "size"?'),
        ("error", 11, 13, f"variable token {secret}", "Give its value in a variable file that isn't committed."),
        ("error", 12, 11, f"backend setting secret_key {secret}",
         "Give it through the backend's environment variable, or a file that isn't committed."),
    ]  # fmt: skip


def test_one_central_state_for_all() -> None:
    text = OWNED + '[central.backend]\ntype = "s3"\nconfig = { key = "k" }\n' + '[[environments]]\nname = "a"\n'
    assert check(text) == []
    [(severity, line, column, summary, _)] = check(text + '[[environments]]\nname = "b"\n')
    assert (severity, line, column) == ("error", 4, 1)
    assert summary.startswith("all environments would share one central state")
    assert check(text.replace('"k"', '"k/{environment}"') + '[[environments]]\nname = "b"\n') == []


def test_rules_match_what_can_be_placed() -> None:
    text = OWNED + '[[placement.rules]]\nmatch = ["aws_lb", "data.aws_*"]\nside = "local"\n'
    [(severity, line, column, summary, _)] = check(text)
    assert (severity, line, column) == ("error", 5, 20)
    assert '"data.aws_*" can match nothing' in summary


def test_an_unknown_owner_is_a_warning() -> None:
    assert [(severity, line, summary) for severity, line, _, summary, _ in check("[service]\n")] == [
        ("warning", 1, "service.contact isn't known"),
        ("warning", 1, "service.owner isn't known"),
    ]
