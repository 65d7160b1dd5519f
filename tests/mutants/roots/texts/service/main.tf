variable "stage" {
  type    = string
  default = "test"
}

variable "words" {
  type    = list(string)
  default = ["one", "two"]
}

resource "aws_lb" "main" {
  name = "main-${var.stage}"
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/html"
      message_body = <<-HTML
        <h1>${upper(var.stage)}</h1>
          <ul>%{for number, word in var.words~}
          <li>${number}: ${word}</li>%{endfor}
          </ul>
        %{if var.stage == "live"}
        <p>Live</p>
        %{else}
        <p>Not live: $${stage}</p>
        %{endif}
      HTML
      status_code  = 503
    }
  }
}

resource "aws_iam_role" "task" {
  name                 = "task-${var.stage}"
  description          = "Runs \"everything\" in ${var.stage}\n"
  assume_role_policy   = file("${path.module}/policies/trust.json")
  max_session_duration = var.stage == "live" ? 3600 * 2 : 3600

  inline_policy {
    name   = "read"
    policy = templatefile("${path.module}/policies/read.json.tftpl", { bucket = "files-${var.stage}", words = var.words })
  }
}

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] }
      Condition = { NumericLessThan = { "aws:MultiFactorAuthAge" = 3600 } }
    }]
  })
}

resource "aws_lb_listener_rule" "greeting" {
  listener_arn = aws_lb_listener.main.arn
  priority     = 1

  action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = <<EOT
Hello,
  ${join(", ", [for word in var.words : title(word)])}
Bye.
EOT
    }
  }
}

resource "aws_ecs_task_definition" "main" {
  family        = "main"
  task_role_arn = aws_iam_role.task.arn
  container_definitions = jsonencode([{
    name = "main"
    cpu  = 256
    environment = [
      { name = "EDGE", value = "http://${aws_lb.main.dns_name}/${var.stage}" },
      { name = "COUNT", value = "${length(var.words)}" },
    ]
  }])
}

output "command" {
  value = <<-EOT
    curl http://${aws_lb.main.dns_name}
      --fail
  EOT
}
