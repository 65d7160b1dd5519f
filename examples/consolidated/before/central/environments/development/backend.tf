terraform {
  backend "s3" {
    bucket = "hokusai-infrastructure-state"
    key    = "environments/development/terraform.tfstate"
    region = "us-east-1"
  }
}
