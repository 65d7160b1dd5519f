# What stays is completed by an override file, what moves is changed by it. Nothing here is hidden by it once the split is made.
variable "region" {
  type    = string
  default = "eu-west-1"
}

locals {
  port = 8080
}

resource "aws_lb" "main" {
  name               = "before"
  load_balancer_type = "network"

  access_logs {
    bucket  = "logs"
    enabled = false
  }

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_lb_target_group" "main" {
  name     = "overrides"
  port     = local.port
  protocol = "TCP"
}

resource "aws_sqs_queue" "own" {
  name = "own"
}

module "own" {
  source = "./own"
}

output "port" {
  value = local.port
}
