output "alb_security_group_id" {
  description = "ID of aws_security_group.alb"
  value       = module.data_pipeline.alb_security_group_id
}

output "api_target_group_arn" {
  description = "ARN of aws_lb_target_group.api"
  value       = module.data_pipeline.api_target_group_arn
}

output "api_target_group_arn_suffix" {
  description = "ARN suffix of aws_lb_target_group.api"
  value       = module.data_pipeline.api_target_group_arn_suffix
}

output "auth_alb_arn" {
  description = "ARN of aws_lb.auth"
  value       = module.data_pipeline.auth_alb_arn
}

output "auth_alb_dns" {
  description = "DNS name of aws_lb.auth"
  value       = module.data_pipeline.auth_alb_dns
}

output "auth_alb_zone_id" {
  description = "Zone ID of aws_lb.auth"
  value       = module.data_pipeline.auth_alb_zone_id
}

output "auth_target_group_arn" {
  description = "ARN of aws_lb_target_group.auth"
  value       = module.data_pipeline.auth_target_group_arn
}

output "data_pipeline_alb_arn" {
  description = "ARN of aws_lb.main"
  value       = module.data_pipeline.data_pipeline_alb_arn
}

output "ecs_task_execution_role_arn" {
  description = "ARN of aws_iam_role.ecs_task_execution"
  value       = module.data_pipeline.ecs_task_execution_role_arn
}

output "ecs_task_role_arn" {
  description = "ARN of aws_iam_role.ecs_task"
  value       = module.data_pipeline.ecs_task_role_arn
}

output "ecs_task_role_id" {
  description = "ID of aws_iam_role.ecs_task"
  value       = module.data_pipeline.ecs_task_role_id
}

output "https_listener_arn" {
  description = "ARN of aws_lb_listener.https, one for each instance"
  value       = module.data_pipeline.https_listener_arn
}

output "main_alb_arn_suffix" {
  description = "ARN suffix of aws_lb.main"
  value       = module.data_pipeline.main_alb_arn_suffix
}

output "main_alb_dns_name" {
  description = "DNS name of aws_lb.main"
  value       = module.data_pipeline.main_alb_dns_name
}

output "main_alb_zone_id" {
  description = "Zone ID of aws_lb.main"
  value       = module.data_pipeline.main_alb_zone_id
}

output "mlflow_target_group_arn" {
  description = "ARN of aws_lb_target_group.mlflow"
  value       = module.data_pipeline.mlflow_target_group_arn
}

output "private_subnet_ids" {
  description = "Private subnets of module.vpc"
  value       = module.data_pipeline.private_subnet_ids
}

output "public_subnet_ids" {
  description = "Public subnets of module.vpc"
  value       = module.data_pipeline.public_subnet_ids
}

output "registry_alb_arn" {
  description = "ARN of aws_lb.registry"
  value       = module.data_pipeline.registry_alb_arn
}

output "registry_alb_dns" {
  description = "DNS name of aws_lb.registry"
  value       = module.data_pipeline.registry_alb_dns
}

output "registry_alb_zone_id" {
  description = "Zone ID of aws_lb.registry"
  value       = module.data_pipeline.registry_alb_zone_id
}

output "registry_api_target_group_arn" {
  description = "ARN of aws_lb_target_group.registry_api"
  value       = module.data_pipeline.registry_api_target_group_arn
}

output "registry_mlflow_target_group_arn" {
  description = "ARN of aws_lb_target_group.registry_mlflow"
  value       = module.data_pipeline.registry_mlflow_target_group_arn
}

output "route53_zone_id" {
  description = "Id of the Route 53 zone that holds the records; empty for none"
  value       = module.data_pipeline.route53_zone_id
}

output "vpc_id" {
  description = "VPC ID of module.vpc"
  value       = module.data_pipeline.vpc_id
}
