# What data-pipeline brings along, by its ids. Until its state is moved here, a plan imports it and creates nothing;
# afterwards these blocks do nothing. They go when the migration is final.

import {
  to = module.data_pipeline.aws_iam_role.ecs_task
  id = "hokusai-ecs-task-production"
}

import {
  to = module.data_pipeline.aws_iam_role.ecs_task_execution
  id = "hokusai-ecs-execution-production"
}

import {
  to = module.data_pipeline.aws_iam_role_policy_attachment.ecs_task_execution
  id = "hokusai-ecs-execution-production/arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

import {
  to = module.data_pipeline.aws_lb.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-auth-production/9f6fc99a4b9bf0ab"
}

import {
  to = module.data_pipeline.aws_lb.main
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-production/6aeaa26462944300"
}

import {
  to = module.data_pipeline.aws_lb.registry
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-registry-production/842adad723cea158"
}

import {
  to = module.data_pipeline.aws_lb_listener.auth_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-auth-production/9f6fc99a4b9bf0ab/2810fba70a885d3c"
}

import {
  to = module.data_pipeline.aws_lb_listener.auth_https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-auth-production/9f6fc99a4b9bf0ab/28a9c67eb68e673f"
}

import {
  to = module.data_pipeline.aws_lb_listener.http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c"
}

import {
  to = module.data_pipeline.aws_lb_listener.https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a"
}

import {
  to = module.data_pipeline.aws_lb_listener.registry_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-production/842adad723cea158/d52cd1ded141bbb0"
}

import {
  to = module.data_pipeline.aws_lb_listener.registry_https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-production/842adad723cea158/f56ebaa3f55ea4c6"
}

import {
  to = module.data_pipeline.aws_lb_listener_certificate.registry_legacy[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-production/842adad723cea158/f56ebaa3f55ea4c6_arn:aws:acm:us-east-1:123456789012:certificate/7d1f0c52-3b6e-4c1a-9f5e-2a8840b6c9d3"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/82c9e67eeee76d44"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_mlflow_proxy
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/243a279ef25543b3"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_v1
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/aa7cbe87bc11c23d"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_api_v1[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-auth-production/9f6fc99a4b9bf0ab/28a9c67eb68e673f/5684388577db0785"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_health[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-auth-production/9f6fc99a4b9bf0ab/28a9c67eb68e673f/021cb7709ed826f7"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_service_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/fe5a1b60a8b672bc"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-production/842adad723cea158/f56ebaa3f55ea4c6/82cde0c403303362"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_api_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-production/842adad723cea158/f56ebaa3f55ea4c6/e75f16fc392a6793"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-production/842adad723cea158/f56ebaa3f55ea4c6/9962d0c46b83b960"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/6d35ec40489d194e"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api_mlflow_proxy[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/bc6dca64197e0607"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api_v1[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/d652769e0ad85dc4"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_auth_service_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/753cf1d81a8d989d"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/5f9c03fe6db2a63a"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_registry_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/362201fcd6f48711"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_registry_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/ebd2f02c7f85fd5a/c32f552123db9e1a"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/0e68d270fc91d10f"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/b071f648eb9f1bc0"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-production/6aeaa26462944300/4cc2542b8f9c822c/751dc0dea25cdb4f"
}

import {
  to = module.data_pipeline.aws_lb_target_group.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-production/ae367b478b9b9a0c"
}

import {
  to = module.data_pipeline.aws_lb_target_group.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-auth-ded-production/846c06943f943f80"
}

import {
  to = module.data_pipeline.aws_lb_target_group.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-production/b7260d8a5b296ccb"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-ded-production/b167129003334254"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-ded-production/b8c753b2e7f50fd8"
}

import {
  to = module.data_pipeline.aws_route53_record.auth[0]
  id = "Z08979323PRODUCTION00_auth.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_route53_record.registry[0]
  id = "Z08979323PRODUCTION00_registry.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_security_group.alb
  id = "sg-ed40ee8735fe7b88e"
}

import {
  to = module.data_pipeline.module.vpc.aws_eip.nat[0]
  id = "eipalloc-31d7a330c574ac4a2"
}

import {
  to = module.data_pipeline.module.vpc.aws_eip.nat[1]
  id = "eipalloc-ab8e6033eff1e3e17"
}

import {
  to = module.data_pipeline.module.vpc.aws_eip.nat[2]
  id = "eipalloc-a8e710c3eff0acb1f"
}

import {
  to = module.data_pipeline.module.vpc.aws_internet_gateway.this
  id = "igw-deefab73095814c64"
}

import {
  to = module.data_pipeline.module.vpc.aws_nat_gateway.this[0]
  id = "nat-16ef4d84254a2cf88"
}

import {
  to = module.data_pipeline.module.vpc.aws_nat_gateway.this[1]
  id = "nat-2cdcf8094ed20fad8"
}

import {
  to = module.data_pipeline.module.vpc.aws_nat_gateway.this[2]
  id = "nat-b5bb16ea0d5019531"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.private_nat[0]
  id = "rtb-6230ffeaa7118e249_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.private_nat[1]
  id = "rtb-8f1d6ce9ae80ebe35_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.private_nat[2]
  id = "rtb-6f60ced7bf8755c23_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.public_internet
  id = "rtb-3a0a6002bb427ffc1_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.private[0]
  id = "rtb-6230ffeaa7118e249"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.private[1]
  id = "rtb-8f1d6ce9ae80ebe35"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.private[2]
  id = "rtb-6f60ced7bf8755c23"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.public
  id = "rtb-3a0a6002bb427ffc1"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[0]
  id = "subnet-bcacb805143d1a49b/rtb-6230ffeaa7118e249"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[1]
  id = "subnet-bff8920d7917720c6/rtb-8f1d6ce9ae80ebe35"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[2]
  id = "subnet-a4a2d21d0a77072f5/rtb-6f60ced7bf8755c23"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[0]
  id = "subnet-1f2d892a6e4e6dcf1/rtb-3a0a6002bb427ffc1"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[1]
  id = "subnet-c2bee8d9f78300149/rtb-3a0a6002bb427ffc1"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[2]
  id = "subnet-91230b273eb73f089/rtb-3a0a6002bb427ffc1"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[0]
  id = "subnet-bcacb805143d1a49b"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[1]
  id = "subnet-bff8920d7917720c6"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[2]
  id = "subnet-a4a2d21d0a77072f5"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[0]
  id = "subnet-1f2d892a6e4e6dcf1"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[1]
  id = "subnet-c2bee8d9f78300149"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[2]
  id = "subnet-91230b273eb73f089"
}

import {
  to = module.data_pipeline.module.vpc.aws_vpc.this
  id = "vpc-f6f13400c935b630c"
}
