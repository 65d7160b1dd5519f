# quick fix, tidy up later!!   
resource "aws_lb_listener_rule" "api_health" {
	listener_arn = aws_lb_listener.http.arn
  priority = 70   

    action {
      type = "forward"
		target_group_arn   =   aws_lb_target_group.api.arn
    }
  condition {
  host_header {
    values = [ "registry.hokus.ai" ]
  }
  }
  condition {
    path_pattern { values = ["/api/health/*"] }
  }
}


resource "aws_lb_listener_rule" "api_health_https" {
  count = var.certificate_arn!="" ? 1:0
  listener_arn = aws_lb_listener.https[0].arn
  priority     = 70	
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn   # the API answers it   
  }
  condition {
    host_header {
      values=["registry.hokus.ai"]
    }
  }
  condition {
	path_pattern {
	  values = ["/api/health/*"]
	}
  }
}
