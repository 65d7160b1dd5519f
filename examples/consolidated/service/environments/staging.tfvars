environment = "staging"

# database_password and api_secret_key come from TF_VAR_database_password and TF_VAR_api_secret_key.

certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/5b1e0a44-8d7c-4f39-a0f6-61c2d93e7b18"
route53_zone_id = "Z05926535STAGING00000"

vpc_cidr             = "10.1.0.0/16"
private_subnet_cidrs = ["10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"]
public_subnet_cidrs  = ["10.1.101.0/24", "10.1.102.0/24", "10.1.103.0/24"]

db_instance_class = "db.t3.small"

api_cpu           = 256
api_memory        = 512
api_desired_count = 2
api_image_tag     = "2025.07.2"

mlflow_cpu           = 512
mlflow_memory        = 1024
mlflow_desired_count = 1
mlflow_image_tag     = "2025.07.2"
