module "website" {
  source = "../../terraform_module/website"

  environment       = var.environment
  vpc_id            = var.vpc_id
  public_subnet_ids = var.public_subnet_ids
  route53_zone_id   = var.route53_zone_id
}
