data_pipeline_certificate_arn      = ""
data_pipeline_environment          = "development"
data_pipeline_private_subnet_cidrs = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
data_pipeline_public_subnet_cidrs  = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"]
data_pipeline_route53_zone_id      = "Z03147281DEVELOPMENT0"
data_pipeline_vpc_cidr             = "10.0.0.0/16"
