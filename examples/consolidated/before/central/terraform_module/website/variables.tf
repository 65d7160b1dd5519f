variable "environment" {
  description = "Which environment this is: development, staging or production"
  type        = string
}

variable "vpc_id" {
  description = "VPC that the site's containers run in"
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer"
  type        = list(string)
}

variable "route53_zone_id" {
  description = "Hosted zone of hokus.ai"
  type        = string
}
