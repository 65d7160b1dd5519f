terraform {
  backend "s3" {
    bucket = "shop-state"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type = string
}

variable "stage" {
  type = string
}

variable "size" {
  type    = number
  default = 2
}

variable "ranges" {
  type     = set(string)
  default  = ["10.0.0.0/24"]
  nullable = false
}

variable "limits" {
  type = object({
    low  = number
    high = optional(number, 100)
    note = optional(string)
  })
  default = { low = 1 }
}

variable "pair" {
  type    = tuple([string, number])
  default = ["a", 1]
}

variable "flags" {
  type    = map(bool)
  default = {}
}

variable "anything" {
  default = { a = [1, "2", true] }
}

variable "ratio" {
  type        = number
  default     = 0.25
  description = "How much"
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  name   = "${var.stage}-shop"
  both   = { edge = aws_lb.main.arn, queue = aws_sqs_queue.jobs.url }
  shares = [for number in range(var.size) : number * var.ratio]
}

resource "aws_lb" "main" {
  name = local.name
  tags = {
    Account  = data.aws_caller_identity.current.account_id
    Low      = var.limits.low
    High     = var.limits.high
    Note     = coalesce(var.limits.note, "none")
    Pair     = "${var.pair[0]}/${var.pair[1]}"
    Anything = jsonencode(var.anything)
    Shares   = jsonencode(local.shares)
  }
}

resource "aws_security_group" "edge" {
  name = "${local.name}-edge"

  dynamic "ingress" {
    for_each = var.flags
    iterator = rule

    content {
      description = rule.key
      from_port   = rule.value ? 443 : 80
      to_port     = rule.value ? 443 : 80
      protocol    = "tcp"
      cidr_blocks = tolist(var.ranges)
    }
  }
}

resource "aws_sqs_queue" "jobs" {
  name = "${local.name}-jobs-${data.aws_region.current.name}"
  tags = { Account = data.aws_caller_identity.current.account_id, Stage = terraform.workspace }
}

resource "aws_ssm_parameter" "both" {
  name  = "/${local.name}/both"
  type  = "String"
  value = jsonencode(local.both)
}

resource "aws_ssm_parameter" "edge" {
  name  = "/${local.name}/edge"
  type  = "String"
  value = aws_security_group.edge.id
}

output "edge" {
  value       = local.both.edge
  description = "The edge"
}
