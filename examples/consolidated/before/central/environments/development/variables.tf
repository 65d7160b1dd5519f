variable "environment" {
  description = "Name of this environment"
  type        = string
  default     = "development"
}

variable "vpc_id" {
  description = "VPC of the web team"
  type        = string
}

variable "public_subnet_ids" {
  description = "Public subnets of that VPC"
  type        = list(string)
}

variable "route53_zone_id" {
  description = "Hosted zone of hokus.ai"
  type        = string
}
