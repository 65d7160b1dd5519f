# Training jobs reach MLflow here, without leaving the VPC.
resource "aws_lb" "mlflow_internal" {
  name               = "${var.project_name}-mlflow-int-${var.environment}"
  internal           = true
  load_balancer_type = "application"
  security_groups    = [data.terraform_remote_state.central.outputs.alb_security_group_id]
  subnets            = data.terraform_remote_state.central.outputs.private_subnet_ids

  tags = merge(local.common_tags, { Service = "mlflow" })
}

# Behind the internal load balancer, and behind nothing else.
resource "aws_lb_target_group" "mlflow_internal" {
  name        = "${var.project_name}-mlflow-int-${var.environment}"
  port        = 5000
  protocol    = "HTTP"
  vpc_id      = data.terraform_remote_state.central.outputs.vpc_id
  target_type = "ip"

  deregistration_delay = 30

  health_check {
    enabled             = true
    path                = "/mlflow"
    matcher             = "200,308"
    interval            = 30
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = merge(local.common_tags, { Service = "mlflow" })
}
