# Values and configuration in JSON beside the native syntax.
provider "aws" {
  region = var.region
}

variable "region" {
  type = string
}

variable "ports" {
  type = list(number)
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_lb" "main" {
  name = "json-${var.region}"
  tags = var.tags
}

resource "aws_lb_target_group" "main" {
  count = length(var.ports)

  name     = "json-${var.ports[count.index]}"
  port     = var.ports[count.index]
  protocol = "HTTP"
}

resource "aws_sqs_queue" "own" {
  name = "own-${aws_lb.main.name}"
  tags = var.tags
}

output "balancer" {
  value = aws_lb.main.arn
}
