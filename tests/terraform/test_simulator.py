"""The simulated providers under real Terraform: what tests may rely on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulator.preparation import Prepared
from tests.simulator.simulator import Simulator, TerraformFailed

ENVIRONMENTS = ("development", "staging", "production")

VERSIONS = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}
"""

WHOLE = """
provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { Owner = "platform", Environment = "test" }
  }
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"

  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/deploy"
  }
}

variable "password" {
  type      = string
  sensitive = true
  default   = "not-a-secret"
}

variable "path" {
  type    = string
  default = "/api/*"
}

variable "listener_port" {
  type    = number
  default = 80
}

data "aws_caller_identity" "current" {}
data "aws_availability_zones" "available" {}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = data.aws_availability_zones.available.names[count.index]
}

resource "aws_security_group" "alb" {
  name   = "alb"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "egress" {
    for_each = ["10.0.0.0/16"]

    content {
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      cidr_blocks = [egress.value]
    }
  }
}

resource "aws_security_group_rule" "tasks" {
  type                     = "ingress"
  security_group_id        = aws_security_group.alb.id
  source_security_group_id = aws_security_group.alb.id
  protocol                 = "tcp"
  from_port                = 8000
  to_port                  = 8000
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.alb.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_lb" "main" {
  name            = "main"
  security_groups = [aws_security_group.alb.id]
  subnets         = aws_subnet.public[*].id
}

resource "aws_lb_target_group" "service" {
  for_each    = { api = 8001, web = 8002 }
  name        = each.key
  port        = each.value
  protocol    = "HTTP"
  vpc_id      = aws_vpc.main.id
  target_type = "ip"

  health_check {
    path = "/health"
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = var.listener_port
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service["web"].arn
  }
}

resource "aws_lb_listener" "weighted" {
  load_balancer_arn = aws_lb.main.arn
  port              = 8080

  default_action {
    type = "forward"

    forward {
      dynamic "target_group" {
        for_each = aws_lb_target_group.service

        content {
          arn    = target_group.value.arn
          weight = 50
        }
      }
    }
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service["api"].arn
  }

  condition {
    path_pattern {
      values = [var.path]
    }
  }

  condition {
    host_header {
      values = ["api.example.com"]
    }
  }
}

resource "aws_route53_zone" "main" {
  name = "example.com"
}

resource "aws_route53_record" "api" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "api.example.com"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" }]
  })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.task.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_ecs_cluster" "main" {
  name = "main"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/ecs/api"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "api" {
  family                = "api"
  task_role_arn         = aws_iam_role.task.arn
  container_definitions = jsonencode([{
    name             = "api"
    image            = "${data.aws_caller_identity.current.account_id}.dkr.ecr.us-east-1.amazonaws.com/api"
    portMappings     = [{ containerPort = 8001 }]
    logConfiguration = { logDriver = "awslogs", options = { "awslogs-group" = aws_cloudwatch_log_group.api.name } }
  }])
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2

  load_balancer {
    target_group_arn = aws_lb_target_group.service["api"].arn
    container_name   = "api"
    container_port   = 8001
  }

  depends_on = [aws_lb_listener.http]
}

resource "aws_s3_bucket" "data" {
  bucket_prefix = "data-"
}

resource "aws_s3_bucket" "replica" {
  provider = aws.west
  bucket   = "replica"
  tags     = { Owner = "data" }
}

resource "aws_db_instance" "main" {
  identifier        = "main"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  allocated_storage = 20
  username          = "main"
  password          = var.password
}

output "database" {
  value     = "postgres://main:${var.password}@${aws_db_instance.main.endpoint}"
  sensitive = true
}
"""


def write(folder: Path, content: str) -> Path:
    """A root module of one file."""
    folder.mkdir(exist_ok=True)
    (folder / "main.tf").write_text(VERSIONS + content)
    return folder


