# Whole resources: given to variables of object types, and chosen by loops.
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

resource "aws_lb_target_group" "main" {
  for_each = toset(["api", "web"])
  name     = "whole-${each.key}"
  port     = each.key == "api" ? 8001 : 8002
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

locals {
  outer   = [for subnet in aws_subnet.main : subnet if subnet.cidr_block != "10.5.1.0/24"]
  by_cidr = { for subnet in aws_subnet.main : subnet.cidr_block => subnet }
  web     = { for name, group in aws_lb_target_group.main : name => group if group.port == 8002 }
}

resource "aws_sns_topic" "chosen" {
  for_each = local.web
  name     = "whole-chosen-${each.key}-${length(local.outer)}"

  tags = {
    arn   = each.value.arn
    last  = local.outer[1].id
    all   = join(",", local.outer[*].id)
    named = join(",", [for subnet in local.outer : upper(subnet.id) if subnet.vpc_id != ""])
    first = local.by_cidr["10.5.0.0/24"].id
  }
}

resource "aws_sns_topic" "every" {
  for_each = { for name, group in aws_lb_target_group.main : "x-${name}" => group }
  name     = "whole-${each.value.name}"
}

module "typed" {
  source  = "./typed"
  lb      = aws_lb.main
  subnets = aws_subnet.main
  groups  = aws_lb_target_group.main
}
