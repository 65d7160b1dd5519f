variable "aws_region" {
  description = "Region that everything is created in"
  type        = string
  default     = "us-east-1"
}

variable "environment" {
  description = "Which environment this is: development, staging or production"
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "The environment is one of development, staging and production."
  }
}

variable "project_name" {
  description = "Prefix of nearly every name"
  type        = string
  default     = "hokusai"
}

variable "vpc_cidr" {
  description = "Address range of the VPC"
  type        = string
  default     = "10.0.0.0/16"
}

variable "private_subnet_cidrs" {
  description = "One range per private subnet"
  type        = list(string)
  default     = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
}

variable "public_subnet_cidrs" {
  description = "One range per public subnet"
  type        = list(string)
  default     = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"]
}

variable "certificate_arn" {
  description = "Certificate for the HTTPS listeners; without one there is no HTTPS"
  type        = string
  default     = ""
}

variable "route53_zone_id" {
  description = "Hosted zone of hokus.ai; without one no records are written"
  type        = string
  default     = ""
}

# The two secrets have no default and stand in no file: set TF_VAR_database_password
# and TF_VAR_api_secret_key.
variable "database_password" {
  description = "Password of the MLflow database user"
  type        = string
  sensitive   = true
}

variable "api_secret_key" {
  description = "Key that the API signs its sessions with"
  type        = string
  sensitive   = true
}

variable "db_instance_class" {
  description = "Size of the MLflow database"
  type        = string
  default     = "db.t3.micro"
}

variable "api_image_tag" {
  description = "Image tag that the API runs"
  type        = string
  default     = "latest"
}

variable "mlflow_image_tag" {
  description = "Image tag that MLflow runs"
  type        = string
  default     = "latest"
}

variable "api_cpu" {
  description = "CPU units of an API task"
  type        = number
  default     = 256
}

variable "api_memory" {
  description = "Memory of an API task, in MiB"
  type        = number
  default     = 512
}

variable "api_desired_count" {
  description = "Number of API tasks"
  type        = number
  default     = 2
}

variable "mlflow_cpu" {
  description = "CPU units of an MLflow task"
  type        = number
  default     = 512
}

variable "mlflow_memory" {
  description = "Memory of an MLflow task, in MiB"
  type        = number
  default     = 1024
}

variable "mlflow_desired_count" {
  description = "Number of MLflow tasks"
  type        = number
  default     = 1
}

variable "auth_service_id" {
  description = "Service that API keys are checked against (platform or ml-platform)"
  type        = string
  default     = "platform"
}
