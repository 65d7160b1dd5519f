resource "aws_db_subnet_group" "mlflow" {
  name       = "${var.project_name}-mlflow-${var.environment}"
  subnet_ids = module.vpc.private_subnets

  tags = local.common_tags
}

resource "aws_db_parameter_group" "mlflow" {
  name   = "${var.project_name}-mlflow-${var.environment}"
  family = "postgres15"

  parameter {
    name  = "log_connections"
    value = "1"
  }

  tags = local.common_tags
}

resource "aws_db_instance" "mlflow" {
  identifier = "${var.project_name}-mlflow-${var.environment}"

  engine         = "postgres"
  engine_version = "15.12"
  instance_class = var.db_instance_class

  allocated_storage     = 20
  max_allocated_storage = 100
  storage_encrypted     = true

  db_name  = "mlflow_db"
  username = "mlflow"
  password = var.database_password

  vpc_security_group_ids = [aws_security_group.rds.id]
  db_subnet_group_name   = aws_db_subnet_group.mlflow.name
  parameter_group_name   = aws_db_parameter_group.mlflow.name

  backup_retention_period = 7
  backup_window           = "03:00-04:00"
  maintenance_window      = "sun:04:30-sun:05:30"

  multi_az            = var.environment == "production"
  deletion_protection = var.environment == "production"
  skip_final_snapshot = var.environment != "production"

  enabled_cloudwatch_logs_exports = ["postgresql"]

  tags = local.common_tags
}
