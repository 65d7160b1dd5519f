variable "cidr" {
  type    = string
  default = "10.8.0.0/16"
}

module "network" {
  source = "./modules/network"
  name   = "main"
  cidr   = var.cidr
  zones  = ["a", "b"]
}

module "alarms" {
  source   = "./modules/alarms"
  for_each = { slow = 3, broken = 1 }
  name     = each.key
  limit    = each.value
}

module "bucket" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "~> 4.1"
  bucket  = "files"

  versioning = {
    enabled = true
  }
}

module "registry_network" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.1.0"

  name = "second"
  cidr = "10.9.0.0/16"
  azs  = ["a", "b"]

  providers = {
    aws = aws
  }
}

resource "aws_lb" "main" {
  name    = "main"
  subnets = module.network.subnets
}

resource "aws_ecs_service" "main" {
  name = "main"

  network_configuration {
    subnets = module.network.subnets
  }

  tags = {
    Edge  = aws_lb.main.arn
    Other = module.registry_network.vpc_id
  }
}

output "network" {
  value = module.network.id
}

output "second" {
  value = module.registry_network.vpc_id
}

output "alarm" {
  value = module.alarms["slow"].arn
}
