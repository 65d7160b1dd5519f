# The API with MLflow's internal address. It was meant to replace the one in ecs.tf.
resource "aws_ecs_task_definition" "api_updated" {
  family                   = "${var.project_name}-api-${var.environment}"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.api_cpu
  memory                   = var.api_memory
  execution_role_arn       = aws_iam_role.ecs_task_execution.arn
  task_role_arn            = aws_iam_role.ecs_task.arn

  container_definitions = jsonencode([
    {
      name      = "${var.project_name}-api"
      image     = "${aws_ecr_repository.api.repository_url}:${var.api_image_tag}"
      essential = true

      portMappings = [
        { containerPort = 8001, protocol = "tcp" }
      ]

      environment = [
        { name = "ENVIRONMENT", value = var.environment },
        { name = "API_PORT", value = "8001" },
        { name = "MLFLOW_SERVER_URL", value = "http://mlflow.${var.project_name}-${var.environment}.local:5000" },
        { name = "MLFLOW_SERVE_ARTIFACTS", value = "true" },
        { name = "MLFLOW_PROXY_DEBUG", value = "true" }
      ]
    }
  ])

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "api_updated" {
  name            = "${var.project_name}-api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api_updated.arn
  desired_count   = var.api_desired_count
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = module.vpc.private_subnets
    security_groups  = [aws_security_group.ecs_tasks.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "${var.project_name}-api"
    container_port   = 8001
  }

  depends_on = [
    aws_lb_listener.http,
    aws_service_discovery_service.mlflow
  ]

  lifecycle {
    create_before_destroy = true
  }
}
