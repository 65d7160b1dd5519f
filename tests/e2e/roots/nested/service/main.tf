# Modules in modules, with count and for_each on the calls; what crosses comes from two levels down.
provider "aws" {
  region = "eu-central-1"
}

variable "edges" {
  type    = map(number)
  default = { blue = 8080, green = 8081 }
}

module "network" {
  source = "./modules/network"
  name   = "nested"
  zones  = ["a", "b", "c"]
}

module "edge" {
  source   = "./modules/edge"
  for_each = var.edges

  name       = "edge-${each.key}"
  port       = each.value
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.subnet_ids
}

module "worker" {
  source = "./modules/worker"
  count  = 2

  name             = "worker-${count.index}"
  subnet_id        = module.network.subnet_ids[count.index]
  target_group_arn = module.edge[count.index == 0 ? "blue" : "green"].target_group_arns["main"]
}

output "names" {
  value = { for key, edge in module.edge : key => edge.dns_name }
}

output "groups" {
  value = module.edge["blue"].target_group_arns
}

output "workers" {
  value = module.worker[*].service
}
