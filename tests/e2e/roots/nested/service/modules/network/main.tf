variable "name" {
  type = string
}

variable "zones" {
  type = list(string)
}

data "aws_region" "current" {}

resource "aws_vpc" "this" {
  cidr_block           = "10.2.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

module "subnets" {
  source = "../subnets"
  vpc_id = aws_vpc.this.id
  zones  = [for zone in var.zones : "${data.aws_region.current.name}${zone}"]
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "subnet_ids" {
  value = module.subnets.ids
}
