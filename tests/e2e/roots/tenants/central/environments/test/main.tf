terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }

  backend "s3" {
    bucket = "central-state"
    key    = "test/terraform.tfstate"
    region = "eu-central-1"
  }
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = { Team = "web" }
  }
}

variable "environment" {
  type    = string
  default = "test"
}

data "aws_caller_identity" "current" {}

module "website" {
  source = "../../modules/website"
  name   = "web-${var.environment}"
}

resource "aws_lb" "main" {
  name = "shared-${var.environment}"
}

resource "aws_iam_role" "task" {
  name               = "ecs-task-web-${var.environment}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

output "alb_arn" {
  value = aws_lb.main.arn
}

output "site_url" {
  value = "https://${module.website.name}"
}

output "account" {
  value = data.aws_caller_identity.current.account_id
}
