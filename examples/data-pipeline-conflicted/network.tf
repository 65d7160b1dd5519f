data "aws_availability_zones" "available" {
  state = "available"
}

module "vpc" {
  source = "./modules/vpc"

  name = "${local.name_prefix}-vpc"
  cidr = var.vpc_cidr

  azs             = data.aws_availability_zones.available.names
  private_subnets = var.private_subnet_cidrs
  public_subnets  = var.public_subnet_cidrs

  single_nat_gateway = var.environment != "production"

  tags = local.common_tags
}

# The same VPC, read back: the dedicated target groups use it.
data "aws_vpc" "existing" {
  id = module.vpc.vpc_id
}
