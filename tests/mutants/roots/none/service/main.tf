variable "logs" {
  type    = bool
  default = false
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_s3_bucket" "logs" {
  count  = var.logs ? 1 : 0
  bucket = "logs"
}

resource "aws_lb" "shared" {
  name = "shared"

  dynamic "access_logs" {
    for_each = aws_s3_bucket.logs.*.id
    content {
      bucket = access_logs.value
    }
  }

  tags = {
    logs  = var.logs ? aws_s3_bucket.logs[0].arn : "none"
    first = try(aws_s3_bucket.logs[0].id, "none")
    only  = one(aws_s3_bucket.logs[*].id)
    all   = join(",", aws_s3_bucket.logs[*].id)
  }
}

resource "terraform_data" "own" {
  input = aws_lb.shared.arn
}
