# Central blocks that read local ones of which an environment has none: what is captured there is an empty list.
provider "aws" {
  region = "eu-central-1"
}

variable "environment" {
  type = string
}

locals {
  live   = var.environment == "live"
  shards = local.live ? 2 : 0
}

resource "aws_s3_bucket" "logs" {
  count  = local.live ? 1 : 0
  bucket = "none-logs-${var.environment}"
}

resource "aws_s3_bucket" "shard" {
  count  = local.shards
  bucket = "none-${var.environment}-${count.index}"
}

resource "aws_s3_bucket" "spare" {
  count  = 0
  bucket = "none-spare-${var.environment}"
}

resource "aws_vpc" "main" {
  cidr_block = "10.7.0.0/16"
}

resource "aws_lb" "main" {
  name = "none-${var.environment}"

  dynamic "access_logs" {
    for_each = aws_s3_bucket.logs[*].id
    content {
      bucket  = access_logs.value
      prefix  = "main"
      enabled = true
    }
  }
}

resource "aws_lb_target_group" "main" {
  name        = "none-${var.environment}"
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
  name               = "none-ecs-task-${var.environment}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy" "shard" {
  count = local.shards
  name  = "shard-${count.index}"
  role  = aws_iam_role.ecs_task.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.shard[count.index].arn}/*" }]
  })
}

resource "aws_iam_role_policy" "shared" {
  name = "shared"
  role = aws_iam_role.ecs_task.id
  policy = jsonencode({
    Version  = "2012-10-17"
    Id       = local.live ? aws_s3_bucket.logs[0].id : "none"
    Sid      = try(aws_s3_bucket.spare[0].arn, "no spare")
    Resource = concat(aws_s3_bucket.shard.*.arn, aws_s3_bucket.spare[*].arn)
    One      = one(aws_s3_bucket.spare[*].arn)
    Shards   = length(aws_s3_bucket.shard[*].id)
  })
}

resource "aws_ssm_parameter" "address" {
  name  = "/none/${var.environment}"
  type  = "String"
  value = "${aws_lb.main.dns_name}/${aws_lb_target_group.main.name}"
}
