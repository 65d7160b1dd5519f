# Meta-arguments: lifecycle of every sort, moved blocks that were applied, conditions, timeouts, depends_on across the boundary.
provider "aws" {
  region = "eu-central-1"
}

variable "revision" {
  type    = number
  default = 3

  validation {
    condition     = var.revision > 0
    error_message = "A revision is above 0."
  }
}

moved {
  from = aws_lb.old
  to   = aws_lb.main
}

resource "terraform_data" "revision" {
  input = var.revision
}

resource "aws_vpc" "main" {
  cidr_block = "10.9.0.0/16"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_lb" "main" {
  name = "lifecycles"
  tags = { Revision = var.revision }

  lifecycle {
    ignore_changes = [tags["Deployed"], security_groups]
  }

  timeouts {
    create = "20m"
  }
}

resource "aws_lb_target_group" "main" {
  name_prefix = "life-"
  port        = 8000 + var.revision
  protocol    = "HTTP"
  vpc_id      = aws_vpc.main.id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }

  lifecycle {
    ignore_changes = [default_action]

    precondition {
      condition     = var.revision < 100
      error_message = "Too many revisions."
    }
  }
}

resource "aws_ecs_cluster" "main" {
  name = "lifecycles"
}

resource "aws_ecs_task_definition" "main" {
  family                = "lifecycles"
  container_definitions = jsonencode([{ name = "main", image = "registry.example.com/main:${var.revision}" }])
}

resource "aws_ecs_service" "main" {
  name            = "lifecycles"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.main.arn
  desired_count   = 1

  load_balancer {
    target_group_arn = aws_lb_target_group.main.arn
    container_name   = "main"
    container_port   = aws_lb_target_group.main.port
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener.main]
}

output "listener" {
  value      = aws_lb_listener.main.arn
  depends_on = [aws_ecs_service.main]
}

output "port" {
  value = aws_lb_target_group.main.port
}
