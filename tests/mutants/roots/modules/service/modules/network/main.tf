variable "name" {
  type = string
}

variable "cidr" {
  type = string

  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "Not a range."
  }
}

variable "zones" {
  type    = list(string)
  default = []
}

locals {
  bits = 8
}

resource "aws_vpc" "main" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true

  tags = {
    Name = var.name
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_subnet" "main" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr, local.bits, count.index)
}

module "tables" {
  source = "./tables"
  vpc    = aws_vpc.main.id
  count  = length(var.zones) > 0 ? 1 : 0
}

output "id" {
  value = aws_vpc.main.id
}

output "subnets" {
  value = aws_subnet.main[*].id
}

output "table" {
  value = one(module.tables[*].id)
}
