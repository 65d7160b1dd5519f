variable "sites" {
  type = map(object({
    host     = string
    port     = optional(number, 8080)
    priority = number
    secure   = optional(bool, true)
    labels   = optional(map(string), {})
  }))
  default = {
    shop  = { host = "shop.example.com", priority = 10 }
    admin = { host = "admin.example.com", port = 9090, priority = 20, secure = false, labels = { team = "back" } }
  }
}

locals {
  secure = { for name, site in var.sites : name => site.host if site.secure }
  hosts  = toset([for site in values(var.sites) : site.host])
  by_team = {
    for name, site in var.sites : lookup(site.labels, "team", "front") => name...
  }
}

resource "aws_lb" "main" {
  name = "main"
  tags = { for team, names in local.by_team : team => join(" ", names) }
}

resource "aws_lb_target_group" "site" {
  for_each = var.sites
  name     = "site-${each.key}"
  port     = each.value.port
  tags     = merge({ Name = each.key }, each.value.labels)
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
}

resource "aws_lb_listener_rule" "site" {
  for_each     = aws_lb_target_group.site
  listener_arn = aws_lb_listener.main.arn
  priority     = var.sites[each.key].priority

  action {
    type             = "forward"
    target_group_arn = each.value.arn
  }

  condition {
    host_header {
      values = [var.sites[each.key].host, "www.${var.sites[each.key].host}"]
    }
  }
}

resource "aws_route53_record" "host" {
  for_each = local.hosts
  zone_id  = "Z0EXAMPLE"
  name     = each.value
  type     = "CNAME"
  ttl      = 300
  records  = [aws_lb.main.dns_name]
}

resource "aws_ecs_service" "site" {
  for_each = local.secure
  name     = each.key

  load_balancer {
    target_group_arn = aws_lb_target_group.site[each.key].arn
    container_name   = each.value
  }
}

resource "aws_ssm_parameter" "admin" {
  name  = "admin"
  type  = "String"
  value = aws_lb_target_group.site["admin"].arn
}

output "names" {
  value = keys(aws_lb_target_group.site)
}

output "shop" {
  value = aws_lb_target_group.site["shop"].name
}
