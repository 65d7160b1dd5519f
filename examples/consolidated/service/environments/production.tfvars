environment = "production"

# database_password and api_secret_key come from TF_VAR_database_password and TF_VAR_api_secret_key.

certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/c3a97f60-12d4-4be5-9a53-0e8f74d1b2c6"
route53_zone_id = "Z08979323PRODUCTION00"

vpc_cidr             = "10.2.0.0/16"
private_subnet_cidrs = ["10.2.1.0/24", "10.2.2.0/24", "10.2.3.0/24"]
public_subnet_cidrs  = ["10.2.101.0/24", "10.2.102.0/24", "10.2.103.0/24"]

db_instance_class = "db.m6g.large"

api_cpu           = 1024
api_memory        = 2048
api_desired_count = 4
api_image_tag     = "2025.07.1"

mlflow_cpu           = 1024
mlflow_memory        = 2048
mlflow_desired_count = 2
mlflow_image_tag     = "2025.07.1"
