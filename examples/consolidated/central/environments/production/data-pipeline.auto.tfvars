data_pipeline_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/c3a97f60-12d4-4be5-9a53-0e8f74d1b2c6"
data_pipeline_environment          = "production"
data_pipeline_private_subnet_cidrs = ["10.2.1.0/24", "10.2.2.0/24", "10.2.3.0/24"]
data_pipeline_public_subnet_cidrs  = ["10.2.101.0/24", "10.2.102.0/24", "10.2.103.0/24"]
data_pipeline_route53_zone_id      = "Z08979323PRODUCTION00"
data_pipeline_vpc_cidr             = "10.2.0.0/16"
