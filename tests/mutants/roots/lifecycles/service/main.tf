variable "stage" {
  type = string

  validation {
    condition     = contains(["test", "live"], var.stage)
    error_message = "Unknown stage."
  }
}

resource "terraform_data" "revision" {
  input = { number = 7, notes = ["a", "b"] }
}

resource "aws_lb" "main" {
  name = "main-${var.stage}"

  enable_deletion_protection = var.stage == "live"

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags, access_logs[0].bucket, tags["Owner"]]

    precondition {
      condition     = var.stage != "draft"
      error_message = "A draft has no load balancer."
    }
  }
}

resource "aws_lb_target_group" "main" {
  name_prefix = "main"
  port        = 80

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.revision]

    postcondition {
      condition     = self.port == 80
      error_message = "Another port."
    }
  }

  depends_on = [aws_lb.main, aws_lb_listener.plain]
}

resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  lifecycle {
    ignore_changes = all
  }
}

resource "aws_lb_listener_rule" "main" {
  listener_arn = aws_lb_listener.plain.arn
  priority     = 100

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }

  condition {
    path_pattern {
      values = ["/api/*", "/v1/*"]
    }
  }

  timeouts {
    create = "5m"
  }
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_ecs_service" "main" {
  name    = "main"
  cluster = aws_ecs_cluster.main.id

  load_balancer {
    target_group_arn = aws_lb_target_group.main.arn
    container_port   = 80
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener.plain, aws_ecs_cluster.main]
}

resource "aws_sqs_queue" "old" {
  name = "old"

  provisioner "local-exec" {
    command = "echo ${self.name}"
  }
}

moved {
  from = aws_sqs_queue.older
  to   = aws_sqs_queue.old
}

removed {
  from = aws_sqs_queue.oldest

  lifecycle {
    destroy = false
  }
}

check "answers" {
  data "http" "main" {
    url = "http://${aws_lb.main.dns_name}"
  }

  assert {
    condition     = data.http.main.status_code == 200
    error_message = "It doesn't answer."
  }
}

output "name" {
  value = aws_lb.main.name

  precondition {
    condition     = length(aws_lb.main.name) < 33
    error_message = "Too long."
  }
}

output "cluster" {
  value      = aws_ecs_cluster.main.name
  depends_on = [aws_ecs_service.main]
}
