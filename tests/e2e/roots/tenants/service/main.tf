# The central root and its state hold another service already, with outputs, tags and names of its own; data sources on both sides.
provider "aws" {
  region = var.region

  default_tags {
    tags = { Service = "orders", Environment = var.environment }
  }
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "environment" {
  type = string
}

variable "replicas" {
  type    = number
  default = 1
}

variable "zone_name" {
  type = string
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${data.aws_partition.current.partition}:sqs:${var.region}:${data.aws_caller_identity.current.account_id}:orders"]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.4.0.0/16"
}

resource "aws_subnet" "main" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index + 10)
  availability_zone = data.aws_availability_zones.available.names[count.index]
}

resource "aws_lb" "main" {
  name    = "orders-${var.environment}"
  subnets = aws_subnet.main[*].id
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_route53_zone" "main" {
  name = var.zone_name
}

resource "aws_route53_record" "main" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "orders.${var.zone_name}"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

resource "aws_iam_role" "task" {
  name               = "ecs-task-orders-${var.environment}"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "queue" {
  name   = "queue"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.queue.json
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_ecs_cluster" "main" {
  name = "orders-${var.environment}"
}

resource "aws_ecs_task_definition" "main" {
  family        = "orders-${var.environment}"
  task_role_arn = aws_iam_role.task.arn
  container_definitions = jsonencode([{
    name        = "orders"
    image       = "${data.aws_caller_identity.current.account_id}.dkr.ecr.${var.region}.amazonaws.com/orders:1"
    environment = [{ name = "ZONES", value = join(",", slice(data.aws_availability_zones.available.names, 0, 2)) }]
  }])
}

resource "aws_ecs_service" "main" {
  name            = "orders"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.main.arn
  desired_count   = var.replicas

  network_configuration {
    subnets = aws_subnet.main[*].id
  }
}

output "alb_arn" {
  value = aws_lb.main.arn
}

output "site_url" {
  value = "http://${aws_route53_record.main.fqdn}"
}
