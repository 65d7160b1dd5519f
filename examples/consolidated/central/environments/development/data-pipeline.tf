# The shared infrastructure of data-pipeline: hoisted from its own repository.

provider "aws" {
  alias  = "data_pipeline"
  region = var.data_pipeline_aws_region

  default_tags {
    tags = {
      Project     = var.data_pipeline_project_name
      Environment = var.data_pipeline_environment
      ManagedBy   = "Terraform"
    }
  }
}

module "data_pipeline" {
  source = "../../terraform_module/data-pipeline"

  providers = {
    aws = aws.data_pipeline
  }

  aws_region           = var.data_pipeline_aws_region
  certificate_arn      = var.data_pipeline_certificate_arn
  environment          = var.data_pipeline_environment
  private_subnet_cidrs = var.data_pipeline_private_subnet_cidrs
  project_name         = var.data_pipeline_project_name
  public_subnet_cidrs  = var.data_pipeline_public_subnet_cidrs
  route53_zone_id      = var.data_pipeline_route53_zone_id
  vpc_cidr             = var.data_pipeline_vpc_cidr
}
