variable "vpc" {
  type = string
}

resource "aws_route_table" "main" {
  vpc_id = var.vpc

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-1"
  }

  route {
    cidr_block = "10.0.0.0/8"
    gateway_id = "tgw-1"
  }
}

output "id" {
  value = aws_route_table.main.id
}
