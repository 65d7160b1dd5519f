variable "public" {
  type    = bool
  default = true
}

variable "zones" {
  type    = list(string)
  default = ["a", "b", "c"]
}

locals {
  replicas = var.public ? length(var.zones) : 1
}

resource "aws_lb" "edge" {
  count    = var.public ? 1 : 0
  name     = "edge-${count.index}"
  internal = !var.public
}

resource "aws_lb_target_group" "zone" {
  count       = local.replicas
  name        = "zone-${var.zones[count.index]}"
  port        = 8000 + count.index
  protocol    = "HTTP"
  target_type = "ip"
}

resource "aws_lb_listener" "zone" {
  count             = length(aws_lb.edge) > 0 ? local.replicas : 0
  load_balancer_arn = aws_lb.edge[0].arn
  port              = 443 - count.index

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.zone[count.index].arn
  }
}

resource "aws_ecs_service" "zone" {
  count = length(aws_lb_target_group.zone)
  name  = "zone-${count.index}"

  load_balancer {
    target_group_arn = aws_lb_target_group.zone[count.index].arn
    container_port   = 8000 + count.index
  }
}

resource "aws_ssm_parameter" "edge" {
  name  = "edge"
  type  = "String"
  value = try(aws_lb.edge[0].dns_name, "none")
}

resource "aws_ssm_parameter" "groups" {
  name  = "groups"
  type  = "StringList"
  value = join(",", aws_lb_target_group.zone.*.arn)
}

resource "aws_ssm_parameter" "first" {
  name  = "first"
  type  = "String"
  value = aws_lb_target_group.zone[0].name
}

output "edge" {
  value = one(aws_lb.edge[*].arn)
}

output "ports" {
  value = aws_lb_target_group.zone[*].port
}
