terraform {
  backend "s3" {
    bucket = "central-state"
    key    = "live/terraform.tfstate"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = "eu-south-1"
}

variable "owner" {
  type    = string
  default = "platform"
}

resource "aws_sns_topic" "platform" {
  name = "${var.owner}-live"
}

output "topic" {
  value = aws_sns_topic.platform.arn
}
