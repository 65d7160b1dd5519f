# Values and lookups that the shared resources use.

locals {
  name_prefix = "${var.project_name}-${var.environment}"

  # Beside the provider's default tags, on whatever this repository creates.
  common_tags = {
    Service    = "data-pipeline"
    Repository = "hokusai-data-pipeline"
  }
}

data "aws_availability_zones" "available" {
  state = "available"
}

# The same VPC, read back: the dedicated target groups use it.
data "aws_vpc" "existing" {
  id = module.vpc.vpc_id
}
