provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      Team        = "web"
      CostCenter  = "4100"
      Environment = var.environment
    }
  }
}
