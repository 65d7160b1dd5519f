# Central blocks that read local ones: their values are captured from the state, per environment.
provider "aws" {
  region = "eu-central-1"
}

variable "environment" {
  type = string
}

resource "aws_s3_bucket" "logs" {
  bucket = "pins-logs-${var.environment}"
}

resource "aws_s3_bucket" "shard" {
  count  = 2
  bucket = "pins-${var.environment}-${count.index}"
}

resource "aws_lambda_function" "auth" {
  function_name = "pins-auth-${var.environment}"
  role          = aws_iam_role.lambda.arn
  handler       = "main.handler"
  runtime       = "python3.12"
  filename      = "function.zip"
}

resource "aws_iam_role" "lambda" {
  name               = "pins-lambda-${var.environment}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_vpc" "main" {
  cidr_block = "10.7.0.0/16"
}

resource "aws_lb" "main" {
  name = "pins-${var.environment}"

  access_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "main"
    enabled = true
  }
}

resource "aws_lb_target_group" "main" {
  name        = "pins-${var.environment}"
  target_type = "lambda"
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }
}

resource "aws_iam_role" "ecs_task" {
  name               = "pins-ecs-task-${var.environment}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "shared" {
  name = "shared"
  role = aws_iam_role.ecs_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.auth.arn }
      ], [
      for arn in aws_s3_bucket.shard[*].arn : { Effect = "Allow", Action = "s3:GetObject", Resource = "${arn}/*" }
    ])
  })
}

resource "aws_ssm_parameter" "address" {
  name  = "/pins/${var.environment}"
  type  = "String"
  value = "${aws_lb.main.dns_name}/${aws_lb_target_group.main.name}"
}

output "logs" {
  value = "${aws_s3_bucket.logs.id}/${aws_lb.main.access_logs[0].prefix}"
}
