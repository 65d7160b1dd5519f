# Only the load balancers may talk to the tasks, on the ports of the target groups.
resource "aws_security_group" "ecs_tasks" {
  name_prefix = "${var.project_name}-ecs-tasks-"
  description = "ECS tasks: their ports, from the load balancers"
  vpc_id      = data.terraform_remote_state.central.outputs.vpc_id

  ingress {
    description     = "MLflow"
    from_port       = 5000
    to_port         = 5000
    protocol        = "tcp"
    security_groups = [data.terraform_remote_state.central.outputs.alb_security_group_id]
  }

  ingress {
    description     = "Auth and API"
    from_port       = 8000
    to_port         = 8001
    protocol        = "tcp"
    security_groups = [data.terraform_remote_state.central.outputs.alb_security_group_id]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = merge(local.common_tags, { Name = "${local.name_prefix}-ecs-tasks" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "rds" {
  name_prefix = "${var.project_name}-rds-"
  description = "MLflow database: PostgreSQL from the ECS tasks"
  vpc_id      = data.terraform_remote_state.central.outputs.vpc_id

  ingress {
    description     = "PostgreSQL"
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.ecs_tasks.id]
  }

  tags = merge(local.common_tags, { Name = "${local.name_prefix}-rds" })

  lifecycle {
    create_before_destroy = true
  }
}
