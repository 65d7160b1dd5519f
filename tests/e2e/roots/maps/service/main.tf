# for_each over maps of objects with optional attributes, on both sides; what crosses are maps that readers index by their own keys.
variable "services" {
  type = map(object({
    port     = number
    paths    = list(string)
    hosts    = optional(list(string), [])
    priority = number
    path     = optional(string, "/health")
    public   = optional(bool, true)
    weight   = optional(number)
  }))
  default = {
    api   = { port = 8001, paths = ["/api/*", "/v1/*"], priority = 10 }
    web   = { port = 8002, paths = ["/*"], hosts = ["www.example.com"], priority = 50, path = "/" }
    "b-o" = { port = 8003, paths = ["/office/*"], priority = 30, public = false, weight = 2 }
  }
}

variable "subnets" {
  type    = map(string)
  default = { a = "10.0.1.0/24", b = "10.0.2.0/24" }
}

provider "aws" {
  region = "eu-central-1"
}

locals {
  public = { for name, one in var.services : name => one if one.public }
  prefix = "shop"
  tags   = { System = local.prefix }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = merge(local.tags, { Name = local.prefix })
}

resource "aws_subnet" "public" {
  for_each          = var.subnets
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = "eu-central-1${each.key}"
  tags              = merge(local.tags, { Name = "${local.prefix}-${each.key}" })
}

resource "aws_security_group" "alb" {
  name   = "${local.prefix}-alb"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = toset([80, 443])

    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = values(var.subnets)
  }
}

resource "aws_lb" "main" {
  name            = local.prefix
  security_groups = [aws_security_group.alb.id]
  subnets         = [for subnet in aws_subnet.public : subnet.id]
  tags            = local.tags
}

resource "aws_lb_target_group" "service" {
  for_each    = var.services
  name        = "${local.prefix}-${each.key}"
  port        = each.value.port
  protocol    = "HTTP"
  vpc_id      = aws_vpc.main.id
  target_type = "ip"

  health_check {
    path    = each.value.path
    matcher = "200-299"
  }

  tags = merge(local.tags, { Public = tostring(each.value.public) })
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service["web"].arn
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each     = local.public
  listener_arn = aws_lb_listener.http.arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service[each.key].arn
  }

  condition {
    path_pattern {
      values = each.value.paths
    }
  }

  dynamic "condition" {
    for_each = length(each.value.hosts) > 0 ? [each.value.hosts] : []

    content {
      host_header {
        values = condition.value
      }
    }
  }
}

resource "aws_ecs_cluster" "main" {
  name = local.prefix
}

resource "aws_cloudwatch_log_group" "service" {
  for_each          = var.services
  name              = "/ecs/${local.prefix}/${each.key}"
  retention_in_days = each.value.public ? 30 : 7
}

resource "aws_ecs_task_definition" "service" {
  for_each = var.services
  family   = "${local.prefix}-${each.key}"
  container_definitions = jsonencode([{
    name         = each.key
    image        = "registry.example.com/${each.key}:1"
    essential    = true
    portMappings = [{ containerPort = each.value.port }]
    environment  = [{ name = "TARGET", value = aws_lb_target_group.service[each.key].arn_suffix }]
    logConfiguration = {
      logDriver = "awslogs"
      options   = { "awslogs-group" = aws_cloudwatch_log_group.service[each.key].name }
    }
  }])
}

resource "aws_ecs_service" "service" {
  for_each        = var.services
  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.service[each.key].arn
  desired_count   = coalesce(each.value.weight, 1)

  network_configuration {
    subnets         = [for name in sort(keys(var.subnets)) : aws_subnet.public[name].id]
    security_groups = [aws_security_group.alb.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.service[each.key].arn
    container_name   = each.key
    container_port   = each.value.port
  }

  depends_on = [aws_lb_listener_rule.service]
}

output "target_groups" {
  value = { for name, group in aws_lb_target_group.service : name => group.arn }
}

output "subnets" {
  value = values(aws_subnet.public)[*].id
}

output "url" {
  value = "http://${aws_lb.main.dns_name}/"
}
