resource "aws_security_group" "alb" {
  name        = "hokusai-website-alb-${var.environment}"
  description = "Load balancer of the public site"
  vpc_id      = var.vpc_id

  ingress {
    description = "HTTP"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "website" {
  name               = "hokusai-website-${var.environment}"
  internal           = false
  load_balancer_type = "application"
  security_groups    = [aws_security_group.alb.id]
  subnets            = var.public_subnet_ids
}

resource "aws_lb_target_group" "website" {
  name        = "hokusai-website-${var.environment}"
  port        = 3000
  protocol    = "HTTP"
  vpc_id      = var.vpc_id
  target_type = "ip"

  health_check {
    path    = "/healthz"
    matcher = "200"
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.website.arn
  port              = "80"
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not Found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "website" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.website.arn
  }

  condition {
    host_header {
      values = ["site.hokus.ai"]
    }
  }

  condition {
    path_pattern {
      values = ["/site/*", "/assets/*"]
    }
  }
}

resource "aws_route53_record" "website" {
  zone_id = var.route53_zone_id
  name    = "site.hokus.ai"
  type    = "A"

  alias {
    name                   = aws_lb.website.dns_name
    zone_id                = aws_lb.website.zone_id
    evaluate_target_health = true
  }
}
