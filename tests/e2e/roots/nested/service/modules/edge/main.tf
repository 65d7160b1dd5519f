variable "name" {
  type = string
}

variable "port" {
  type = number
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

resource "aws_lb" "this" {
  name    = var.name
  subnets = var.subnet_ids
}

module "groups" {
  source   = "../group"
  for_each = toset(["main", "canary"])

  name   = "${var.name}-${each.key}"
  port   = var.port
  vpc_id = var.vpc_id
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = var.port

  default_action {
    type = "forward"

    forward {
      dynamic "target_group" {
        for_each = module.groups

        content {
          arn    = target_group.value.arn
          weight = target_group.key == "main" ? 90 : 10
        }
      }
    }
  }
}

output "dns_name" {
  value = aws_lb.this.dns_name
}

output "target_group_arns" {
  value = { for key, group in module.groups : key => group.arn }
}
