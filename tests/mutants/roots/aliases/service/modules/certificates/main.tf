terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}

variable "domain" {
  type = string
}

resource "aws_acm_certificate" "near" {
  domain_name       = var.domain
  validation_method = "DNS"
}

resource "aws_acm_certificate" "far" {
  provider          = aws.other
  domain_name       = "far.${var.domain}"
  validation_method = "EMAIL"
}

output "arn" {
  value = aws_acm_certificate.near.arn
}
