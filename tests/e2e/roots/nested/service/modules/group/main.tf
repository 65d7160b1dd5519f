variable "name" {
  type = string
}

variable "port" {
  type = number
}

variable "vpc_id" {
  type = string
}

resource "aws_lb_target_group" "this" {
  name     = var.name
  port     = var.port
  protocol = "HTTP"
  vpc_id   = var.vpc_id
}

output "arn" {
  value = aws_lb_target_group.this.arn
}
