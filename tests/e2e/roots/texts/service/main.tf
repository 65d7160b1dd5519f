# Heredocs, files and templates beside the blocks that read them, on both sides and in modules.
provider "aws" {
  region = "eu-central-1"
}

variable "stage" {
  type    = string
  default = "live"
}

locals {
  motd   = <<-EOT
    Hello ${var.stage},
      this is indented, with "quotes", a $${dollar} and a %%{ percent }.
  EOT
  errors = yamldecode(file("${path.module}/files/errors.yaml"))
}

resource "aws_vpc" "main" {
  cidr_block = "10.6.0.0/16"
}

resource "aws_lb" "main" {
  name = "texts-${var.stage}"
  tags = { Motd = sha1(local.motd) }
}

resource "aws_lb_target_group" "main" {
  name     = "texts-${var.stage}"
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
      content_type = "text/html"
      status_code  = local.errors.missing.code
      message_body = templatefile("${path.module}/files/error.html.tftpl", { text = local.errors.missing.text, environment = var.stage, items = ["a", "b"] })
    }
  }
}

resource "aws_iam_role" "ecs_task" {
  name               = "texts-task-${var.stage}"
  assume_role_policy = file("${path.module}/files/assume.json")
  description        = trimspace(file("${path.root}/files/description.txt"))
}

resource "aws_iam_role_policy" "local" {
  name   = "local"
  role   = aws_iam_role.ecs_task.id
  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject"],
      "Resource": "${aws_s3_bucket.data.arn}/*"
    }
  ]
}
POLICY
}

resource "aws_s3_bucket" "data" {
  bucket = "texts-data-${var.stage}"
}

resource "aws_ssm_parameter" "motd" {
  name  = "/texts/motd"
  type  = "String"
  value = <<-EOT
    %{for name in ["lb", "group"]~}
    ${name}: ${name == "lb" ? aws_lb.main.dns_name : aws_lb_target_group.main.name}
    %{endfor~}
    ${local.motd}
  EOT
}

resource "aws_ssm_parameter" "template" {
  name  = "/texts/template"
  type  = "String"
  value = templatefile("${path.module}/files/error.html.tftpl", { text = aws_lb.main.arn, environment = "x", items = [] })
  tags  = { Hash = filemd5("files/errors.yaml") }
}

output "motd" {
  value = "${local.motd}at ${aws_lb.main.dns_name}\n"
}
