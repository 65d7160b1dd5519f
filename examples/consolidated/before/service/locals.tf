locals {
  name_prefix   = "${var.project_name}-${var.environment}"
  https_enabled = var.certificate_arn != ""

  # Beside the provider's default tags, on whatever this repository creates.
  common_tags = {
    Service    = "data-pipeline"
    Repository = "hokusai-data-pipeline"
  }

  # Where the API finds MLflow from inside the VPC.
  mlflow_tracking_uri = "http://mlflow.${local.name_prefix}.local:5000"
}
