variable "name" {
  type = string
}

variable "limit" {
  type = number
}

resource "aws_cloudwatch_metric_alarm" "main" {
  alarm_name          = var.name
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = var.limit
}

output "arn" {
  value = aws_cloudwatch_metric_alarm.main.arn
}
