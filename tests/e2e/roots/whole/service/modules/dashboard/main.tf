variable "lb" {
  type = object({ arn_suffix = string, name = string })
}

variable "groups" {
  type = map(object({ arn_suffix = string }))
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.lb.name
  dashboard_body = jsonencode({ widgets = [for name, group in var.groups : { type = "metric", properties = { metrics = [["AWS/ApplicationELB", "RequestCount", "TargetGroup", group.arn_suffix, "LoadBalancer", var.lb.arn_suffix]], title = name } }] })
}
