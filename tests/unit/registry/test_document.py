"""The registry document: the form, and that every line which was there stays."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.documents.small_context import small_context
from tfhoist.errors import UsageError
from tfhoist.registry.claims import Claims
from tfhoist.registry.document import add_entry, entries
from tfhoist.registry.entry import Claimed, Provisioned, RegistryEntry, build_claims, build_entry, render_entry

# The request's own entry (PRD, "Resource Registry Entry"), with the blanks at the ends of its lines.
FORM = (
    "### Service: data-pipeline\n\n"
    "**Path Prefixes**: \n"
    "- `/api/*` - Main API endpoints\n"
    "- `/api/mlflow/*` - MLflow proxy endpoints\n"
    "- `/mlflow/*` - Direct MLflow access\n\n"
    "**DNS**: \n"
    "- `registry.hokus.ai` - Model registry and API\n"
    "- Internal MLflow endpoint\n\n"
    "**Provisioned Resources**:\n"
    "- ALB: hokusai-development (shared main ALB)\n"
    "- ALB: hokusai-registry-development (dedicated registry ALB)\n"
    "- Target Groups: api, mlflow, registry_api, registry_mlflow\n"
    "- Route53 A record: registry.hokus.ai\n"
    "- IAM Roles: ecs-execution-role, ecs-task-role\n\n"
    "**Owner**: `data-pipeline-team@hokusai.ai`  \n"
    "**Contact**: `slack: #hokusai-data-pipeline`\n"
)
ENTRY = RegistryEntry(
    service="data-pipeline",
    paths=(
        Claimed(("/api/*",), "Main API endpoints"),
        Claimed(("/api/mlflow/*",), "MLflow proxy endpoints"),
        Claimed(("/mlflow/*",), "Direct MLflow access"),
    ),
    dns=(Claimed(("registry.hokus.ai",), "Model registry and API"), Claimed((), "Internal MLflow endpoint")),
    resources=(
        Provisioned("ALB", "hokusai-development (shared main ALB)"),
        Provisioned("ALB", "hokusai-registry-development (dedicated registry ALB)"),
        Provisioned("Target Groups", "api, mlflow, registry_api, registry_mlflow"),
        Provisioned("Route53 A record", "registry.hokus.ai"),
        Provisioned("IAM Roles", "ecs-execution-role, ecs-task-role"),
    ),
    owner="data-pipeline-team@hokusai.ai",
    contact="slack: #hokusai-data-pipeline",
)


def entry(service: str = "shop") -> RegistryEntry:
    return msgspec.structs.replace(ENTRY, service=service)


def test_form_of_the_request() -> None:
    assert render_entry(ENTRY) == FORM


def test_entry_says_what_the_model_says() -> None:
    assert render_entry(build_entry(small_context())) == (
        "### Service: shop\n\n"
        "**Path Prefixes**: \n"
        "- `/basket` - shop.example.org on main to web:8080\n"
        "- `/cart/*` - shop.example.org and any other host on main to web:8080\n\n"
        "**DNS**: \n"
        "- `shop.example.org` - A record, alias of the load balancer main\n\n"
        "**Provisioned Resources**:\n"
        "- ALB: shop-staging, shop-production (main)\n"
        "- Target Groups: web\n"
        "  - web: shop-staging-web, shop-production-web\n"
        "- Route53 A record: shop.example.org\n"
        "- IAM Roles: task\n"
        "  - task: shop-staging-task, shop-production-task\n"
        "- Listeners: http (80 HTTP), https (443 HTTPS; production)\n"
        "- Listener Rules: http 20, 30\n"
        "- Security Groups: alb\n"
        "  - alb: shop-staging-alb-\\*, shop-production-alb-\\*\n\n"
        "**Owner**: `shop-team@example.org`  \n"
        "**Contact**: `slack: #shop`\n"
    )


def test_new_document() -> None:
    made = add_entry(None, ENTRY)
    assert made.startswith("# Resource registry\n")
    assert made.endswith(f"\n\n{FORM}")
    assert [one.service for one in entries(made)] == ["data-pipeline"]


def test_between_the_last_entry_and_what_follows(examples: Path) -> None:
    before = (examples / "hokusai-infrastructure/docs/resource_registry.md").read_text()
    made = add_entry(before, ENTRY)
    assert made.replace(f"{FORM}\n", "", 1) == before
    assert [one.service for one in entries(made)] == ["website", "data-pipeline"]
    assert (
        made.index("slack: #hokusai-web")
        < made.index("### Service: data-pipeline")
        < made.index("## Changing an entry")
    )


def test_the_same_entry_again_changes_nothing() -> None:
    once = add_entry("# R\n", ENTRY)
    assert add_entry(once, ENTRY) == once


def test_another_entry_of_the_service_is_refused() -> None:
    once = add_entry("# R\n", ENTRY)
    with pytest.raises(UsageError, match=r"already has an entry of data-pipeline \(line 3\)"):
        add_entry(once, msgspec.structs.replace(ENTRY, owner="somebody@else"))


def test_what_only_looks_like_an_entry() -> None:
    document = "# R\n\n```markdown\n### Service: shop\n```\n\n<!--\n### Service: shop\n-->\n\n    ### Service: shop\n"
    assert entries(document) == []
    made = add_entry(document, entry())
    assert made.startswith(document)
    assert [one.service for one in entries(made)] == ["shop"]


def test_other_levels_and_headings_inside_an_entry() -> None:
    document = "# R\n\n## Service: `a`\n\n### Notes\n\ntext\n\n# End\n"
    assert [(one.service, one.start, one.end) for one in entries(document)] == [("a", 2, 8)]
    made = add_entry(document, entry())
    assert made == f"# R\n\n## Service: `a`\n\n### Notes\n\ntext\n\n{render_entry(entry())}\n# End\n"


def test_carriage_returns_stay() -> None:
    made = add_entry("# R\r\n\r\n### Service: a\r\n\r\ntext\r\n", entry())
    assert made.count("\r\n") == made.count("\n")
    assert made.startswith("# R\r\n\r\n### Service: a\r\n\r\ntext\r\n\r\n### Service: shop\r\n")


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n"])
def test_ends(end: str) -> None:
    made = add_entry(f"# R\n\n### Service: a\n\ntext{end}", entry())
    assert made.startswith("# R\n\n### Service: a\n\ntext\n\n### Service: shop\n")
    assert [one.service for one in entries(made)] == ["a", "shop"]


LINES = st.sampled_from(
    [
        "",
        "text",
        "### Service: a",
        "## Service: b",
        "# Title",
        "```",
        "<!--",
        "-->",
        "- item",
        "    code",
        "---",
        "===",
        "> q",
    ]
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_every_line_stays(document: str) -> None:
    made = add_entry(document, entry())
    rest = iter(made.split("\n"))
    assert all(line in rest for line in document.split("\n") if line)
    if "shop" not in [one.service for one in entries(made)]:
        assert "```" in document or "<!--" in document  # an open block swallows everything up to the end


def test_claims() -> None:
    claims = msgspec.json.decode(build_claims(small_context()), type=Claims)
    assert claims.schema == "tfhoist/registry/1"
    assert claims.outputs[0] == "alb_security_group_id"
    staging, production = claims.environments
    assert (staging.name, production.name) == ("staging", "production")
    assert staging.hosts == ("shop.example.org",)
    assert staging.paths == ("/basket", "/cart/*")
    assert [(route.priority, route.load_balancer, route.targets) for route in staging.routes] == [
        (20, "shop-staging", ("shop-staging-web",)),
        (30, "shop-staging", ("shop-staging-web",)),
    ]
    assert [(one.name, one.zone) for one in production.dns] == [("shop.example.org", "Z0PRODUCTION")]
    assert production.roles == ("shop-production-task",)
    assert ("aws_lb", "shop-production") in [(one.type, one.name) for one in production.names]
