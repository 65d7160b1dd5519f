resource "aws_lb_listener" "mlflow_internal" {
  load_balancer_arn = aws_lb.mlflow_internal.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow_internal.arn
  }
}
