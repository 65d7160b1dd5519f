terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }

  backend "s3" {
    bucket = "service-state"
    key    = "none/terraform.tfstate"
    region = "eu-central-1"
  }
}
