resource "aws_sns_topic" "t" {
  display_name = "Topic of ${var.balancer}"
}
