# What is there in one environment and not in another: count = 0, empty for_each, dynamic blocks, one(), try() and length().
provider "aws" {
  region = "eu-central-1"
}

variable "environment" {
  type = string
}

variable "certificate_arn" {
  type    = string
  default = null
}

variable "extra_ports" {
  type    = set(number)
  default = []
}

variable "zones" {
  type    = map(string)
  default = {}
}

locals {
  https = var.certificate_arn != null
}

resource "aws_vpc" "main" {
  cidr_block = "10.8.0.0/16"
}

resource "aws_subnet" "main" {
  count      = local.https ? 2 : 1
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.8.${count.index}.0/24"
}

resource "aws_security_group" "alb" {
  name   = "zero-${var.environment}"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = setunion([80], var.extra_ports)
    iterator = port

    content {
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
      description = "port ${port.key}"
    }
  }
}

resource "aws_lb" "main" {
  name            = "zero-${var.environment}"
  security_groups = [aws_security_group.alb.id]
  subnets         = aws_subnet.main[*].id

  dynamic "access_logs" {
    for_each = local.https ? ["zero-logs"] : []

    content {
      bucket  = access_logs.value
      enabled = true
    }
  }
}

resource "aws_lb" "standby" {
  count = local.https ? 1 : 0
  name  = "zero-standby-${var.environment}"
}

resource "aws_lb_target_group" "main" {
  name     = "zero-${var.environment}"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id

  dynamic "stickiness" {
    for_each = local.https ? [86400] : []

    content {
      type            = "lb_cookie"
      cookie_duration = stickiness.value
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type             = local.https ? "redirect" : "forward"
    target_group_arn = local.https ? null : aws_lb_target_group.main.arn

    dynamic "redirect" {
      for_each = local.https ? [1] : []

      content {
        port        = "443"
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count             = local.https ? 1 : 0
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }
}

resource "aws_route53_zone" "main" {
  for_each = var.zones
  name     = each.value
}

resource "aws_route53_record" "main" {
  for_each = aws_route53_zone.main
  zone_id  = each.value.zone_id
  name     = "www.${each.key}.example.com"
  type     = "CNAME"
  ttl      = 300
  records  = [aws_lb.main.dns_name]
}

resource "aws_ssm_parameter" "listener" {
  count = length(aws_lb_listener.https)
  name  = "/zero/listener"
  type  = "String"
  value = aws_lb_listener.https[count.index].arn
}

resource "aws_ssm_parameter" "either" {
  name  = "/zero/either"
  type  = "String"
  value = try(aws_lb_listener.https[0].arn, aws_lb_listener.http.arn)
}

resource "aws_ssm_parameter" "zone" {
  for_each = aws_route53_zone.main
  name     = "/zero/${each.key}"
  type     = "StringList"
  value    = join(",", sort(each.value.name_servers))
}

output "https" {
  value = one(aws_lb_listener.https[*].arn)
}

output "standby" {
  value = length(aws_lb.standby) > 0 ? aws_lb.standby[0].dns_name : "none"
}

output "zones" {
  value = { for name, zone in aws_route53_zone.main : name => zone.zone_id }
}

output "counts" {
  value = { subnets = length(aws_subnet.main), standbys = length(aws_lb.standby) }
}
