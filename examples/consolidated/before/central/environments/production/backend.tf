terraform {
  backend "s3" {
    bucket = "hokusai-infrastructure-state"
    key    = "environments/production/terraform.tfstate"
    region = "us-east-1"
  }
}
