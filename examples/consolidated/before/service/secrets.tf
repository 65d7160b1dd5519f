resource "aws_secretsmanager_secret" "api_keys" {
  name        = "${var.project_name}/api-keys/${var.environment}"
  description = "Keys of the platform's API clients"

  tags = local.common_tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_secretsmanager_secret" "app_secrets" {
  name        = "${var.project_name}/app-secrets/${var.environment}"
  description = "Secrets that the containers start with"

  tags = local.common_tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_secretsmanager_secret_version" "app_secrets" {
  secret_id = aws_secretsmanager_secret.app_secrets.id

  secret_string = jsonencode({
    secret_key        = var.api_secret_key
    database_password = var.database_password
  })
}
