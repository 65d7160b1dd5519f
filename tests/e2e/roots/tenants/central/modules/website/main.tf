variable "name" {
  type = string
}

resource "aws_lb" "main" {
  name = var.name
}

resource "aws_lb_target_group" "main" {
  for_each = toset(["blue", "green"])
  name     = "${var.name}-${each.key}"
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-11111111111111111"
}

output "name" {
  value = aws_lb.main.dns_name
}
