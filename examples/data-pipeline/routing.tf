# The main load balancer. Hosts come first: a rule for a host and a path,
# then the rest of that host.
resource "aws_lb_listener_rule" "registry_mlflow" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 40

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow.arn
  }

  condition {
    host_header {
      values = ["registry.hokus.ai"]
    }
  }

  condition {
    path_pattern {
      values = ["/mlflow", "/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "https_registry_mlflow" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 40

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow.arn
  }

  condition {
    host_header {
      values = ["registry.hokus.ai"]
    }
  }

  condition {
    path_pattern {
      values = ["/mlflow", "/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "registry_api" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 50

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    host_header {
      values = ["registry.hokus.ai"]
    }
  }
}

resource "aws_lb_listener_rule" "https_registry_api" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 50

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    host_header {
      values = ["registry.hokus.ai"]
    }
  }
}

resource "aws_lb_listener_rule" "auth_service_api" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 80

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    host_header {
      values = ["auth.hokus.ai"]
    }
  }

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }
}

resource "aws_lb_listener_rule" "https_auth_service_api" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 80

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    host_header {
      values = ["auth.hokus.ai"]
    }
  }

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }
}

# The API proxies these calls to MLflow.
resource "aws_lb_listener_rule" "api_mlflow_proxy" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 85

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "https_api_mlflow_proxy" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 85

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "api_v1" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 95

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api/v1/*", "/api/health", "/api/health/*"]
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener_rule" "https_api_v1" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 95

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api/v1/*", "/api/health", "/api/health/*"]
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Everything else below /api, on any host.
resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 100

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api*"]
    }
  }
}

resource "aws_lb_listener_rule" "https_api" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 100

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  condition {
    path_pattern {
      values = ["/api*"]
    }
  }
}

resource "aws_lb_listener_rule" "mlflow" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 200

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow.arn
  }

  condition {
    path_pattern {
      values = ["/mlflow", "/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "https_mlflow" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.https[0].arn
  priority     = 200

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.mlflow.arn
  }

  condition {
    path_pattern {
      values = ["/mlflow", "/mlflow/*"]
    }
  }
}

# The load balancer of auth.hokus.ai.
resource "aws_lb_listener_rule" "auth_health" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.auth_https[0].arn
  priority     = 90

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.auth.arn
  }

  condition {
    path_pattern {
      values = ["/health", "/"]
    }
  }
}

resource "aws_lb_listener_rule" "auth_api_v1" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.auth_https[0].arn
  priority     = 100

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.auth.arn
  }

  condition {
    path_pattern {
      values = ["/api/v1/*"]
    }
  }
}

# The load balancer of registry.hokus.ai.
resource "aws_lb_listener_rule" "dedicated_registry_mlflow" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.registry_https[0].arn
  priority     = 100

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.registry_mlflow.arn
  }

  condition {
    path_pattern {
      values = ["/mlflow", "/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "dedicated_registry_api_mlflow" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.registry_https[0].arn
  priority     = 110

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.registry_api.arn
  }

  condition {
    path_pattern {
      values = ["/api/mlflow/*"]
    }
  }
}

resource "aws_lb_listener_rule" "dedicated_registry_api" {
  count = var.certificate_arn != "" ? 1 : 0

  listener_arn = aws_lb_listener.registry_https[0].arn
  priority     = 120

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.registry_api.arn
  }

  condition {
    path_pattern {
      values = ["/api/*"]
    }
  }
}
