resource "aws_route53_record" "auth" {
  count = var.route53_zone_id != "" ? 1 : 0

  zone_id = var.route53_zone_id
  name    = "auth.hokus.ai"
  type    = "A"

  alias {
    name                   = aws_lb.auth.dns_name
    zone_id                = aws_lb.auth.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "registry" {
  count = var.route53_zone_id != "" ? 1 : 0

  zone_id = var.route53_zone_id
  name    = "registry.hokus.ai"
  type    = "A"

  alias {
    name                   = aws_lb.registry.dns_name
    zone_id                = aws_lb.registry.zone_id
    evaluate_target_health = true
  }
}
