variable "name" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "target_group_arn" {
  type = string
}

resource "aws_ecs_cluster" "this" {
  name = var.name
}

resource "aws_ecs_task_definition" "this" {
  family                = var.name
  container_definitions = jsonencode([{ name = "worker", image = "registry.example.com/worker:1" }])
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn

  network_configuration {
    subnets = [var.subnet_id]
  }

  load_balancer {
    target_group_arn = var.target_group_arn
    container_name   = "worker"
    container_port   = 80
  }
}

output "service" {
  value = aws_ecs_service.this.id
}
