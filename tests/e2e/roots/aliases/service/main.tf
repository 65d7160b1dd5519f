# Several configurations of one provider: default tags, other regions and accounts, configuration_aliases of a child module.
variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "stage" {
  type    = string
  default = "live"
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Team  = "edge"
      Stage = var.stage
    }
  }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"

  default_tags {
    tags = { Team = "edge", Stage = var.stage, Purpose = "certificates" }
  }
}

provider "aws" {
  alias  = "dns"
  region = var.region

  assume_role {
    role_arn     = "arn:aws:iam::210987654321:role/dns"
    session_name = "edge"
  }
}

resource "aws_route53_zone" "main" {
  provider = aws.dns
  name     = "shop.example.com"
}

module "certificate" {
  source = "./modules/certificate"

  providers = {
    aws      = aws.us
    aws.zone = aws.dns
  }

  domain  = "shop.example.com"
  zone_id = aws_route53_zone.main.zone_id
}

resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
  tags       = { Team = "network" }
}

resource "aws_subnet" "main" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_lb" "main" {
  name    = "edge-${var.stage}"
  subnets = aws_subnet.main[*].id
}

resource "aws_lb_target_group" "main" {
  name     = "edge-${var.stage}"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = module.certificate.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }
}

resource "aws_route53_record" "main" {
  provider = aws.dns
  zone_id  = aws_route53_zone.main.zone_id
  name     = "shop.example.com"
  type     = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = false
  }
}

resource "aws_cloudwatch_log_group" "edge" {
  provider = aws.us
  name     = "/edge/${var.stage}"
  tags     = { Certificate = module.certificate.id }
}

resource "aws_s3_bucket" "logs" {
  bucket = "edge-logs-${var.stage}"
  tags   = { LoadBalancer = aws_lb.main.name, Stage = "override" }
}

data "aws_region" "us" {
  provider = aws.us
}

data "aws_region" "here" {}

output "regions" {
  value = [data.aws_region.here.name, data.aws_region.us.name]
}

output "certificate" {
  value = module.certificate.arn
}

output "zone" {
  value = aws_route53_zone.main.name_servers
}
