environment = "development"

# database_password and api_secret_key come from TF_VAR_database_password and TF_VAR_api_secret_key.

# No certificate yet, hence no HTTPS.
certificate_arn = ""
route53_zone_id = "Z03147281DEVELOPMENT0"

vpc_cidr             = "10.0.0.0/16"
private_subnet_cidrs = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
public_subnet_cidrs  = ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"]

db_instance_class = "db.t3.micro"

api_cpu           = 256
api_memory        = 512
api_desired_count = 1
api_image_tag     = "latest"

mlflow_cpu           = 512
mlflow_memory        = 1024
mlflow_desired_count = 1
mlflow_image_tag     = "latest"
