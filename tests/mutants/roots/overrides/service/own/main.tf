variable "balancer" {
  type    = string
  default = null
}

resource "aws_sns_topic" "t" {
  name = "topic"
}
