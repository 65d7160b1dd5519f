"""Secrets become placeholders wherever they stand, and come back only by `restore`."""

from __future__ import annotations

import json

import pytest

from tfhoist.configuration.environments import read_assignments
from tfhoist.hcl.syntax import parse_file
from tfhoist.secrets import Redaction, holds_placeholder, sounds_secret

VARIABLES = b"""
variable "plain" {}
variable "hidden" {
  sensitive = true
  default   = "planted-default"
}
resource "aws_db_instance" "x" {
  password = "planted-literal"
  tags     = { owner = "planted-default" }
}
provider "x" {
  token = "planted-token"
}
"""

FILES = {
    "main.tf": VARIABLES,
    "a.tfvars": b'hidden = "planted-quoted"\nplain = "stays"\n',
    "b.tfvars": b"hidden = <<EOT\nplanted-heredoc\nplanted-second line\nEOT\nplain = 1\n",
    "c.tfvars": b'hidden = ["planted-item", "planted-\\"quote\\""]\n',
    "d.tfvars": b'hidden = { key = "planted-value" }\n',
    "e.tfvars": b'api_token = "planted-undeclared"\n',
    "f.tfvars.json": b'{"hidden": {"a": ["planted-json", "planted-\\u00e9"]}, "plain": "stays"}',
    "g.auto.tfvars": b'hidden = "short"\nplain = "short"\n',
    "more.tofu": b'provider "y" {\n  token = "planted-opentofu"\n}\n',
    "s3.tfbackend": b'secret_key = "planted-backend"\n',
    "notes.md": b"the password is planted-quoted\n",
}


def test_nothing_planted_remains_and_all_of_it_comes_back() -> None:
    redaction = Redaction([FILES])
    redacted = redaction.redact(FILES)
    for path, content in redacted.items():
        assert b"planted" not in content, (path, content)
        assert redaction.restore(content) == FILES[path]
    assert redacted["a.tfvars"].endswith(b'plain = "stays"\n')
    assert (
        redacted["g.auto.tfvars"] == b'hidden = "tfhoist-secret-9"\nplain = "short"\n'
        or b'plain = "short"' in redacted["g.auto.tfvars"]
    )


def test_redacted_files_still_parse() -> None:
    redacted = Redaction([FILES]).redact(FILES)
    for path, content in redacted.items():
        if path.endswith((".tf", ".tfvars", ".tfbackend")):
            assert not parse_file(path, content).diagnostics, path
            if not path.endswith(".tf"):
                problems: list = []
                assert read_assignments(path, content, problems)
                assert not problems
    json.loads(redacted["f.tfvars.json"])


def test_equal_secrets_get_equal_numbers() -> None:
    service = {"a.tfvars": b'db_password = "planted-one"\nother_password = "planted-one"\n'}
    central = {"b.tfvars": b'password = "planted-one"\napi_token = "planted-two"\n'}
    redaction = Redaction([service, central])
    assert len(redaction) == 2
    assert (
        redaction.redact(service)["a.tfvars"]
        == b'db_password = "tfhoist-secret-1"\nother_password = "tfhoist-secret-1"\n'
    )
    assert redaction.redact(central)["b.tfvars"] == b'password = "tfhoist-secret-1"\napi_token = "tfhoist-secret-2"\n'
    assert holds_placeholder(redaction.redact(central)["b.tfvars"])


@pytest.mark.parametrize(
    "name", ["database_password", "api_secret_key", "github_token", "DB_PASSWD", "private_key", "apikey"]
)
def test_secret_names(name: str) -> None:
    assert sounds_secret(name)


@pytest.mark.parametrize(
    "name", ["secret_arn", "token_ttl", "password_length", "secret_name", "secrets_prefix", "key_name", "tokenizer"]
)
def test_names_that_only_sound_like_it(name: str) -> None:
    assert not sounds_secret(name)


NUMBERS = {
    "main.tf": b"""
variable "pin" { sensitive = true }
resource "aws_db_instance" "x" {
  password = "12345678"
  port     = 12345678
  tags = {
    a = "before-12345678 after"
    b = "${"12345678"}"
    c = <<EOT
    ${"12345678"} 12345678
EOT
    d = [12345678, 12345678 + 1]
  }
}
""",
    "a.tfvars": b'pin = "12345678"\n',
    "b.tfvars": b"pin = 12345678\n",
    "c.tfvars.json": b'{"pin": 12345678}',
}


def test_digits_are_a_number_or_part_of_a_text() -> None:
    redaction = Redaction([NUMBERS])
    for path, content in redaction.redact(NUMBERS).items():
        assert b"12345678" not in content, (path, content)
        assert redaction.restore(content) == NUMBERS[path]
        if path.endswith(".json"):
            json.loads(content)
        else:
            assert not parse_file(path, content).diagnostics, content
