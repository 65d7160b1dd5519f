# What data-pipeline brings along, by its ids. Until its state is moved here, a plan imports it and creates nothing;
# afterwards these blocks do nothing. They go when the migration is final.

import {
  to = module.data_pipeline.aws_iam_role.ecs_task
  id = "hokusai-ecs-task-staging"
}

import {
  to = module.data_pipeline.aws_iam_role.ecs_task_execution
  id = "hokusai-ecs-execution-staging"
}

import {
  to = module.data_pipeline.aws_iam_role_policy_attachment.ecs_task_execution
  id = "hokusai-ecs-execution-staging/arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

import {
  to = module.data_pipeline.aws_lb.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-auth-staging/8e4a985226341a0d"
}

import {
  to = module.data_pipeline.aws_lb.main
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-staging/914f754278efea10"
}

import {
  to = module.data_pipeline.aws_lb.registry
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-registry-staging/468235ba436db597"
}

import {
  to = module.data_pipeline.aws_lb_listener.auth_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-auth-staging/8e4a985226341a0d/e89958ef179b4039"
}

import {
  to = module.data_pipeline.aws_lb_listener.auth_https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-auth-staging/8e4a985226341a0d/3e9b4c7bd08122d9"
}

import {
  to = module.data_pipeline.aws_lb_listener.http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229"
}

import {
  to = module.data_pipeline.aws_lb_listener.https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-staging/914f754278efea10/017a0f03529d3601"
}

import {
  to = module.data_pipeline.aws_lb_listener.registry_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-staging/468235ba436db597/e2f37399886207d0"
}

import {
  to = module.data_pipeline.aws_lb_listener.registry_https[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-staging/468235ba436db597/4c3b3bd21ac73117"
}

import {
  to = module.data_pipeline.aws_lb_listener_certificate.registry_legacy[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-staging/468235ba436db597/4c3b3bd21ac73117_arn:aws:acm:us-east-1:123456789012:certificate/7d1f0c52-3b6e-4c1a-9f5e-2a8840b6c9d3"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/52c12f17bd47ea2a"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_mlflow_proxy
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/f35ff8297c0b6ce8"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_v1
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/ef86bfb6e1984f87"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_api_v1[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-auth-staging/8e4a985226341a0d/3e9b4c7bd08122d9/0e6d0ed319db39e5"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_health[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-auth-staging/8e4a985226341a0d/3e9b4c7bd08122d9/e1a5cd8dcb6dfc5f"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_service_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/95202797b45d7c58"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-staging/468235ba436db597/4c3b3bd21ac73117/725b826ca4cfd54a"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_api_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-staging/468235ba436db597/4c3b3bd21ac73117/7a744709bae26d9f"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.dedicated_registry_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-registry-staging/468235ba436db597/4c3b3bd21ac73117/7b94f7e49cc5684b"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/ab61e444b904fac3"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api_mlflow_proxy[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/350dd128e4d70f39"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_api_v1[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/e27423756f69709a"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_auth_service_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/b2769cad72b507ef"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/39bb8ed20fb7edcb"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_registry_api[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/061491e890bd8be6"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.https_registry_mlflow[0]
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/017a0f03529d3601/f46a328cc43b859d"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/a228c5e5fced357c"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/4be990b9a17ae827"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-staging/914f754278efea10/5e98e66a92ac6229/dc4387bacb7ee5d4"
}

import {
  to = module.data_pipeline.aws_lb_target_group.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-staging/3667ad80bfed030d"
}

import {
  to = module.data_pipeline.aws_lb_target_group.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-auth-ded-staging/e2d5ba35f5baf918"
}

import {
  to = module.data_pipeline.aws_lb_target_group.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-staging/9a82446f0b50c270"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-ded-staging/05b339f1e701acea"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-ded-staging/57ce29433f8caff0"
}

import {
  to = module.data_pipeline.aws_route53_record.auth[0]
  id = "Z05926535STAGING00000_auth.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_route53_record.registry[0]
  id = "Z05926535STAGING00000_registry.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_security_group.alb
  id = "sg-543490054ec9c65b5"
}

import {
  to = module.data_pipeline.module.vpc.aws_eip.nat[0]
  id = "eipalloc-782770963780f29b2"
}

import {
  to = module.data_pipeline.module.vpc.aws_internet_gateway.this
  id = "igw-4d48210ec6d156e9b"
}

import {
  to = module.data_pipeline.module.vpc.aws_nat_gateway.this[0]
  id = "nat-845c26cc2e0fcda62"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.private_nat[0]
  id = "rtb-16018b0c00d6f50a2_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.public_internet
  id = "rtb-0e508c0edc73b3477_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.private[0]
  id = "rtb-16018b0c00d6f50a2"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.public
  id = "rtb-0e508c0edc73b3477"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[0]
  id = "subnet-7718455b1f9c3537b/rtb-16018b0c00d6f50a2"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[1]
  id = "subnet-263ab40c595ea682f/rtb-16018b0c00d6f50a2"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[2]
  id = "subnet-f7957280d104c44c9/rtb-16018b0c00d6f50a2"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[0]
  id = "subnet-288eedb7801c4bce7/rtb-0e508c0edc73b3477"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[1]
  id = "subnet-e0fe0d6c599deb7e0/rtb-0e508c0edc73b3477"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[2]
  id = "subnet-52bb3299c8829648b/rtb-0e508c0edc73b3477"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[0]
  id = "subnet-7718455b1f9c3537b"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[1]
  id = "subnet-263ab40c595ea682f"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[2]
  id = "subnet-f7957280d104c44c9"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[0]
  id = "subnet-288eedb7801c4bce7"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[1]
  id = "subnet-e0fe0d6c599deb7e0"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[2]
  id = "subnet-52bb3299c8829648b"
}

import {
  to = module.data_pipeline.module.vpc.aws_vpc.this
  id = "vpc-71e4368a3a4229a1a"
}
