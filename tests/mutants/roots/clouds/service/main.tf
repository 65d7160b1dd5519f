terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 5.0, < 7.0"
    }
    azurerm = {
      source = "hashicorp/azurerm"
    }
  }

  backend "gcs" {
    bucket = "own-state"
    prefix = "own"
  }
}

provider "google" {
  project = var.project
  region  = "europe-west1"
}

provider "azurerm" {
  features {
    key_vault {
      purge_soft_delete_on_destroy = false
    }
  }
}

variable "project" {
  type    = string
  default = "example-project"
}

variable "ports" {
  type    = map(list(number))
  default = { web = [80, 443], admin = [8443] }
}

resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = false
}

resource "google_compute_firewall" "main" {
  for_each = var.ports
  name     = "allow-${each.key}"
  network  = google_compute_network.main.name

  dynamic "allow" {
    for_each = each.value

    content {
      protocol = "tcp"
      ports    = [allow.value]
    }
  }

  source_ranges = ["10.0.0.0/8"]
}

resource "google_compute_instance" "worker" {
  name         = "worker"
  machine_type = "e2-small"

  network_interface {
    network = google_compute_network.main.self_link
  }

  metadata = {
    ports = jsonencode(var.ports)
  }
}

resource "azurerm_virtual_network" "main" {
  name                = "main"
  location            = "westeurope"
  resource_group_name = "shared"
  address_space       = ["10.4.0.0/16", "10.5.0.0/16"]

  subnet {
    name             = "front"
    address_prefixes = ["10.4.1.0/24"]
  }

  subnet {
    name             = "back"
    address_prefixes = ["10.4.2.0/24"]
  }
}

resource "azurerm_network_interface" "worker" {
  name                = "worker"
  location            = azurerm_virtual_network.main.location
  resource_group_name = "own"

  ip_configuration {
    name                          = "only"
    private_ip_address_allocation = "Dynamic"
  }
}

output "network" {
  value = google_compute_network.main.id
}

output "address_space" {
  value = azurerm_virtual_network.main.address_space
}
