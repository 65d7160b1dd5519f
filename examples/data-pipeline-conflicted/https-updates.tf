# Send HTTP to HTTPS once there is a certificate. Port 80 of this load balancer has a listener already.
resource "aws_lb_listener" "http_redirect" {
  count = var.certificate_arn != "" ? 1 : 0

  load_balancer_arn = aws_lb.main.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

locals {
  api_base_url = var.certificate_arn != "" ? "https://api.hokus.ai" : "http://api.hokus.ai"
  mlflow_url   = var.certificate_arn != "" ? "https://registry.hokus.ai/mlflow" : "http://registry.hokus.ai/mlflow"
}

output "https_api_domain" {
  value = var.certificate_arn != "" ? "https://api.hokus.ai" : "Not configured - certificate required"
}
