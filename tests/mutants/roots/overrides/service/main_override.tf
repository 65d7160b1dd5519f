terraform {
  required_version = ">= 1.7"
}

provider "aws" {
  region = var.region
}

resource "aws_lb" "main" {
  name = "overrides"

  access_logs {
    bucket  = "logs"
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "own" {
  tags = { Balancer = aws_lb.main.arn }

  lifecycle {
    create_before_destroy = true
  }
}

module "own" {
  balancer = aws_lb.main.name
}
