"""The policies that come with tfhoist: apart from each other, and what they make of the usual front ends."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files

import jsonschema
import pytest

from tests.conftest import REPOSITORY
from tfhoist.configuration.load import load_module
from tfhoist.errors import InputError
from tfhoist.graph import Graph
from tfhoist.placement.place import place
from tfhoist.placement.policy import SHIPPED, builtin_policy
from tfhoist.settings.policy import read_policy

PROVIDERS = {"prd": "aws_", "google": "google_", "azure": "azurerm_"}


def sides(text: str) -> dict[str, str]:
    module = load_module({"main.tf": text.encode()})
    assert not module.diagnostics
    result = place(Graph(module), builtin_policy(), {})
    assert not result.refusals
    return {address: placed.side.value for address, placed in result.placement.items()}


@pytest.mark.parametrize("name", SHIPPED)
def test_each_is_about_one_provider(name: str) -> None:
    patterns = [pattern for rule in builtin_policy(name) for pattern in rule.match]
    assert [pattern for pattern in patterns if not pattern.startswith(PROVIDERS[name])] == []


def test_together_they_are_the_default() -> None:
    rules = builtin_policy()
    assert rules == tuple(rule for name in SHIPPED for rule in builtin_policy(name))
    assert len({rule.name for rule in rules}) == len(rules)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_fit_the_published_schema(name: str) -> None:
    schema = json.loads((files("tfhoist") / "schemas" / "policy.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    source = (files("tfhoist") / "policy" / f"{name}.toml").read_bytes()
    jsonschema.validate(tomllib.loads(source.decode()), schema)
    assert read_policy(source, "x.toml") == builtin_policy(name)


def test_a_rule_of_a_policy_file_is_a_rule_of_the_settings() -> None:
    schemas = files("tfhoist") / "schemas"
    policy = json.loads((schemas / "policy.json").read_text())
    settings = json.loads((schemas / "settings.json").read_text())
    assert policy["properties"]["rules"]["items"] == settings["properties"]["placement"]["properties"]["rules"]["items"]


GOOGLE = """
resource "google_compute_network" "main" {}
resource "google_compute_subnetwork" "main" { network = google_compute_network.main.id }
resource "google_compute_router" "main" { network = google_compute_network.main.id }
resource "google_compute_router_nat" "main" { router = google_compute_router.main.name }
resource "google_dns_managed_zone" "main" { dns_name = "example.com." }
resource "google_dns_managed_zone" "inside" { visibility = "private" }
resource "google_dns_record_set" "api" {
  managed_zone = google_dns_managed_zone.main.name
  name         = "api.example.com."
  rrdatas      = [google_compute_global_address.front.address]
}
resource "google_compute_global_address" "front" {}
resource "google_compute_global_forwarding_rule" "front" {
  target     = google_compute_target_https_proxy.front.id
  ip_address = google_compute_global_address.front.id
}
resource "google_compute_target_https_proxy" "front" {
  url_map          = google_compute_url_map.front.id
  ssl_certificates = [google_compute_managed_ssl_certificate.front.id]
}
resource "google_compute_managed_ssl_certificate" "front" {}
resource "google_compute_url_map" "front" {
  default_service = google_compute_backend_service.api.id
  HOSTS
}
resource "google_compute_backend_service" "api" {
  backend { group = google_compute_region_network_endpoint_group.api.id }
}
resource "google_compute_region_network_endpoint_group" "api" {
  cloud_run { service = google_cloud_run_v2_service.api.name }
}
resource "google_cloud_run_v2_service" "api" {
  name = "api"
  template { service_account = google_service_account.api.email }
  vpc_access {
    network_interfaces { subnetwork = google_compute_subnetwork.main.id }
  }
}
resource "google_service_account" "api" {}
resource "google_project_iam_member" "api" { member = "serviceAccount:${google_service_account.api.email}" }
"""
TWO_HOSTS = 'host_rule { hosts = ["api.example.com"] }\n  host_rule { hosts = ["auth.example.com"] }'


def test_google_networks_and_public_dns_are_shared_and_a_front_end_of_one_service_is_not() -> None:
    placed = sides(GOOGLE.replace("HOSTS", 'host_rule { hosts = ["api.example.com"] }'))
    central = {address for address, side in placed.items() if side == "central"}
    assert central >= {
        "google_compute_network.main", "google_compute_subnetwork.main", "google_compute_router_nat.main",
        "google_dns_managed_zone.main", "google_dns_record_set.api", "google_compute_global_address.front",
    }  # fmt: skip
    for address in (
        "google_compute_url_map.front", "google_compute_target_https_proxy.front", "google_compute_backend_service.api",
        "google_compute_global_forwarding_rule.front", "google_cloud_run_v2_service.api", "google_dns_managed_zone.inside",
        "google_service_account.api", "google_project_iam_member.api",
    ):  # fmt: skip
        assert placed[address] == "local", address


def test_a_google_front_end_of_several_services_is_shared_and_their_backends_stay() -> None:
    placed = sides(GOOGLE.replace("HOSTS", TWO_HOSTS))
    for name in ("url_map", "target_https_proxy", "global_forwarding_rule", "managed_ssl_certificate"):
        assert placed[f"google_compute_{name}.front"] == "central", name
    assert placed["google_compute_backend_service.api"] == "local"
    assert placed["google_compute_region_network_endpoint_group.api"] == "local"


AZURE = """
resource "azurerm_resource_group" "main" {}
resource "azurerm_virtual_network" "main" { resource_group_name = azurerm_resource_group.main.name }
resource "azurerm_subnet" "apps" { virtual_network_name = azurerm_virtual_network.main.name }
resource "azurerm_subnet_network_security_group_association" "apps" {
  subnet_id                 = azurerm_subnet.apps.id
  network_security_group_id = azurerm_network_security_group.apps.id
}
resource "azurerm_network_security_group" "apps" { resource_group_name = azurerm_resource_group.main.name }
resource "azurerm_network_security_group" "own" {}
resource "azurerm_firewall" "hub" {}
resource "azurerm_private_dns_zone" "vault" {}
resource "azurerm_private_dns_zone_virtual_network_link" "vault" {
  private_dns_zone_name = azurerm_private_dns_zone.vault.name
  virtual_network_id    = azurerm_virtual_network.main.id
}
resource "azurerm_private_endpoint" "vault" {
  subnet_id = azurerm_subnet.apps.id
  private_service_connection { private_connection_resource_id = azurerm_key_vault.main.id }
}
resource "azurerm_key_vault" "main" { resource_group_name = azurerm_resource_group.main.name }
resource "azurerm_dns_zone" "main" {}
resource "azurerm_dns_a_record" "api" { zone_name = azurerm_dns_zone.main.name }
resource "azurerm_application_gateway" "main" {
  gateway_ip_configuration { subnet_id = azurerm_subnet.apps.id }
  backend_address_pool { fqdns = [azurerm_linux_web_app.api.default_hostname] }
  HOSTS
}
resource "azurerm_linux_web_app" "api" {
  name                = "api"
  resource_group_name = azurerm_resource_group.main.name
}
"""


def test_azure_networks_and_the_hub_are_shared_and_vaults_and_endpoints_are_not() -> None:
    placed = sides(AZURE.replace("HOSTS", 'http_listener { host_name = "api.example.com" }'))
    local = {address for address, side in placed.items() if side == "local"}
    assert local == {
        "azurerm_application_gateway.main", "azurerm_key_vault.main", "azurerm_linux_web_app.api",
        "azurerm_network_security_group.own", "azurerm_private_endpoint.vault",
    }  # fmt: skip


def test_an_azure_gateway_of_several_services_is_shared() -> None:
    hosts = 'http_listener { host_names = ["api.example.com"] }\n  http_listener { host_name = "auth.example.com" }'
    assert sides(AZURE.replace("HOSTS", hosts))["azurerm_application_gateway.main"] == "central"


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(InputError) as raised:
        read_policy(text.encode(), "team.toml")
    return [(one.range.start_line if one.range else 0, one.summary) for one in raised.value.diagnostics]


def test_every_fault_of_a_policy_file_has_its_line() -> None:
    text = """\
