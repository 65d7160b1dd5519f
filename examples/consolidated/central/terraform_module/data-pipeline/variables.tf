# Inputs.

variable "account_id" {
  description = "AWS account id, hard-coded before in iam.tf:41"
  type        = string
  default     = "123456789012"
}

variable "auth_domain" {
  description = "Domain name, hard-coded before in dns.tf:5"
  type        = string
  default     = "auth.hokus.ai"
}

variable "aws_region" {
  description = "Region that everything is created in"
  type        = string
  default     = "us-east-1"
}

variable "certificate_arn" {
  description = "Certificate for the HTTPS listeners; without one there is no HTTPS"
  type        = string
  default     = ""
}

variable "environment" {
  description = "Which environment this is: development, staging or production"
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "The environment is one of development, staging and production."
  }
}

variable "private_subnet_cidrs" {
  description = "One range per private subnet"
  type        = list(string)
  default     = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
}

variable "project_name" {
  description = "Prefix of nearly every name"
  type        = string
  default     = "hokusai"
}

variable "public_subnet_cidrs" {
  description = "One range per public subnet"
  type        = list(string)
  default     = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"]
}

variable "registry_domain" {
  description = "Domain name, hard-coded before in dns.tf:19"
  type        = string
  default     = "registry.hokus.ai"
}

variable "registry_legacy_certificate_arn" {
  description = "Certificate, hard-coded before in listeners.tf:105"
  type        = string
  default     = "arn:aws:acm:us-east-1:123456789012:certificate/7d1f0c52-3b6e-4c1a-9f5e-2a8840b6c9d3"
}

variable "route53_zone_id" {
  description = "Hosted zone of hokus.ai; without one no records are written"
  type        = string
  default     = ""
}

variable "vpc_cidr" {
  description = "Address range of the VPC"
  type        = string
  default     = "10.0.0.0/16"
}
