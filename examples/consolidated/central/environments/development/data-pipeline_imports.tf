# What data-pipeline brings along, by its ids. Until its state is moved here, a plan imports it and creates nothing;
# afterwards these blocks do nothing. They go when the migration is final.

import {
  to = module.data_pipeline.aws_iam_role.ecs_task
  id = "hokusai-ecs-task-development"
}

import {
  to = module.data_pipeline.aws_iam_role.ecs_task_execution
  id = "hokusai-ecs-execution-development"
}

import {
  to = module.data_pipeline.aws_iam_role_policy_attachment.ecs_task_execution
  id = "hokusai-ecs-execution-development/arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

import {
  to = module.data_pipeline.aws_lb.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-auth-development/63f357ef27c68949"
}

import {
  to = module.data_pipeline.aws_lb.main
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-development/220b31ac054a4c95"
}

import {
  to = module.data_pipeline.aws_lb.registry
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/hokusai-registry-development/eea12ced1a931f54"
}

import {
  to = module.data_pipeline.aws_lb_listener.auth_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-auth-development/63f357ef27c68949/e535e011764bffa4"
}

import {
  to = module.data_pipeline.aws_lb_listener.http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-development/220b31ac054a4c95/d77284e336745292"
}

import {
  to = module.data_pipeline.aws_lb_listener.registry_http
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/hokusai-registry-development/eea12ced1a931f54/7f26eb72dbb19733"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/4b1a6bc4af10bad2"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_mlflow_proxy
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/05a7b21bf153545f"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.api_v1
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/eb1f183707a5d0a1"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.auth_service_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/375bc13ebc833a73"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/84a37d07c9a9c842"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/8113ac68f36083f7"
}

import {
  to = module.data_pipeline.aws_lb_listener_rule.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/hokusai-development/220b31ac054a4c95/d77284e336745292/90e6538755963151"
}

import {
  to = module.data_pipeline.aws_lb_target_group.api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-development/f23cec209dc7ec0c"
}

import {
  to = module.data_pipeline.aws_lb_target_group.auth
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-auth-ded-development/95cc70ba2f2dad52"
}

import {
  to = module.data_pipeline.aws_lb_target_group.mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-development/a282192fe9d7e77d"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_api
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-api-ded-development/3f964bfd4a88ad48"
}

import {
  to = module.data_pipeline.aws_lb_target_group.registry_mlflow
  id = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/hokusai-mlflow-ded-development/b808fbc88fdf128c"
}

import {
  to = module.data_pipeline.aws_route53_record.auth[0]
  id = "Z03147281DEVELOPMENT0_auth.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_route53_record.registry[0]
  id = "Z03147281DEVELOPMENT0_registry.hokus.ai_A"
}

import {
  to = module.data_pipeline.aws_security_group.alb
  id = "sg-6538f8482ad5bd71a"
}

import {
  to = module.data_pipeline.module.vpc.aws_eip.nat[0]
  id = "eipalloc-09aa6443fd76092e6"
}

import {
  to = module.data_pipeline.module.vpc.aws_internet_gateway.this
  id = "igw-1fe3259047b8759a8"
}

import {
  to = module.data_pipeline.module.vpc.aws_nat_gateway.this[0]
  id = "nat-4d1f9ef1bea010ded"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.private_nat[0]
  id = "rtb-abd8b79e2045233ec_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route.public_internet
  id = "rtb-e08d8e55a94f0503f_0.0.0.0/0"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.private[0]
  id = "rtb-abd8b79e2045233ec"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table.public
  id = "rtb-e08d8e55a94f0503f"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[0]
  id = "subnet-0081e7350e19f2eae/rtb-abd8b79e2045233ec"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[1]
  id = "subnet-cc1f1ddf5411578cc/rtb-abd8b79e2045233ec"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.private[2]
  id = "subnet-b14524267597a667d/rtb-abd8b79e2045233ec"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[0]
  id = "subnet-744c2f372fa32f2b4/rtb-e08d8e55a94f0503f"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[1]
  id = "subnet-4015d05c55940fd30/rtb-e08d8e55a94f0503f"
}

import {
  to = module.data_pipeline.module.vpc.aws_route_table_association.public[2]
  id = "subnet-af13abef55ead6816/rtb-e08d8e55a94f0503f"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[0]
  id = "subnet-0081e7350e19f2eae"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[1]
  id = "subnet-cc1f1ddf5411578cc"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.private[2]
  id = "subnet-b14524267597a667d"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[0]
  id = "subnet-744c2f372fa32f2b4"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[1]
  id = "subnet-4015d05c55940fd30"
}

import {
  to = module.data_pipeline.module.vpc.aws_subnet.public[2]
  id = "subnet-af13abef55ead6816"
}

import {
  to = module.data_pipeline.module.vpc.aws_vpc.this
  id = "vpc-47ab5e0b6be0a2e8d"
}
