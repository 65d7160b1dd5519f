"""TTLs: what the files say, and what is worth lowering."""

from __future__ import annotations

import re

import msgspec

from tests.unit.documents.small_context import MAIN, TREE, small_context
from tfhoist.configuration.load import load_module
from tfhoist.documents.build import build_documents
from tfhoist.documents.dns import record_lines
from tfhoist.documents.views import Views

MORE = """
resource "aws_route53_record" "mail" {
  count   = var.environment == "production" ? 1 : 0
  zone_id = var.zone_id
  name    = "Mail.example.org."
  type    = "CNAME"
  ttl     = 60 * 60
  records = ["mail.example.net"]
}

resource "aws_route53_record" "quick" {
  zone_id = var.zone_id
  name    = "quick.example.org"
  type    = "CNAME"
  ttl     = 60
  records = ["mail.example.net"]
}

resource "aws_route53_record" "own" {
  zone_id = var.zone_id
  name    = "own.example.org"
  type    = "TXT"
  ttl     = tonumber(aws_ecs_service.web.id)
  records = ["x"]
}
"""


def views(*moved: str) -> Views:
    context = small_context()
    module = load_module({**TREE, "main.tf": (MAIN + MORE).encode()})
    extra = tuple(f"aws_route53_record.{name}" for name in ("mail", "quick", "own"))
    stays = tuple(one for one in extra if one not in moved)
    return Views(
        msgspec.structs.replace(context, module=module, moved=(*context.moved, *moved), stays=(*context.stays, *stays))
    )


def test_lines() -> None:
    staging, production = views("aws_route53_record.mail").environments
    assert [(line.address, line.ttl, line.moves) for line in record_lines(staging)] == [
        ("aws_route53_record.shop", None, True),
        ("aws_route53_record.quick", 60, False),
        ("aws_route53_record.own", "", False),
    ]
    assert record_lines(production)[1][:4] == ("aws_route53_record.mail[0]", "mail.example.org", "CNAME", 3600)


def test_only_what_moves_and_lasts_long_is_worth_lowering() -> None:
    page = build_documents(views("aws_route53_record.mail").context)["migration/dns.md"].decode()
    assert "- production, `aws_route53_record.mail[0]` (`mail.example.org`): 3600 s." in page
    assert "wait 60 minutes (the old TTL)" in page
    assert page.count(" s. Set `ttl = 60`") == 1
    page = build_documents(views("aws_route53_record.quick").context)["migration/dns.md"].decode()
    assert "Nothing: no record that moves has a TTL of more than 300 seconds." in page
    page = build_documents(views("aws_route53_record.own").context)["migration/dns.md"].decode()
    assert (
        "Look up the TTLs that aren't known: staging: `aws_route53_record.own`; production: `aws_route53_record.own`."
        in page
    )


def test_without_records() -> None:
    block = re.search(r'(?ms)^resource "aws_route53_record".*?^}\n', MAIN)
    assert block is not None
    context = small_context()
    module = load_module({**TREE, "main.tf": MAIN.replace(block.group(), "").encode()})
    moved = tuple(address for address in context.moved if address != "aws_route53_record.shop")
    page = build_documents(msgspec.structs.replace(context, module=module, moved=moved))["migration/dns.md"].decode()
    assert "has no DNS records" in page


def test_records_in_a_module_go_where_its_call_goes() -> None:
    call = 'module "names" {\n  source = "./names"\n}\n'
    inside = 'resource "aws_route53_record" "deep" {\n  zone_id = "Z"\n  name = "deep.example.org"\n  type = "A"\n  ttl = 900\n}\n'
    tree = {**TREE, "main.tf": (MAIN + call).encode(), "names/main.tf": inside.encode()}
    context = small_context()
    for moved, side in ((("module.names",), True), ((), False)):
        given = msgspec.structs.replace(context, module=load_module(tree), moved=(*context.moved, *moved))
        lines = record_lines(Views(given).environments[0])
        assert [(line.name, line.ttl) for line in lines if line.moves is side][-1] == ("deep.example.org", 900)


def test_an_alias_in_a_dynamic_block_is_one() -> None:
    more = (
        'resource "aws_route53_record" "d" {\n  zone_id = "Z"\n  name = "d.example.org"\n  type = "A"\n'
        '  dynamic "alias" {\n    for_each = [1]\n    content {\n      name = aws_lb.main.dns_name\n    }\n  }\n}\n'
    )
    given = msgspec.structs.replace(small_context(), module=load_module({**TREE, "main.tf": (MAIN + more).encode()}))
    assert [line.ttl for line in record_lines(Views(given).environments[0]) if line.name == "d.example.org"] == [None]
