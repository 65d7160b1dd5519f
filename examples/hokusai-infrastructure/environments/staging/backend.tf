terraform {
  backend "s3" {
    bucket = "hokusai-infrastructure-state"
    key    = "environments/staging/terraform.tfstate"
    region = "us-east-1"
  }
}
