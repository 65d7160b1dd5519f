"""Rules about values and secrets that are written into the configuration."""

from __future__ import annotations

import pytest

from tests.unit.audit.support import audit_of, findings_of, places

# hard-coded values


def block(line: str, kind: str = "aws_x") -> str:
    return f'resource "{kind}" "a" {{\n  {line}\n}}'


@pytest.mark.parametrize(
    ("rule_id", "line", "value"),
    [
        (
            "hard-coded-arn",
            'x = "arn:aws:acm:us-east-1:123456789012:certificate/1"',
            "arn:aws:acm:us-east-1:123456789012:certificate/1",
        ),
        ("hard-coded-arn", 'x = ["arn:aws:s3:::bucket/*"]', "arn:aws:s3:::bucket/*"),
        ("hard-coded-account-id", 'account = "123456789012"', "123456789012"),
        ("hard-coded-account-id", 'x = "arn:aws:iam::123456789012:role/${var.r}"', "123456789012"),
        ("hard-coded-account-id", 'x = "123456789012.dkr.ecr.us-east-1.amazonaws.com/api"', "123456789012"),
        ("hard-coded-domain", 'x = "https://registry.hokus.ai/mlflow"', "registry.hokus.ai"),
        ("hard-coded-domain", 'x = "${var.sub}.hokus.ai"', "hokus.ai"),
        ("hard-coded-domain", 'x = "*.hokus.ai"', "hokus.ai"),
        ("hard-coded-cidr", 'x = ["10.0.0.0/16"]', "10.0.0.0/16"),
        ("hard-coded-cidr", 'x = "2001:db8::/32"', "2001:db8::/32"),
    ],
)
def test_hard_coded_values(rule_id: str, line: str, value: str) -> None:
    [finding] = findings_of(rule_id, block(line))
    assert (finding.address, finding.evidence["value"], places(finding)) == ("aws_x.a", value, ["main.tf:2-2"])


@pytest.mark.parametrize(
    "line",
    [
        'policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"',
        'x = "arn:aws:logs:*:*:log-group:/x"',
        'x = "arn:aws:s3:::${var.bucket}/*"',
        'x = "arn:aws:iam::${var.account}:role/x"',
        'x = { Service = "ecs-tasks.amazonaws.com" }',
        'x = "202401010000"',
        'x = "127311923021"',
        'x = ["0.0.0.0/0", "::/0", "127.0.0.0/8", "169.254.0.0/16"]',
        'x = "http://localhost:8001/health"',
        'x = "http://${aws_lb.a.dns_name}/x"',
        'x = "db.t3.micro"',
        'x = "index.html"',
        'x = "com.amazonaws.us-east-1.s3"',
        'x = "somebody@hokus.ai"',
        'x = "mlflow.internal.local"',
        'x = "03:00-04:00"',
        'key = "nvidia.com/gpu"',
        'x = "file://nodeconfig.yaml"',
        'x = "aws.health"',
        'x = var.cidr == "10.0.0.0/8" ? 1 : 2',
        'x = ["35.191.0.0/16"]',
        'description = "see https://hokus.ai and 10.0.0.0/8, 123456789012"',
        'tags = { Domain = "hokus.ai" }',
        'x = file("a.hokus.ai")',
        "# https://hokus.ai 10.0.0.0/8",
    ],
)
def test_what_is_not_hard_coded(line: str) -> None:
    found = [f for f in audit_of(block(line)).findings if f.id.startswith("hard-coded")]
    assert found == []


def test_an_account_id_inside_an_arn_is_one_finding() -> None:
    found = [f.id for f in audit_of(block('x = "arn:aws:iam::123456789012:root"')).findings]
    assert found == ["hard-coded-arn"]


def test_one_finding_for_each_value_and_block() -> None:
    [finding] = findings_of("hard-coded-domain", block('x = "https://a.org"\n  y = "https://a.org/z"'))
    assert places(finding) == ["main.tf:2-2", "main.tf:3-3"]


def test_variables_are_not_hard_coded() -> None:
    files = {"main.tf": 'variable "a" {\n  default = "10.0.0.0/8"\n}', "terraform.tfvars": 'a = "10.0.0.0/8"'}
    assert audit_of(files).findings == ()


# secrets

SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("terraform.tfvars", f'# x\ndatabase_password = "{SECRET}"', 2),
        ("a.auto.tfvars", f'harmless = "{SECRET}"', 1),
        ("other/x.tfvars", f'api_token = "{SECRET}"', 1),
        ("x.tfbackend", f'secret_key = "{SECRET}"', 1),
        ("terraform.tfvars.json", f'{{\n  "database_password": "{SECRET}"\n}}', 2),
        ("terraform.tfvars", f'keys_secret = {{ a = "{SECRET}" }}', 1),
    ],
)
def test_secrets_in_variable_files(path: str, text: str, line: int) -> None:
    files = {
        "main.tf": 'variable "harmless" {\n  sensitive = true\n}\nvariable "database_password" {}\nvariable "keys_secret" {}',
        path: text,
    }
    [finding] = findings_of("secret-in-tfvars", files)
    assert places(finding) == [f"{path}:{line}-{line}"]
    assert SECRET not in str(finding)


@pytest.mark.parametrize(
    "text", ['database_password = ""', 'region = "us-east-1"', 'password_length = "20"', 'secret_arn = "arn:x"']
)
def test_what_is_no_secret_in_a_variable_file(text: str) -> None:
    name = text.split()[0]
    assert findings_of("secret-in-tfvars", {"main.tf": f'variable "{name}" {{}}', "terraform.tfvars": text}) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (block(f'password = "{SECRET}"', "aws_db_instance"), 2),
        (block(f'x = jsonencode({{ api_key = "{SECRET}" }})'), 2),
        (f'provider "x" {{\n  token = "{SECRET}"\n}}', 2),
        (f'variable "x" {{\n  sensitive = true\n  default   = "{SECRET}"\n}}', 3),
        (
            'resource "aws_ecs_task_definition" "a" {\n  container_definitions = jsonencode([{\n    environment = [{\n'
            f'      name  = "DB_PASSWORD"\n      value = "{SECRET}"\n    }}]\n  }}])\n}}',
            5,
        ),
    ],
)
def test_secrets_in_the_configuration(text: str, line: int) -> None:
    [finding] = findings_of("secret-in-configuration", text)
    assert places(finding) == [f"main.tf:{line}-{line}"]
    assert SECRET not in str(finding)


@pytest.mark.parametrize(
    "line",
    [
        "password = var.password",
        'password = ""',
        'secret = "arn:aws:secretsmanager:x"',
        'password_policy = "strict"',
        'token_url = "https://x"',
        'password = var.password == "BUILT_IN" ? 1 : split("@", var.password)[0]',
        'x = { name = "DB_PASSWORD", valueFrom = "arn" }',
        "manage_master_user_password = true",
    ],
)
def test_what_is_no_secret_in_the_configuration(line: str) -> None:
    assert findings_of("secret-in-configuration", 'variable "password" {}\n' + block(line)) == []
