output "api_endpoint" {
  description = "URL of the API"
  value       = local.https_enabled ? "https://registry.hokus.ai/api" : "http://registry.hokus.ai/api"
}

output "mlflow_endpoint" {
  description = "URL of MLflow"
  value       = local.https_enabled ? "https://registry.hokus.ai/mlflow" : "http://registry.hokus.ai/mlflow"
}

output "api_endpoint_alb" {
  description = "URL of the API on the load balancer's own name"
  value       = var.certificate_arn != "" ? "https://${aws_lb.main.dns_name}/api" : "http://${aws_lb.main.dns_name}/api"
}

output "mlflow_endpoint_alb" {
  description = "URL of MLflow on the load balancer's own name"
  value       = var.certificate_arn != "" ? "https://${aws_lb.main.dns_name}/mlflow" : "http://${aws_lb.main.dns_name}/mlflow"
}

output "https_api_endpoint" {
  description = "HTTPS endpoint of the API"
  value       = var.certificate_arn != "" ? "https://${aws_lb.main.dns_name}" : "Not configured - certificate required"
}

output "https_listener_arn" {
  description = "ARN of the main HTTPS listener, null without a certificate"
  value       = one(aws_lb_listener.https[*].arn)
}

output "alb_arn" {
  description = "ARN of the main load balancer"
  value       = aws_lb.main.arn
}

output "auth_alb_dns" {
  description = "DNS name of the auth load balancer"
  value       = aws_lb.auth.dns_name
}

output "auth_alb_zone_id" {
  description = "Zone of the auth load balancer's DNS name"
  value       = aws_lb.auth.zone_id
}

output "registry_alb_dns" {
  description = "DNS name of the registry load balancer"
  value       = aws_lb.registry.dns_name
}

output "registry_alb_zone_id" {
  description = "Zone of the registry load balancer's DNS name"
  value       = aws_lb.registry.zone_id
}

output "api_target_group_arn" {
  description = "ARN of the API's target group"
  value       = aws_lb_target_group.api.arn
}

output "mlflow_target_group_arn" {
  description = "ARN of MLflow's target group"
  value       = aws_lb_target_group.mlflow.arn
}

output "vpc_id" {
  description = "ID of the VPC"
  value       = module.vpc.vpc_id
}

output "private_subnet_ids" {
  description = "IDs of the private subnets"
  value       = module.vpc.private_subnets
}

output "public_subnet_ids" {
  description = "IDs of the public subnets"
  value       = module.vpc.public_subnets
}

output "alb_security_group_id" {
  description = "Security group of the load balancers"
  value       = aws_security_group.alb.id
}

output "api_security_group_id" {
  description = "Security group of the ECS tasks"
  value       = aws_security_group.ecs_tasks.id
}

output "rds_security_group_id" {
  description = "Security group of the database"
  value       = aws_security_group.rds.id
}

output "ecs_cluster_name" {
  description = "Name of the ECS cluster"
  value       = aws_ecs_cluster.main.name
}

output "ecs_cluster_arn" {
  description = "ARN of the ECS cluster"
  value       = aws_ecs_cluster.main.arn
}

output "ecs_task_execution_role_arn" {
  description = "ARN of the role that ECS acts with"
  value       = aws_iam_role.ecs_task_execution.arn
}

output "ecs_task_role_arn" {
  description = "ARN of the role that the containers act with"
  value       = aws_iam_role.ecs_task.arn
}

output "s3_artifacts_bucket" {
  description = "Bucket of MLflow's artifacts"
  value       = aws_s3_bucket.mlflow_artifacts.id
}

output "s3_pipeline_bucket" {
  description = "Bucket of the pipeline's data"
  value       = aws_s3_bucket.pipeline_data.id
}

output "database_endpoint" {
  description = "Host and port of the database"
  value       = aws_db_instance.mlflow.endpoint
  sensitive   = true
}

output "database_name" {
  description = "Name of the database"
  value       = aws_db_instance.mlflow.db_name
}

output "api_ecr_repository_url" {
  description = "Image repository of the API"
  value       = aws_ecr_repository.api.repository_url
}

output "mlflow_ecr_repository_url" {
  description = "Image repository of MLflow"
  value       = aws_ecr_repository.mlflow.repository_url
}

output "sns_alerts_topic_arn" {
  description = "ARN of the topic that alarms go to"
  value       = aws_sns_topic.alerts.arn
}

output "api_keys_secret_arn" {
  description = "ARN of the secret with the API keys"
  value       = aws_secretsmanager_secret.api_keys.arn
}

output "app_secrets_arn" {
  description = "ARN of the secret with the application's secrets"
  value       = aws_secretsmanager_secret.app_secrets.arn
}

output "cloudwatch_log_group_api" {
  description = "Log group of the API"
  value       = aws_cloudwatch_log_group.api.name
}

output "cloudwatch_log_group_mlflow" {
  description = "Log group of MLflow"
  value       = aws_cloudwatch_log_group.mlflow.name
}

output "mlflow_internal_dns" {
  description = "Name of MLflow inside the VPC"
  value       = "mlflow.${aws_service_discovery_private_dns_namespace.internal.name}"
}

output "mlflow_internal_alb_dns" {
  description = "DNS name of the internal load balancer"
  value       = aws_lb.mlflow_internal.dns_name
}
