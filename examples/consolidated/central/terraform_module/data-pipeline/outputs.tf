# What services read.

output "alb_security_group_id" {
  description = "ID of aws_security_group.alb"
  value       = aws_security_group.alb.id
}

output "api_target_group_arn" {
  description = "ARN of aws_lb_target_group.api"
  value       = aws_lb_target_group.api.arn
}

output "api_target_group_arn_suffix" {
  description = "ARN suffix of aws_lb_target_group.api"
  value       = aws_lb_target_group.api.arn_suffix
}

output "auth_alb_arn" {
  description = "ARN of aws_lb.auth"
  value       = aws_lb.auth.arn
}

output "auth_alb_dns" {
  description = "DNS name of aws_lb.auth"
  value       = aws_lb.auth.dns_name
}

output "auth_alb_zone_id" {
  description = "Zone ID of aws_lb.auth"
  value       = aws_lb.auth.zone_id
}

output "auth_target_group_arn" {
  description = "ARN of aws_lb_target_group.auth"
  value       = aws_lb_target_group.auth.arn
}

output "data_pipeline_alb_arn" {
  description = "ARN of aws_lb.main"
  value       = aws_lb.main.arn
}

output "ecs_task_execution_role_arn" {
  description = "ARN of aws_iam_role.ecs_task_execution"
  value       = aws_iam_role.ecs_task_execution.arn
}

output "ecs_task_role_arn" {
  description = "ARN of aws_iam_role.ecs_task"
  value       = aws_iam_role.ecs_task.arn
}

output "ecs_task_role_id" {
  description = "ID of aws_iam_role.ecs_task"
  value       = aws_iam_role.ecs_task.id
}

output "https_listener_arn" {
  description = "ARN of aws_lb_listener.https, one for each instance"
  value       = aws_lb_listener.https[*].arn
}

output "main_alb_arn_suffix" {
  description = "ARN suffix of aws_lb.main"
  value       = aws_lb.main.arn_suffix
}

output "main_alb_dns_name" {
  description = "DNS name of aws_lb.main"
  value       = aws_lb.main.dns_name
}

output "main_alb_zone_id" {
  description = "Zone ID of aws_lb.main"
  value       = aws_lb.main.zone_id
}

output "mlflow_target_group_arn" {
  description = "ARN of aws_lb_target_group.mlflow"
  value       = aws_lb_target_group.mlflow.arn
}

output "private_subnet_ids" {
  description = "Private subnets of module.vpc"
  value       = module.vpc.private_subnets
}

output "public_subnet_ids" {
  description = "Public subnets of module.vpc"
  value       = module.vpc.public_subnets
}

output "registry_alb_arn" {
  description = "ARN of aws_lb.registry"
  value       = aws_lb.registry.arn
}

output "registry_alb_dns" {
  description = "DNS name of aws_lb.registry"
  value       = aws_lb.registry.dns_name
}

output "registry_alb_zone_id" {
  description = "Zone ID of aws_lb.registry"
  value       = aws_lb.registry.zone_id
}

output "registry_api_target_group_arn" {
  description = "ARN of aws_lb_target_group.registry_api"
  value       = aws_lb_target_group.registry_api.arn
}

output "registry_mlflow_target_group_arn" {
  description = "ARN of aws_lb_target_group.registry_mlflow"
  value       = aws_lb_target_group.registry_mlflow.arn
}

output "route53_zone_id" {
  description = "Id of the Route 53 zone that holds the records; empty for none"
  value       = var.route53_zone_id
}

output "vpc_id" {
  description = "VPC ID of module.vpc"
  value       = module.vpc.vpc_id
}
