variable "vpc_id" {
  type = string
}

variable "zones" {
  type = list(string)
}

resource "aws_subnet" "this" {
  count             = length(var.zones)
  vpc_id            = var.vpc_id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet("10.2.0.0/16", 8, count.index)
}

output "ids" {
  value = aws_subnet.this[*].id
}
