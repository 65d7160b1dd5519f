"""Which provisioners can run where the central root is applied."""

from __future__ import annotations

import pytest

from tfhoist.consolidation.provisioners import reaches_back
from tfhoist.hcl.syntax import parse_file

TREE = {"app/main.tf": b"", "app/scripts/run.sh": b"", "app/hosts.ini": b""}


def problem(text: str) -> str:
    file = parse_file("main.tf", f'resource "a" "b" {{\n{text}\n}}\n'.encode())
    assert not file.diagnostics
    return reaches_back(file.body.blocks[0].body.blocks[0], TREE, "app")


def command(text: str) -> str:
    return problem(f'provisioner "local-exec" {{\n  command = {text}\n}}')


@pytest.mark.parametrize(
    "text",
    [
        '"echo made"',
        '"aws ecs wait services-stable --cluster ${self.name} --services ${var.name} > /dev/null 2>&1"',
        '"/usr/local/bin/announce --from \\"tfhoist\\""',
        '"curl -fsS https://example.org/hooks/run.sh?who=${self.id}"',
        '"echo 1.5 main.t scripts terraformed"',
        'join(" ", ["echo", self.id])',
        'self.id == "x" ? "echo a" : format("echo %s", self.id)',
        "<<-EOT\n  set -e\n  sleep 5\n  EOT\n",
        '"echo a" \n  environment = { A = "b" }\n  interpreter = ["/bin/bash", "-c"]\n  working_dir = "/tmp"',
    ],
)
def test_what_can_run_anywhere(text: str) -> None:
    assert command(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"./scripts/run.sh"', "names a relative path"),
        ("\"python '../tool.py'\"", "names a relative path"),
        ('"docker build ."', "names a relative path"),
        ('"sh scripts/run.sh"', "names scripts/run.sh"),
        ('"ansible-playbook -i hosts.ini x"', "names hosts.ini"),
        ('"ansible-playbook --inventory=hosts.ini"', "names hosts.ini"),
        ('"tar c scripts/"', "names scripts/"),
        ('"echo ${self.id} >> ids.txt"', "writes a file"),
        ('"echo ${self.id} > ${var.file}"', "writes a file"),
        ('"cd infra && make"', "goes to a folder"),
        ('"terraform output -raw x"', "runs terraform"),
        ("var.command", "isn't written there"),
        ("self.input", "isn't written there"),
        ('file("${path.module}/scripts/run.sh")', "isn't written there"),
        ('join("/", [".", "run.sh"])', "names a relative path"),
        ('"${var.tool} --all"', "isn't written there"),
        ('"${self.id == "x" ? "./a" : "b"}"', "names a relative path"),
        ('"echo a" \n  working_dir = "infra"', "(working_dir)"),
        ('"echo a" \n  environment = { FILE = "hosts.ini" }', "names hosts.ini"),
    ],
)
def test_what_reaches_back(text: str, why: str) -> None:
    assert why in command(text)


def test_other_kinds() -> None:
    assert problem('provisioner "remote-exec" {\n  inline = ["sh ./there.sh"]\n}') == ""
    assert "(script)" in problem('provisioner "remote-exec" {\n  script = "run.sh"\n}')
    assert "(source)" in problem('provisioner "file" {\n  source = "run.sh"\n  destination = "/x"\n}')
    assert problem('provisioner "file" {\n  content = "text"\n  destination = "/x"\n}') == ""
    assert "own" in problem('provisioner "chef" {\n  server = "x"\n}')
    assert problem('connection {\n  host = "192.0.2.1"\n}') == ""
