resource "aws_service_discovery_private_dns_namespace" "internal" {
  name        = "${local.name_prefix}.local"
  description = "Names of the services inside the VPC"
  vpc         = module.vpc.vpc_id

  tags = local.common_tags
}

resource "aws_service_discovery_service" "mlflow" {
  name = "mlflow"

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.internal.id
    routing_policy = "MULTIVALUE"

    dns_records {
      ttl  = 10
      type = "A"
    }
  }

  health_check_custom_config {
    failure_threshold = 1
  }

  tags = local.common_tags
}
