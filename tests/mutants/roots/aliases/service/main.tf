terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.6.0"
    }
  }
}

variable "region" {
  type    = string
  default = "eu-north-1"
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Team  = "north"
      Stage = "live"
    }
  }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"

  assume_role {
    role_arn     = "arn:aws:iam::111111111111:role/edge"
    session_name = "edge"
  }
}

provider "aws" {
  alias       = "dns"
  region      = var.region
  max_retries = 5
}

resource "aws_lb" "main" {
  name = "main"
}

resource "aws_acm_certificate" "edge" {
  provider          = aws.us
  domain_name       = "edge.example.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "edge" {
  provider = aws.dns
  zone_id  = "Z0EXAMPLE"
  name     = "edge.example.com"
  type     = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = false
  }
}

module "certificates" {
  source = "./modules/certificates"

  providers = {
    aws       = aws
    aws.other = aws.us
  }

  domain = "shop.example.com"
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs-${aws_lb.main.name}"
}

resource "aws_sns_topic" "edge" {
  provider = aws.us
  name     = aws_acm_certificate.edge.id
}

output "certificate" {
  value = module.certificates.arn
}
