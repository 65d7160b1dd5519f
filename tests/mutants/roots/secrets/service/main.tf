variable "header" {
  type      = string
  sensitive = true
}

variable "user" {
  type    = string
  default = "edge"
}

resource "random_password" "shared" {
  length  = 24
  special = false
}

resource "aws_lb" "main" {
  name = "main"
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
}

resource "aws_lb_listener_rule" "guard" {
  listener_arn = aws_lb_listener.main.arn
  priority     = 5

  condition {
    http_header {
      http_header_name = "X-Guard"
      values           = [var.header]
    }
  }
}

resource "aws_iam_access_key" "mail" {
  user = var.user
}

resource "aws_db_instance" "main" {
  username = var.user
  password = random_password.shared.result
}

resource "aws_ssm_parameter" "mail" {
  name  = "mail"
  type  = "SecureString"
  value = "${var.user}:${aws_iam_access_key.mail.secret}"
}

resource "aws_ssm_parameter" "header" {
  name  = "header"
  type  = "SecureString"
  value = var.header
}

output "password" {
  value     = random_password.shared.result
  sensitive = true
}

output "key" {
  value = aws_iam_access_key.mail.id
}
