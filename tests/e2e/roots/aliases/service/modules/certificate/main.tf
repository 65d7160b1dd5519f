terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.zone]
    }
  }
}

variable "domain" {
  type = string
}

variable "zone_id" {
  type = string
}

resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  provider = aws.zone
  zone_id  = var.zone_id
  name     = "_check.${var.domain}"
  type     = "CNAME"
  ttl      = 60
  records  = ["_token.acm.example.com"]
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

output "arn" {
  value = aws_acm_certificate_validation.this.certificate_arn
}

output "id" {
  value = aws_acm_certificate.this.id
}
