"""A root module of any size, made like those that people have: a service in a dozen blocks, many services.

Every service has a target group, a listener rule and a DNS record on shared load balancers, which the built-in policy
moves; and a task definition, a service, a log group, a repository, a security group, a bucket and an alarm, which stay and
read them. Some have `count` or `for_each`, some come out of a local module, and locals and variables stand between.
"""

from __future__ import annotations

BLOCKS_OF_A_SERVICE = 12
SERVICES_OF_A_LOAD_BALANCER = 40

_SHARED = """variable "environment" {{
  type    = string
  default = "production"
}}

variable "services" {{
  type = map(object({{ port = number, count = optional(number, 1) }}))
  default = {{
    api = {{ port = 8080 }}
    web = {{ port = 8081, count = 2 }}
  }}
}}

locals {{
  prefix = "shop-${{var.environment}}"
  tags = {{
    Project     = "shop"
    Environment = var.environment
  }}
}}

data "aws_vpc" "main" {{
  tags = {{ Name = local.prefix }}
}}

data "aws_route53_zone" "main" {{
  name = "shop.example"
}}

resource "aws_ecs_cluster" "main" {{
  name = local.prefix
}}

terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws", version = "~> 5.0" }}
  }}
}}
"""

_BALANCER = """
resource "aws_security_group" "alb_{number}" {{
  name   = "${{local.prefix}}-alb-{number}"
  vpc_id = data.aws_vpc.main.id
}}

resource "aws_lb" "shared_{number}" {{
  name            = "${{local.prefix}}-{number}"
  security_groups = [aws_security_group.alb_{number}.id]
  tags            = local.tags
}}

resource "aws_lb_listener" "https_{number}" {{
  load_balancer_arn = aws_lb.shared_{number}.arn
  port              = 443
  protocol          = "HTTPS"

  default_action {{
    type = "fixed-response"

    fixed_response {{
      content_type = "text/plain"
      status_code  = "404"
    }}
  }}
}}
"""

_SERVICE = """
resource "aws_lb_target_group" "{name}" {{
  name        = "${{local.prefix}}-{name}"
  port        = {port}
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = data.aws_vpc.main.id

  health_check {{
    path    = "/health/{name}"
    matcher = "200-399"
  }}
}}

resource "aws_lb_listener_rule" "{name}" {{
  listener_arn = aws_lb_listener.https_{balancer}.arn
  priority     = {priority}

  action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.{name}.arn
  }}

  condition {{
    host_header {{
      values = ["{name}.shop.example"]
    }}
  }}
}}

resource "aws_route53_record" "{name}" {{
  zone_id = data.aws_route53_zone.main.zone_id
  name    = "{name}.shop.example"
  type    = "A"

  alias {{
    name                   = aws_lb.shared_{balancer}.dns_name
    zone_id                = aws_lb.shared_{balancer}.zone_id
    evaluate_target_health = true
  }}
}}

resource "aws_security_group" "{name}" {{
  name   = "${{local.prefix}}-{name}-tasks"
  vpc_id = data.aws_vpc.main.id

  ingress {{
    from_port       = {port}
    to_port         = {port}
    protocol        = "tcp"
    security_groups = [aws_security_group.alb_{balancer}.id]
  }}
}}

resource "aws_cloudwatch_log_group" "{name}" {{
  name              = "/ecs/${{local.prefix}}/{name}"
  retention_in_days = var.environment == "production" ? 90 : 7
}}

resource "aws_ecr_repository" "{name}" {{
  name = "{name}"
  tags = merge(local.tags, {{ Service = "{name}" }})
}}

resource "aws_ecs_task_definition" "{name}" {{
  family = "${{local.prefix}}-{name}"

  container_definitions = jsonencode([
    {{
      name  = "{name}"
      image = "${{aws_ecr_repository.{name}.repository_url}}:latest"
      environment = [
        {{ name = "URL", value = "https://${{aws_lb.shared_{balancer}.dns_name}}/{name}" }},
        {{ name = "LOGS", value = aws_cloudwatch_log_group.{name}.name }},
      ]
    }},
  ])
}}

resource "aws_ecs_service" "{name}" {{
  name            = "{name}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.{name}.arn
  desired_count   = {number} % 3 + 1

  load_balancer {{
    target_group_arn = aws_lb_target_group.{name}.arn
    container_name   = "{name}"
    container_port   = {port}
  }}

  depends_on = [aws_lb_listener_rule.{name}]
}}

resource "aws_s3_bucket" "{name}" {{
  for_each = toset(["uploads", "exports"])

  bucket = "${{local.prefix}}-{name}-${{each.key}}"
}}

resource "aws_cloudwatch_metric_alarm" "{name}" {{
  count = var.environment == "production" ? 1 : 0

  alarm_name = "${{local.prefix}}-{name}-5xx"

  dimensions = {{
    LoadBalancer = aws_lb.shared_{balancer}.arn_suffix
    TargetGroup  = aws_lb_target_group.{name}.arn_suffix
  }}
}}

resource "aws_sqs_queue" "{name}" {{
  name = "${{local.prefix}}-{name}-jobs"
}}
"""

_QUEUE = """
resource "aws_sqs_queue" "{name}_dead" {{
  name = "${{local.prefix}}-{name}-dead"
}}
"""

_CALL = """
module "worker_{name}" {{
  source = "./modules/worker"

  name  = "${{local.prefix}}-{name}"
  queue = aws_sqs_queue.{name}.arn
  url   = aws_lb.shared_{balancer}.dns_name
}}
"""

_WORKER = """variable "name" {
  type = string
}

variable "queue" {
  type = string
}

variable "url" {
  type = string
}

resource "aws_iam_role" "worker" {
  name = "${var.name}-worker"
}

resource "aws_lambda_function" "worker" {
  function_name = "${var.name}-worker"
  role          = aws_iam_role.worker.arn

  environment {
    variables = {
      QUEUE = var.queue
      URL   = var.url
    }
  }
}
"""


def generated_root(blocks: int) -> dict[str, bytes]:
    """The files of a root module with about so many resources and module calls."""
    services = max(1, blocks // BLOCKS_OF_A_SERVICE)
    files = {"main.tf": _SHARED.format(), "modules/worker/main.tf": _WORKER}
    for number in range(services):
        name = f"svc{number:04}"
        balancer, place = divmod(number, SERVICES_OF_A_LOAD_BALANCER)
        values = {
            "name": name,
            "number": number,
            "balancer": balancer,
            "priority": 10 * (place + 1),
            "port": 8000 + number % 1000,
        }
        text = _SERVICE.format_map(values) + (_CALL if number % 5 == 0 else _QUEUE).format_map(values)
        if place == 0:
            files[f"balancer_{balancer}.tf"] = _BALANCER.format(number=balancer).lstrip()
        files[f"{name}.tf"] = text.lstrip()
    return {path: content.encode() for path, content in files.items()}
