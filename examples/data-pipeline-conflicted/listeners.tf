# Whatever no rule takes is not ours.
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not Found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "https" {
  count = var.certificate_arn != "" ? 1 : 0

  load_balancer_arn = aws_lb.main.arn
  port              = "443"
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS-1-2-2017-01"
  certificate_arn   = var.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not Found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "auth_http" {
  load_balancer_arn = aws_lb.auth.arn
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

resource "aws_lb_listener" "auth_https" {
  count = var.certificate_arn != "" ? 1 : 0

  load_balancer_arn = aws_lb.auth.arn
  port              = "443"
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS-1-2-2017-01"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.auth.arn
  }
}

resource "aws_lb_listener" "registry_http" {
  load_balancer_arn = aws_lb.registry.arn
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

resource "aws_lb_listener" "registry_https" {
  count = var.certificate_arn != "" ? 1 : 0

  load_balancer_arn = aws_lb.registry.arn
  port              = "443"
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS-1-2-2017-01"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.registry_api.arn
  }
}

# Old clients still ask for the registry under its former name.
resource "aws_lb_listener_certificate" "registry_legacy" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn    = aws_lb_listener.registry_https[0].arn
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/7d1f0c52-3b6e-4c1a-9f5e-2a8840b6c9d3"
}

resource "aws_lb_listener" "mlflow_internal" {
  load_balancer_arn = aws_lb.mlflow_internal.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow_internal.arn
  }
}
