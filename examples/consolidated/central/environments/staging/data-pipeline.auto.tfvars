data_pipeline_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/5b1e0a44-8d7c-4f39-a0f6-61c2d93e7b18"
data_pipeline_environment          = "staging"
data_pipeline_private_subnet_cidrs = ["10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"]
data_pipeline_public_subnet_cidrs  = ["10.1.101.0/24", "10.1.102.0/24", "10.1.103.0/24"]
data_pipeline_route53_zone_id      = "Z05926535STAGING00000"
data_pipeline_vpc_cidr             = "10.1.0.0/16"
