variable "data_pipeline_aws_region" {
  description = "Region that everything is created in"
  type        = string
  default     = "us-east-1"
}

variable "data_pipeline_certificate_arn" {
  description = "Certificate for the HTTPS listeners; without one there is no HTTPS"
  type        = string
  default     = ""
}

variable "data_pipeline_environment" {
  description = "Which environment this is: development, staging or production"
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.data_pipeline_environment)
    error_message = "The environment is one of development, staging and production."
  }
}

variable "data_pipeline_private_subnet_cidrs" {
  description = "One range per private subnet"
  type        = list(string)
  default     = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
}

variable "data_pipeline_project_name" {
  description = "Prefix of nearly every name"
  type        = string
  default     = "hokusai"
}

variable "data_pipeline_public_subnet_cidrs" {
  description = "One range per public subnet"
  type        = list(string)
  default     = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"]
}

variable "data_pipeline_route53_zone_id" {
  description = "Hosted zone of hokus.ai; without one no records are written"
  type        = string
  default     = ""
}

variable "data_pipeline_vpc_cidr" {
  description = "Address range of the VPC"
  type        = string
  default     = "10.0.0.0/16"
}
