# Sensitive values that cross: the remote state drops their marks, and an attribute that gains or loses one is an update.
provider "aws" {
  region = "eu-central-1"
}

variable "origin_header" {
  type      = string
  sensitive = true
}

variable "users" {
  type      = map(string)
  sensitive = true
  default   = { reader = "not-a-password", writer = "not-one-either" }
}

resource "random_password" "guard" {
  length  = 24
  special = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.3.0.0/16"
}

resource "aws_lb" "main" {
  name = "guarded"
}

resource "aws_lb_target_group" "main" {
  name     = "guarded"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "403"
    }
  }
}

resource "aws_lb_listener_rule" "guard" {
  listener_arn = aws_lb_listener.main.arn
  priority     = 5

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }

  condition {
    http_header {
      http_header_name = "X-Guard"
      values           = [var.origin_header, random_password.guard.result]
    }
  }
}

resource "aws_iam_user" "mail" {
  name = "mail"
}

resource "aws_iam_access_key" "mail" {
  user = aws_iam_user.mail.name
}

resource "aws_db_instance" "main" {
  identifier        = "guarded"
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  allocated_storage = 20
  username          = "main"
  password          = random_password.guard.result
}

resource "aws_ssm_parameter" "guard" {
  name  = "/guarded/guard"
  type  = "SecureString"
  value = jsonencode({ header = var.origin_header, guard = random_password.guard.result, lb = aws_lb.main.dns_name })
}

resource "aws_ssm_parameter" "mail" {
  name  = "/guarded/mail"
  type  = "SecureString"
  value = "${aws_iam_access_key.mail.id}:${aws_iam_access_key.mail.secret}"
}

resource "aws_ecs_task_definition" "main" {
  family = "guarded"
  container_definitions = jsonencode([{
    name        = "main"
    image       = "registry.example.com/main:1"
    environment = [{ name = "GUARD", value = random_password.guard.result }, { name = "USERS", value = join(",", keys(var.users)) }]
  }])
  tags = { Guard = md5(random_password.guard.result) }
}

resource "aws_sns_topic" "plain" {
  name         = "guarded-${length(random_password.guard.result)}"
  display_name = nonsensitive(substr(random_password.guard.id, 0, 4))
}

output "guard" {
  value     = random_password.guard.result
  sensitive = true
}

output "mail" {
  value     = { id = aws_iam_access_key.mail.id, secret = aws_iam_access_key.mail.secret }
  sensitive = true
}

output "address" {
  value = aws_lb.main.dns_name
}
