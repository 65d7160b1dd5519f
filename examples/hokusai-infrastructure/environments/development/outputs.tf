output "alb_arn" {
  description = "ARN of the public site's load balancer"
  value       = module.website.alb_arn
}

output "site_url" {
  description = "Where the public site is"
  value       = module.website.site_url
}
