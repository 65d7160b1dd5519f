output "alb_arn" {
  description = "ARN of the site's load balancer"
  value       = aws_lb.website.arn
}

output "target_group_arn" {
  description = "ARN of the site's target group"
  value       = aws_lb_target_group.website.arn
}

output "site_url" {
  description = "Where the site is"
  value       = "http://${aws_route53_record.website.name}/site/"
}
