# These blocks moved to the central repository. Until the migration is final, this tells Terraform to forget them,
# never to destroy them, should this root be applied before its state has been split.

removed {
  from = aws_iam_role.ecs_task

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role.ecs_task_execution

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_iam_role_policy_attachment.ecs_task_execution

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb.auth

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb.main

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb.registry

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.auth_http

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.auth_https

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.http

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.https

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.registry_http

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener.registry_https

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_certificate.registry_legacy

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.api_mlflow_proxy

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.api_v1

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.auth_api_v1

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.auth_health

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.auth_service_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.dedicated_registry_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.dedicated_registry_api_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.dedicated_registry_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_api_mlflow_proxy

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_api_v1

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_auth_service_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_registry_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.https_registry_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.registry_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_listener_rule.registry_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_target_group.api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_target_group.auth

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_target_group.mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_target_group.registry_api

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_lb_target_group.registry_mlflow

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_route53_record.auth

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_route53_record.registry

  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_security_group.alb

  lifecycle {
    destroy = false
  }
}

removed {
  from = module.vpc

  lifecycle {
    destroy = false
  }
}
