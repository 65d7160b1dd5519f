"""Hostile text in names, hosts, paths and headers of load balancers: handled or refused, quickly, and text in every output."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.acceptance.support import CENTRAL, tfhoist
from tests.acceptance.test_schemas import check

EVIL = "<script>alert(1)</script>\n### evil\n::error::evil %0A `x` **b** | [l](javascript:x) \x1b[31m \u202e"
"""Markup, lines of their own, a workflow command, a control character, and one that turns the writing direction."""

LONG = "/" + "a*" * 5_000
CHAINS = ["/" + "**?*?*" * count for count in (5, 10, 20)]

ROOT = """
    terraform {{
      backend "s3" {{
        bucket = "states"
        key    = "shop/terraform.tfstate"
        region = "eu-central-1"
      }}
    }}
    provider "aws" {{
      region = "eu-central-1"
    }}
    variable "environment" {{
      default = "production"
    }}
    resource "aws_lb" "main" {{
      name = {evil}
    }}
    resource "aws_lb_target_group" "evil" {{
      name     = {evil}
      port     = 80
      protocol = "HTTP"
    }}
    resource "aws_lb_target_group" "unused" {{
      name = {evil}
    }}
    resource "aws_lb_listener" "http" {{
      load_balancer_arn = aws_lb.main.arn
      port              = 80
      protocol          = "HTTP"
      default_action {{
        type = "fixed-response"
        fixed_response {{
          content_type = "text/plain"
          message_body = {evil}
          status_code  = "404"
        }}
      }}
    }}
    resource "aws_lb_listener_rule" "evil" {{
      listener_arn = aws_lb_listener.http.arn
      priority     = 900
      action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.evil.arn
      }}
      condition {{
        host_header {{
          values = [{evil}, "a.example.com"]
        }}
      }}
      condition {{
        http_header {{
          http_header_name = {evil}
          values           = [{evil}]
        }}
      }}
    }}
    resource "aws_lb_listener_rule" "visible" {{
      listener_arn = aws_lb_listener.http.arn
      priority     = 2
      action {{
        type = "redirect"
        redirect {{
          host        = {evil}
          status_code = "HTTP_301"
        }}
      }}
      condition {{
        path_pattern {{
          values = ["/<script>alert(1)</script>/`x`/*", "/|**b**|[l](javascript:x)"]
        }}
      }}
    }}
    resource "aws_lb_listener_rule" "same" {{
      listener_arn = aws_lb_listener.http.arn
      priority     = 2
      action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.evil.arn
      }}
      condition {{
        path_pattern {{
          values = ["/<script>alert(1)</script>/*"]
        }}
      }}
    }}
{rules}
    resource "aws_route53_record" "evil" {{
      zone_id = "Z1"
      name    = {evil}
      type    = "CNAME"
      records = [{evil}]
    }}
    resource "aws_cloudfront_distribution" "one" {{
      aliases = [{evil}]
    }}
    resource "aws_cloudfront_distribution" "two" {{
      aliases = [{evil}]
    }}
    resource "aws_apigatewayv2_api_mapping" "evil" {{
      domain_name     = {evil}
      api_mapping_key = {evil}
    }}
    resource "aws_s3_bucket" "stays" {{
      bucket = "shop-production"
    }}
"""

RULE = """
    resource "aws_lb_listener_rule" "nasty{number}" {{
      listener_arn = aws_lb_listener.http.arn
      priority     = {priority}
      action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.evil.arn
      }}
      condition {{
        path_pattern {{
          values = [{path}]
        }}
      }}
    }}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "root"
    folder.mkdir()
    rules = "".join(
        RULE.format(number=number, priority=number + 10, path=json.dumps(path))
        for number, path in enumerate([*CHAINS, LONG])
    )
    (folder / "main.tf").write_text(ROOT.format(evil=json.dumps(EVIL), rules=rules))
    return folder


def plain(text: str) -> None:
    """No control character, and no line that the hostile text would have begun."""
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.startswith(("### evil", "::error::evil")) for line in text.splitlines())


def rendered(text: str) -> None:
    """What Markdown makes of it has no markup of the hostile text."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script" not in html
    assert 'href="javascript:' not in html
    assert not any(f"<h{level}>evil" in html for level in range(1, 7))


def test_routes(root: Path) -> None:
    began = time.monotonic()
    for arguments in ((root,), (root, "http://a.example.com/x")):
        run = tfhoist("routes", *arguments)
        assert run.code == 0
        plain(run.out)
        shown = tfhoist("routes", *arguments, "--json")
        check(shown.json, "routes" if len(arguments) == 1 else "answer")
        assert "\x1b" not in shown.out
    statuses = {
        rule["address"].rpartition(".")[2]: rule["status"]
        for listener in tfhoist("routes", root, "--json").json["listeners"]
        for rule in listener["rules"]
    }
    assert [statuses[f"nasty{number}"] for number in range(4)] == ["live", "shadowed", "shadowed", "undecided"]
    assert time.monotonic() - began < 30


def test_diff(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.tf").write_text((root / "main.tf").read_text().replace('"HTTP_301"', '"HTTP_302"'))
    run = tfhoist("routes", "diff", root, other)
    assert run.code == 2
    plain(run.out)
    check(tfhoist("routes", "diff", root, other, "--json").json, "routes-diff")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "sarif"])
def test_audit(root: Path, form: str) -> None:
    began = time.monotonic()
    run = tfhoist("audit", root, "--format", form)
    assert run.code == 2
    assert "\x1b" not in run.out
    assert "edge-claimed-twice" in run.out
    if form in ("json", "sarif"):
        json.loads(run.out)
    elif form == "markdown":
        rendered(run.out)
    else:
        plain(run.out)
    assert time.monotonic() - began < 15


def test_documents_and_report(root: Path, tmp_path: Path, consolidated: Path) -> None:
    out = tmp_path / "out"
    run = tfhoist("consolidate", root, "--central", CENTRAL, "--out", out)
    plain(run.out)
    plain(run.err)
    written = [path for path in out.rglob("*") if path.is_file()]
    assert any(path.name == "runbook.md" for path in written), run.out + run.err
    for path in written:
        text = path.read_text()
        assert "\x1b" not in text, path
        if path.suffix == ".md":
            rendered(text)
    page = (out / "report.html").read_text()
    assert page.count("<script") == (consolidated / "report.html").read_text().count("<script")
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert tfhoist("registry", "check", out / "central").code in (0, 2)
    plain(tfhoist("registry", "show", out / "central").out)
    plain(tfhoist("registry", "claims", out / "central").out)
    plain(tfhoist("registry", "check", out / "central", "--format", "github").out)
