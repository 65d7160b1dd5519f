variable "lb" {
  type = object({ arn = string, name = string })
}

variable "subnets" {
  type = list(object({ id = string, cidr_block = string }))
}

variable "groups" {
  type = map(object({ arn = string, port = string }))
}

resource "aws_sns_topic" "typed" {
  for_each = var.groups
  name     = "whole-typed-${each.key}"
  tags     = { all = jsonencode(each.value), lb = jsonencode(var.lb), subnet = jsonencode(var.subnets[1]) }
}
