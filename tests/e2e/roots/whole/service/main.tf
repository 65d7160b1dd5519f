# Whole resources passed on: for_each over a resource, a local that is one, a list and a map of them, objects given to a module.
provider "aws" {
  region = "eu-central-1"
}

locals {
  lb     = aws_lb.main
  groups = aws_lb_target_group.main
  first  = aws_subnet.main[0]
}

resource "aws_vpc" "main" {
  cidr_block = "10.5.0.0/16"
}

resource "aws_subnet" "main" {
  count      = 3
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_lb" "main" {
  name    = "whole"
  subnets = aws_subnet.main[*].id
}

resource "aws_lb" "extra" {
  count   = 1
  name    = "whole-extra"
  subnets = [local.first.id]
}

resource "aws_lb_target_group" "main" {
  for_each = toset(["api", "web"])
  name     = "whole-${each.key}"
  port     = each.key == "api" ? 8001 : 8002
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "main" {
  for_each          = aws_lb_target_group.main
  load_balancer_arn = local.lb.arn
  port              = each.value.port

  default_action {
    type             = "forward"
    target_group_arn = each.value.arn
  }
}

resource "aws_cloudwatch_log_group" "main" {
  for_each = aws_lb_target_group.main
  name     = "/whole/${each.key}/${each.value.name}"
}

resource "aws_cloudwatch_metric_alarm" "main" {
  for_each            = aws_lb_listener.main
  alarm_name          = "whole-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "TargetResponseTime"
  namespace           = "AWS/ApplicationELB"
  period              = 60
  statistic           = "Average"
  threshold           = 1.5

  dimensions = {
    LoadBalancer = local.lb.arn_suffix
    TargetGroup  = local.groups[each.key].arn_suffix
    Port         = each.value.port
  }
}

resource "aws_sns_topic" "main" {
  count = length(aws_lb.extra)
  name  = "whole-${aws_lb.extra[count.index].name}"
  tags  = { Subnets = length(aws_subnet.main), Groups = join(",", keys(aws_lb_target_group.main)) }
}

module "dashboard" {
  source = "./modules/dashboard"
  lb     = { arn_suffix = local.lb.arn_suffix, name = aws_lb.main.name }
  groups = { for name, group in local.groups : name => { arn_suffix = group.arn_suffix } }
}

module "typed" {
  source  = "./modules/typed"
  lb      = aws_lb.main
  subnets = aws_subnet.main
  groups  = aws_lb_target_group.main
}

output "lb" {
  value = { dns = local.lb.dns_name, zone = local.lb.zone_id }
}

output "groups" {
  value = [for group in values(local.groups) : group.arn]
}
