resource "aws_cloudwatch_log_group" "api" {
  name              = "/ecs/${var.project_name}/api/${var.environment}"
  retention_in_days = 30

  tags = local.common_tags
}

resource "aws_cloudwatch_log_group" "mlflow" {
  name              = "/ecs/${var.project_name}/mlflow/${var.environment}"
  retention_in_days = 30

  tags = local.common_tags
}

resource "aws_sns_topic" "alerts" {
  name = "${var.project_name}-alerts-${var.environment}"

  tags = local.common_tags
}

resource "aws_cloudwatch_metric_alarm" "api_health" {
  alarm_name          = "${var.project_name}-api-health-${var.environment}"
  alarm_description   = "No healthy API task behind the main load balancer"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 2
  metric_name         = "HealthyHostCount"
  namespace           = "AWS/ApplicationELB"
  period              = 60
  statistic           = "Average"
  threshold           = 1
  treat_missing_data  = "breaching"

  dimensions = {
    TargetGroup  = aws_lb_target_group.api.arn_suffix
    LoadBalancer = aws_lb.main.arn_suffix
  }

  alarm_actions = [aws_sns_topic.alerts.arn]

  tags = local.common_tags
}

# A month is enough to renew by hand, should the automatic renewal fail.
resource "aws_cloudwatch_metric_alarm" "certificate_expiry" {
  count = var.certificate_arn != "" ? 1 : 0

  alarm_name          = "${var.project_name}-certificate-expiry-${var.environment}"
  alarm_description   = "The certificate has fewer than 30 days left"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 1
  metric_name         = "DaysToExpiry"
  namespace           = "AWS/CertificateManager"
  period              = 86400
  statistic           = "Average"
  threshold           = 30
  treat_missing_data  = "breaching"

  dimensions = {
    CertificateArn = var.certificate_arn
  }

  alarm_actions = [aws_sns_topic.alerts.arn]

  tags = local.common_tags
}

resource "aws_cloudwatch_metric_alarm" "rds_cpu" {
  alarm_name          = "${var.project_name}-rds-cpu-${var.environment}"
  alarm_description   = "The MLflow database is short of CPU"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/RDS"
  period              = 300
  statistic           = "Average"
  threshold           = 80

  dimensions = {
    DBInstanceIdentifier = aws_db_instance.mlflow.identifier
  }

  alarm_actions = [aws_sns_topic.alerts.arn]

  tags = local.common_tags
}
