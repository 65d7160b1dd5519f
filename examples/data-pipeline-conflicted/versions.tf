terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }

  # The key comes from backend/<environment>.s3.tfbackend.
  backend "s3" {
    bucket  = "hokusai-terraform-state"
    region  = "us-east-1"
    encrypt = true
  }
}
