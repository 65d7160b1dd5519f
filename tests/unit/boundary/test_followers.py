"""Whom locals, data sources and variables follow."""

from __future__ import annotations

from tfhoist.boundary.followers import followers_of
from tfhoist.configuration.load import load_module
from tfhoist.graph import Graph
from tfhoist.placement.model import Placed, Side

ROOT = b"""
variable "v" { default = 1 }
locals {
  read   = var.v
  unread = local.read
}
resource "aws_lb" "x" { name = local.read }
"""


def test_what_an_unread_local_reads_stays_with_it() -> None:
    placement = {"aws_lb.x": Placed(Side.CENTRAL, ())}
    followers = followers_of(Graph(load_module({"main.tf": ROOT})), placement)
    assert followers.sides == {"local.read": "both", "local.unread": "local", "var.v": "both"}