extend = "prd"
[[rules]]
match = []
side = "centrl"
[[rules]]
match = ["x"]
side = "local"
when = { internl = true }
evidence = { services_at_least = 0 }
"""
    assert faults(text) == [
        (1, "unknown key extend"),
        (3, "rules[0].match is empty"),
        (4, 'rules[0].side can\'t be "centrl"'),
        (8, "unknown key rules[1].when.internl"),
        (9, "rules[1].evidence.services_at_least has to be from 1 to 12, not 0"),
    ]


def test_what_the_schema_cannot_say_is_said_too() -> None:
    text = """\
[[rules]]
match = ["aws_lb"]
side = "local"
weight = 3
evidence = { services_at_least = 3, services_at_most = 2 }
"""
    assert faults(text) == [
        (4, "a rule has no weight: it decides"),
        (5, "no block is used by at least 3 and at most 2 services"),
    ]
    assert faults('[[rules]]\nmatch = ["data.aws_vpc.*"]\nside = "local"\n') == [
        (2, '"data.aws_vpc.*" can match nothing: only managed resources and module calls are placed')
    ]
    assert faults("rules = 1")[0][1] == "rules has to be a list, not a whole number"
    assert faults("rules = ")[0][1].startswith("not valid TOML")


def test_a_rule_without_a_name_has_its_place_and_extended_rules_come_after() -> None:
    rules = read_policy(b'extends = "google"\n[[rules]]\nmatch = ["x"]\nside = "local"\n', "team.toml")
    assert (rules[0].name, rules[0].reason) == ("team.toml:2", "your own rule")
    assert rules[1:] == builtin_policy("google")


def test_the_example_of_the_page_is_right() -> None:
    page = (REPOSITORY / "docs/placement.md").read_text()
    [example] = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[[rules]]" in text]
    rules = read_policy(example.encode(), "team.toml")
    assert [rule.name for rule in rules[:2]] == ["tables", "certificates"]
