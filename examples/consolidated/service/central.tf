# What hokusai-infrastructure offers to this root. Until its outputs exist, every plan of this root stops with an error,
# and changes nothing.

data "terraform_remote_state" "central" {
  backend = "s3"

  config = {
    bucket = "hokusai-infrastructure-state"
    key    = "environments/${var.environment}/terraform.tfstate"
    region = "us-east-1"
  }
}