def attributes(simulator: Simulator, root: Path) -> dict[str, dict]:
    """The attributes of each managed resource instance, by type, name and key."""
    return {
        f"{resource['type']}.{resource['name']}{[instance['index_key']] if 'index_key' in instance else ''}": instance[
            "attributes"
        ]
        for resource in simulator.state(root)["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    }


class TestTheWholeRoot:
    def test_is_created_once_and_then_plans_no_change(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        created = simulator.written()
        assert {entry.operation for entry in created} == {"create"}
        assert len(created) == len(attributes(simulator, root)) == 24
        simulator.forget_journal()
        plan = simulator.plan(root)
        assert simulator.changes(plan) == {}
        assert {change["actions"][0] for change in plan["output_changes"].values()} == {"no-op"}
        assert "resource_drift" not in plan
        assert (simulator.written(), len(simulator.journal("read"))) == ([], 24)

    def test_has_plausible_computed_values(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        made = attributes(simulator, root)
        alb, listener, rule = (made[f"aws_lb{name}"] for name in (".main", "_listener.http", "_listener_rule.api"))
        assert alb["arn"].startswith("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/main/")
        assert listener["arn"].startswith(alb["arn"].replace(":loadbalancer/", ":listener/"))
        assert rule["arn"].startswith(listener["arn"].replace(":listener/", ":listener-rule/"))
        assert alb["arn_suffix"] == alb["arn"].partition("loadbalancer/")[2]
        assert made["aws_route53_record.api"]["alias"][0]["name"] == alb["dns_name"]
        assert made["aws_s3_bucket.data"]["id"].startswith("data-")
        assert made["aws_db_instance.main"]["endpoint"].endswith(".us-east-1.rds.amazonaws.com:5432")
        assert len({made[f"aws_subnet.public[{n}]"]["id"] for n in (0, 1)}) == 2

    def test_knows_which_provider_configuration_asks(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        made = attributes(simulator, root)
        assert made["aws_vpc.main"]["tags_all"] == {"Owner": "platform", "Environment": "test", "Name": "main"}
        assert made["aws_s3_bucket.data"]["tags_all"] == {"Owner": "platform", "Environment": "test"}
        assert made["aws_s3_bucket.replica"]["tags_all"] == {"Owner": "data"}
        assert made["aws_s3_bucket.replica"]["region"] == "us-west-2"
        assert {entry.region for entry in simulator.written() if entry.id == "replica"} == {"us-west-2"}

    def test_hides_what_is_sensitive(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE.replace("sensitive = true\n  default", "default"))
        (change,) = (c for c in simulator.plan(root)["resource_changes"] if c["address"] == "aws_db_instance.main")
        assert change["change"]["after_sensitive"]["password"] is True
        assert "not-a-secret" not in simulator.terraform(root, "plan", "-no-color").stdout

    def test_shows_a_changed_argument_as_an_update(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        assert simulator.changes(simulator.plan(root, "-var=path=/v2/*")) == {"aws_lb_listener_rule.api": ["update"]}
        simulator.forget_journal()
        simulator.apply(root, "-var=path=/v2/*")
        assert [(entry.operation, entry.type, entry.changed) for entry in simulator.written()] == [
            ("update", "aws_lb_listener_rule", ("condition",))
        ]

    def test_shows_each_small_change(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        update, replace = ["update"], ["delete", "create"]
        expected: dict[str, list[str]] = {}
        changed = WHOLE
        for before, after, changes in (
            ("weight = 50", "weight = 60", {"aws_lb_listener.weighted": update}),
            ('cidr_blocks = ["0.0.0.0/0"]', 'cidr_blocks = ["0.0.0.0/1"]', {"aws_security_group.alb": update}),
            ('["api.example.com"]', '["api.example.com", "www.example.com"]', {"aws_lb_listener_rule.api": update}),
            ("evaluate_target_health = true", "evaluate_target_health = false", {"aws_route53_record.api": update}),
            ("retention_in_days = 30", "", {"aws_cloudwatch_log_group.api": update}),
            ('tags       = { Name = "main" }', "", {"aws_vpc.main": update}),
            # The path is computed too: what was there stays, as with the real provider.
            ('path = "/health"', "", {}),
            ('value = "enabled"', 'value = "disabled"', {"aws_ecs_cluster.main": update}),
            (
                "containerPort = 8001",
                "containerPort = 8002",
                {"aws_ecs_task_definition.api": replace, "aws_ecs_service.api": update},
            ),
            ('engine            = "postgres"', 'engine = "mysql"', {"aws_db_instance.main": replace}),
        ):
            assert changed.count(before) == 1, before
            changed = changed.replace(before, after)
            expected |= changes
        write(root, changed)
        assert simulator.changes(simulator.plan(root)) == expected

    def test_shows_changed_default_tags_where_they_reach(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        write(root, WHOLE.replace('Owner = "platform"', 'Owner = "operations"'))
        changes = simulator.changes(simulator.plan(root))
        tagged = {name for name, made in attributes(simulator, root).items() if "tags_all" in made}
        assert "aws_s3_bucket.replica" in tagged
        assert changes == {
            # Addresses have their keys in double quotes, where there are any.
            name.replace("'", '"'): ["update"]
            for name in tagged - {"aws_s3_bucket.replica"}
        }

    def test_is_destroyed_whole(self, simulator: Simulator, tmp_path: Path) -> None:
        root = write(tmp_path / "root", WHOLE)
        simulator.apply(root)
        created = [(entry.type, entry.id) for entry in simulator.journal("create")]
        simulator.destroy(root)
        assert sorted((entry.type, entry.id) for entry in simulator.journal("delete")) == sorted(created)
        assert simulator.store
        assert not list(simulator.store.folder.rglob("*.json"))


def test_what_forces_a_replacement_is_named(simulator: Simulator, tmp_path: Path) -> None:
    bucket = 'resource "aws_s3_bucket" "data" {{\n  bucket = "{}"\n}}\n'
    root = write(tmp_path / "root", bucket.format("first"))
    simulator.apply(root)
    write(root, bucket.format("second"))
    (change,) = simulator.plan(root)["resource_changes"]
    assert change["change"]["actions"] == ["delete", "create"]
    assert change["change"]["replace_paths"] == [["bucket"]]
    simulator.apply(root)
    assert [(entry.operation, entry.id) for entry in simulator.written()] == [
        ("create", "first"),
        ("delete", "first"),
        ("create", "second"),
    ]


def test_an_import_block_finds_what_the_store_has(simulator: Simulator, tmp_path: Path) -> None:
    group = 'resource "aws_cloudwatch_log_group" "api" {\n  name = "/ecs/api"\n}\n'
    role = 'resource "aws_iam_role_policy_attachment" "read" {\n  role = "task"\n  policy_arn = "arn:aws:iam::aws:policy/R"\n}\n'
    simulator.apply(write(tmp_path / "creator", group + role))
    simulator.forget_journal()
    imports = 'import {\n  to = aws_cloudwatch_log_group.api\n  id = "/ecs/api"\n}\n'
    imports += 'import {\n  to = aws_iam_role_policy_attachment.read\n  id = "task/arn:aws:iam::aws:policy/R"\n}\n'
    root = write(tmp_path / "root", group + role + imports)
    plan = simulator.plan(root)
    assert simulator.changes(plan) == {}
    assert {change["address"] for change in plan["resource_changes"] if "importing" in change["change"]} == {
        "aws_cloudwatch_log_group.api",
        "aws_iam_role_policy_attachment.read",
    }
    simulator.apply(root)
    assert simulator.written() == []
    assert len(attributes(simulator, root)) == 2


def test_an_import_of_nothing_fails(simulator: Simulator, tmp_path: Path) -> None:
    root = write(
        tmp_path,
        'resource "aws_vpc" "a" {\n  cidr_block = "10.0.0.0/8"\n}\nimport {\n  to = aws_vpc.a\n  id = "vpc-1"\n}\n',
    )
    with pytest.raises(TerraformFailed, match="non-existent"):
        simulator.plan(root)


def test_what_is_gone_from_the_store_is_created_again(simulator: Simulator, tmp_path: Path) -> None:
    root = write(tmp_path, 'resource "aws_s3_bucket" "data" {\n  bucket = "data"\n}\n')
    simulator.apply(root)
    assert simulator.store
    shutil.rmtree(simulator.store.folder)
    plan = simulator.plan(root)
    assert simulator.changes(plan) == {"aws_s3_bucket.data": ["create"]}
    assert [change["change"]["actions"] for change in plan["resource_drift"]] == [["delete"]]


def test_a_name_can_be_taken(simulator: Simulator, tmp_path: Path) -> None:
    bucket = 'resource "aws_s3_bucket" "data" {\n  bucket = "data"\n}\n'
    simulator.apply(write(tmp_path / "first", bucket))
    with pytest.raises(TerraformFailed, match="aws_s3_bucket data already exists"):
        simulator.apply(write(tmp_path / "second", bucket))


def test_a_data_source_reads_the_store(simulator: Simulator, tmp_path: Path) -> None:
    simulator.apply(
        write(
            tmp_path / "first",
            'resource "aws_vpc" "main" {\n  cidr_block = "10.7.0.0/16"\n  tags = { Name = "main" }\n}\n',
        )
    )
    root = write(
        tmp_path / "second",
        'data "aws_vpc" "main" {\n  tags = { Name = "main" }\n}\noutput "cidr" {\n  value = data.aws_vpc.main.cidr_block\n}\n',
    )
    assert simulator.plan(root)["planned_values"]["outputs"]["cidr"]["value"] == "10.7.0.0/16"


def test_data_sources_say_the_same_every_time(new_simulator: Callable[..., Simulator], tmp_path: Path) -> None:
    root = write(
        tmp_path,
        'data "aws_ami" "a" {\n  owners = ["amazon"]\n}\ndata "aws_ami" "b" {\n  owners = ["self"]\n}\n'
        'output "ids" {\n  value = [data.aws_ami.a.id, data.aws_ami.b.id]\n}\n',
    )
    first, second = (new_simulator().plan(root)["planned_values"]["outputs"]["ids"]["value"] for _ in range(2))
    assert first == second
    assert first[0] != first[1]


def test_the_small_providers(simulator: Simulator, tmp_path: Path) -> None:
    root = tmp_path
    (root / "main.tf").write_text("""
resource "random_id" "suffix" {
  byte_length = 4
}

resource "random_password" "database" {
  length = 20
}

resource "null_resource" "after" {
  triggers = { id = random_id.suffix.hex }
}

resource "tls_private_key" "key" {
  algorithm = "RSA"
}

resource "local_file" "note" {
  filename = "${path.module}/note.txt"
  content  = "suffix ${random_id.suffix.hex}"
}

data "archive_file" "code" {
  type        = "zip"
  output_path = "${path.module}/code.zip"

  source {
    filename = "main.py"
    content  = "print()"
  }
}

resource "time_static" "now" {}

resource "terraform_data" "builtin" {
  input = random_id.suffix.dec
}

output "hash" {
  value = data.archive_file.code.output_base64sha256
}
""")
    simulator.apply(root)
    assert simulator.changes(simulator.plan(root)) == {}
    made = attributes(simulator, root)
    assert len(made["random_id.suffix"]["hex"]) == 8
    assert len(made["random_password.database"]["result"]) == 20
    assert (root / "note.txt").read_text() == f"suffix {made['random_id.suffix']['hex']}"
    assert (root / "code.zip").exists()


def test_a_state_that_no_test_created_can_be_planned(
    new_simulator: Callable[..., Simulator], example_copy: Callable[[str], Path], examples: Path
) -> None:
    root = with_local_backend(example_copy("data-pipeline"))
    shutil.copy(examples / "states" / "data-pipeline" / "production.tfstate", root / "terraform.tfstate")
    simulator = new_simulator(keep=False)
    secrets = ("planted-db-password-production", "planted-api-secret-key-production")
    plan = simulator.plan(root, *arguments("production", *secrets))
    assert simulator.changes(plan) == {}
    assert simulator.written() == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_example_can_be_created(
    simulator: Simulator, example_copy: Callable[[str], Path], environment: str
) -> None:
    root = with_local_backend(example_copy("data-pipeline"))
    simulator.apply(root, *arguments(environment))
    created = simulator.written()
    assert len(created) == len(attributes(simulator, root)) > 70
    simulator.forget_journal()
    plan = simulator.plan(root, *arguments(environment))
    assert simulator.changes(plan) == {}
    assert simulator.written() == []


def test_terraform_installs_and_starts_the_providers_from_a_mirror(
    new_simulator: Callable[..., Simulator], tmp_path: Path
) -> None:
    simulator = new_simulator(mirrored=True)
    root = write(tmp_path, 'resource "aws_sns_topic" "alerts" {\n  name = "alerts"\n}\n')
    simulator.apply(root)
    assert [(entry.operation, entry.type) for entry in simulator.written()] == [("create", "aws_sns_topic")]
    assert 'version     = "5.100.0"' in (root / ".terraform.lock.hcl").read_text()


def test_the_journal_holds_no_secret(simulator: Simulator, tmp_path: Path) -> None:
    simulator.apply(write(tmp_path / "root", WHOLE))
    assert "not-a-secret" not in simulator.journal_file.read_text()
    assert all(
        json.loads(line)["id"] for line in simulator.journal_file.read_text().splitlines() if '"data"' not in line
    )


def with_local_backend(root: Path) -> Path:
    (root / "override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    return root


def arguments(environment: str, password: str = "database-password", key: str = "api-key") -> list[str]:
    return [
        f"-var-file=environments/{environment}.tfvars",
        f"-var=database_password={password}",
        f"-var=api_secret_key={key}",
    ]


def test_numbers_are_kept_exactly(simulator: Simulator, tmp_path: Path) -> None:
    alarm = 'resource "aws_cloudwatch_metric_alarm" "a" {\n  alarm_name = "a"\n  comparison_operator = "LessThanThreshold"\n'
    root = write(tmp_path, alarm + "  evaluation_periods = 1\n  threshold = 12345678901234567890.125\n}\n")
    simulator.apply(root)
    assert simulator.changes(simulator.plan(root)) == {}
    assert '"threshold": 12345678901234567890.125' in (root / "terraform.tfstate").read_text()


def test_terraform_test_mocks_the_providers(simulator: Simulator, tmp_path: Path) -> None:
    root = write(
        tmp_path, 'resource "aws_lb" "main" {\n  name = "main"\n}\noutput "arn" {\n  value = aws_lb.main.arn\n}\n'
    )
    (root / "tests").mkdir()
    (root / "tests" / "mocked.tftest.hcl").write_text("""
mock_provider "aws" {
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/mocked/0123456789abcdef" }
  }
}

run "mocked" {
  assert {
    condition     = strcontains(output.arn, "app/mocked/")
    error_message = "not mocked"
  }
}
""")
    simulator.init(root)
    assert "1 passed, 0 failed" in simulator.terraform(root, "test", "-no-color").stdout
    assert simulator.written() == []


def test_the_schemas_are_those_of_the_provider(prepared_simulator: Prepared) -> None:
    schemas = prepared_simulator.schemas("aws")
    assert (len(schemas["resource_schemas"]), len(schemas["data_source_schemas"])) == (1514, 608)
    listener = schemas["resource_schemas"]["aws_lb_listener"]["block"]
    assert listener["attributes"]["load_balancer_arn"] == {"type": "string", "required": True}
    assert listener["attributes"]["arn"] == {"type": "string", "computed": True}
    assert listener["attributes"]["protocol"] == {"type": "string", "computed": True, "optional": True}
    action = listener["block_types"]["default_action"]
    assert (action["nesting_mode"], action["min_items"], "max_items" in action) == ("list", 1, False)
    assert action["block"]["block_types"]["redirect"]["max_items"] == 1
    group = schemas["resource_schemas"]["aws_security_group"]["block"]["attributes"]["ingress"]
    assert group["type"][0] == "set"
    assert group["type"][1][1]["cidr_blocks"] == ["list", "string"]
    database = schemas["resource_schemas"]["aws_db_instance"]
    assert database["version"] == 2
    assert database["block"]["attributes"]["password"]["sensitive"]
    assert database["block"]["attributes"]["password_wo"]["write_only"]


def test_a_data_source_may_have_blocks_called_tags(simulator: Simulator, tmp_path: Path) -> None:
    block = 'data "aws_devopsguru_resource_collection" "a" {\n  type = "AWS_TAGS"\n\n  tags {\n    app_boundary_key = "k"\n  }\n}\n'
    resource = 'resource "aws_devopsguru_resource_collection" "a" {\n  type = "AWS_TAGS"\n}\n'
    simulator.apply(write(tmp_path, block + resource))
    assert simulator.changes(simulator.plan(tmp_path)) == {}
