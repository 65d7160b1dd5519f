"""The registry of a central repository, as its CI and the services' people use it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.acceptance.support import CENTRAL, tfhoist
from tests.acceptance.test_schemas import check

HOSTILE = "<script>alert(1)</script>\n### Service: evil\n`x` **b** \x1b[31m ::error::x %0A"


def claims(service: str, priority: int = 10, paths: tuple[str, ...] = ("/a/*",), **changes: Any) -> dict[str, Any]:
    """The claims of a service with one rule on the load balancer that everybody shares."""
    route = {
        "load_balancer": "shared", "listener": "aws_lb_listener.https", "port": "443", "priority": priority,
        "hosts": ["www.example.com"], "paths": list(paths), "conditions": [], "action": "forward", "targets": [service],
        "address": f"aws_lb_listener_rule.{service}", "decided": True, **changes.pop("route", {}),
    }  # fmt: skip
    environment = {
        "name": "production", "central_root": "environments/production", "hosts": ["www.example.com"], "paths": list(paths),
        "routes": [route], "dns": [], "names": [], "roles": [], **changes.pop("environment", {}),
    }  # fmt: skip
    return {
        "schema": "tfhoist/registry/1", "service": service, "owner": f"{service}@example.com", "contact": f"#{service}",
        "module": f"terraform_module/{service}", "environments": [environment], "outputs": [f"{service}_arn"], "resources": [],
        **changes,
    }  # fmt: skip


def put(folder: Path, document: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document['service']}.json"
    path.write_text(json.dumps(document, indent=2))
    return path


@pytest.fixture
def central(tmp_path: Path) -> Path:
    folder = tmp_path / "central"
    assert tfhoist("init", folder, "--central", "--team", "@org/platform").code == 0
    return folder


def ids(run: Any) -> list[str]:
    check(run.json, "registry-check")
    return [finding["id"] for finding in run.json["findings"]]


def test_two_services_that_collide_and_the_transfer(central: Path, tmp_path: Path) -> None:
    assert tfhoist("registry", "add", put(tmp_path / "p", claims("one")), "--central", central).code == 0
    second = claims("two", 10, ("/a/b", "/c"))
    path = put(tmp_path / "p", second)
    run = tfhoist("registry", "check", central, "--add", path, "--json")
    assert run.code == 2
    assert ids(run) == ["registry-path-taken", "registry-priority-taken"]
    for finding in run.json["findings"]:
        assert "one (one@example.com)" in finding["summary"]
        assert "two (two@example.com)" in finding["summary"]
    taken, priority = run.json["findings"]
    assert (taken["witness"]["host"], taken["witness"]["path"]) == ("www.example.com", "/a/b")
    assert "Free on www.example.com: /two/*" in taken["advice"]
    assert "Free there: 11, 12, 13." in priority["advice"]
    run = tfhoist("registry", "add", path, "--central", central)
    assert (run.code, (central / "registry/two.json").exists()) == (2, False)

    second["transfer_from"] = ["one"]
    path = put(tmp_path / "p", second)
    assert tfhoist("registry", "check", central, "--add", path).code == 0
    assert tfhoist("registry", "add", path, "--central", central).code == 0
    left = json.loads((central / "registry/one.json").read_text())
    assert left["environments"][0]["routes"] == []
    written = json.loads((central / "registry/two.json").read_text())
    assert ("transfer_from" in written, written["transferred"]) == (False, ["one"])
    assert "registry-path-taken" not in ids(tfhoist("registry", "check", central, "--json"))

    again = tfhoist("registry", "check", central, "--add", path, "--json")
    assert (again.code, ids(again)) == (2, ["registry-transfer-refused"])


def test_each_kind_of_collision(central: Path, tmp_path: Path) -> None:
    dns = [{"name": "www.example.com", "type": "A", "zone": "Z", "alias": "", "address": "aws_route53_record.www"}]
    names = [{"type": "aws_iam_role", "name": "role", "address": "aws_iam_role.role"}]
    environment = {"dns": dns, "names": names}
    put(central / "registry", claims("one", 10, outputs=["same"], environment=dict(environment)))
    put(
        central / "registry",
        claims("two", 20, ("/b",), outputs=["same"], environment=dict(environment), owner="", contact=" "),
    )
    run = tfhoist("registry", "check", central, "--json")
    assert run.code == 2
    assert {name for name in ids(run) if name.endswith(("-taken", "-missing"))} == {
        "registry-dns-taken", "registry-name-taken", "registry-output-taken", "registry-owner-missing", "registry-contact-missing",
        "registry-entry-missing", "registry-root-missing",
    }  # fmt: skip


def test_what_keeps_an_overlap_open_is_a_warning(central: Path, tmp_path: Path) -> None:
    put(central / "registry", claims("one", 10))
    run = tfhoist(
        "registry",
        "check",
        central,
        "--json",
        "--add",
        put(tmp_path, claims("two", 20, route={"conditions": ["http_header"]})),
    )
    assert (run.code, ids(run)) == (0, ["registry-claim-undecided"])


def condition(
    kind: str, *values: str, name: str = "", pairs: tuple[tuple[str | None, str], ...] = ()
) -> dict[str, Any]:
    return {"kind": kind, "values": list(values), "name": name, "pairs": [list(pair) for pair in pairs]}


@pytest.mark.parametrize(
    ("one", "two", "shown"),
    [
        (condition("http_request_method", "GET"), condition("http_request_method", "POST"), None),
        (condition("http_request_method", "GET", "PUT"), condition("http_request_method", "PUT"), "PUT"),
        (condition("http_header", "a", name="X-Env"), condition("http_header", "b*", name="x-env"), None),
        (condition("http_header", "a*", name="X-Env"), condition("http_header", "*b", name="x-env"), "x-env: ab"),
        (condition("http_header", "a", name="X-Env"), condition("http_header", "b", name="X-Other"), "x-other: b"),
        (condition("source_ip", "10.0.0.0/8"), condition("source_ip", "192.0.2.0/24"), None),
        (condition("source_ip", "10.0.0.0/8"), condition("source_ip", "10.1.0.0/16"), "from 10."),
        (condition("query_string", pairs=(("v", "1"),)), condition("query_string", pairs=(("V", "2"),)), None),
        (condition("query_string", pairs=(("v", "1"),)), condition("query_string", pairs=(("w", "2"),)), "?v=1&w=2"),
    ],
)
def test_other_conditions_keep_two_services_apart_or_not(
    central: Path, tmp_path: Path, one: dict[str, Any], two: dict[str, Any], shown: str | None
) -> None:
    def asking(service: str, priority: int, match: dict[str, Any]) -> dict[str, Any]:
        return claims(service, priority, route={"conditions": [match["kind"]], "matches": [match]})

    put(central / "registry", asking("one", 10, one))
    run = tfhoist("registry", "check", central, "--json", "--add", put(tmp_path, asking("two", 20, two)))
    assert ids(run) == ([] if shown is None else ["registry-path-taken"])
    for finding in run.json["findings"]:
        assert shown is not None
        assert shown in finding["summary"]
        assert finding["witness"]["path"].startswith("/a/")


def edge(kind: str, *hosts: str, mapping: str = "") -> dict[str, Any]:
    return {"kind": kind, "hosts": list(hosts), "paths": ["/*"], "mapping": mapping, "address": f"aws_{kind}.{mapping}"}


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ([edge("cloudfront", "a.example.com")], [edge("cloudfront", "a.example.com")], "registry-edge-taken"),
        ([edge("cloudfront", "*.example.com")], [edge("cloudfront", "b.a.example.com")], "registry-path-taken"),
        ([edge("cloudfront", "*.example.com")], [edge("cloudfront", "example.com")], None),
        ([edge("cloudfront", "a.example.com")], [edge("api-gateway", "a.example.com")], None),
        ([edge("api-gateway", "a.example.com")], [edge("api-gateway", "a.example.com")], "registry-edge-taken"),
        ([edge("api-gateway-mapping", "a", mapping="x")], [edge("api-gateway-mapping", "a", mapping="x")], "registry-edge-taken"),
        ([edge("api-gateway-mapping", "a", mapping="x")], [edge("api-gateway-mapping", "b", mapping="x")], None),
        ([edge("api-gateway-mapping", "a")], [edge("api-gateway-mapping", "a", mapping="x")], None),
        ([edge("api-gateway-mapping", "a", mapping="x")], [edge("api-gateway-mapping", "a", mapping="x/y")], "registry-path-taken"),
        # by whole parts of the path, unless the domain has a mapping of several levels
        ([edge("api-gateway-mapping", "a", mapping="x")], [edge("api-gateway-mapping", "a", mapping="xy")], None),
        (
            [edge("api-gateway-mapping", "a", mapping="x"), edge("api-gateway-mapping", "a", mapping="z/z")],
            [edge("api-gateway-mapping", "a", mapping="xy")],
            "registry-path-taken",
        ),
    ],
)  # fmt: skip
def test_what_answers_beside_listeners(
    central: Path, tmp_path: Path, one: list[dict[str, Any]], two: list[dict[str, Any]], expected: str | None
) -> None:
    put(central / "registry", claims("one", 10, environment={"edges": one}))
    assert one[0]["hosts"][0] in tfhoist("registry", "claims", central).out
    path = put(tmp_path, claims("two", 20, ("/b",), environment={"edges": two}))
    run = tfhoist("registry", "check", central, "--json", "--add", path)
    assert ids(run) == ([] if expected is None else [expected])
    for finding in run.json["findings"]:
        assert "two (two@example.com) and one (one@example.com)" in finding["summary"]


def test_a_port_is_there_once_whatever_the_protocol(central: Path, tmp_path: Path) -> None:
    def listening(service: str, balancer: str, protocol: str) -> dict[str, Any]:
        listener = {
            "load_balancer": balancer,
            "port": "53",
            "protocol": protocol,
            "address": f"aws_lb_listener.{service}",
        }
        return claims(service, len(service), (f"/{service}",), environment={"listeners": [listener]})

    put(central / "registry", listening("one", "dns", "TCP"))
    run = tfhoist("registry", "check", central, "--json", "--add", put(tmp_path, listening("three", "dns", "UDP")))
    assert ids(run) == ["registry-port-taken"]
    [finding] = run.json["findings"]
    assert "port 53 of dns (UDP and TCP) in production" in finding["summary"]
    for balancer in ("other", ""):
        path = put(tmp_path, listening("three", balancer, "UDP"))
        assert ids(tfhoist("registry", "check", central, "--json", "--add", path)) == []


def test_an_output_that_is_read_is_offered(central: Path, tmp_path: Path) -> None:
    reading = claims("two", 20, ("/b",), consumes=[{"service": "one", "outputs": ["one_arn"]}])
    put(central / "registry", claims("one"))
    put(central / "registry", reading)
    assert "registry-output-missing" not in ids(tfhoist("registry", "check", central, "--json"))
    run = tfhoist("registry", "check", central, "--json", "--add", put(tmp_path, claims("one", outputs=["other"])))
    assert ids(run) == ["registry-output-missing"]
    [finding] = run.json["findings"]
    assert finding["summary"] == (
        "two (two@example.com) reads the output one_arn, and one (one@example.com) doesn't offer it"
    )
    put(central / "registry", claims("one", outputs=["other"]))
    assert "registry-output-missing" in ids(tfhoist("registry", "check", central, "--json"))
    root = central / "environments/production"
    (root / "main.tf").write_text('output "one_arn" {\n  value = "x"\n}\n')
    assert "registry-output-missing" not in ids(tfhoist("registry", "check", central, "--json"))


def test_names_and_outputs_are_what_is_declared(consolidated: Path, tmp_path: Path) -> None:
    central = tmp_path / "central"
    shutil.copytree(consolidated / "central", central)
    path = central / "registry/data-pipeline.json"
    document = json.loads(path.read_text())
    names = document["environments"][0]["names"]
    renamed, gone = names[0], names.pop(1)
    old = renamed["name"]
    renamed["name"] = "another"
    names.append({"type": "aws_iam_role", "name": "nobody", "address": "aws_iam_role.nobody"})
    output = document["outputs"].pop(0)
    listener = document["environments"][1]["listeners"][0]
    listener["port"] = "81"
    document["outputs"].append("nobodys_output")
    path.write_text(json.dumps(document, indent=2))
    drifts = [
        one["summary"]
        for one in tfhoist("registry", "check", central, "--json").json["findings"]
        if one["id"] == "registry-drift"
    ]
    place = document["environments"][0]["name"]
    assert f"data-pipeline: {renamed['address']} in {place}: its name is another claimed, and {old} declared" in drifts
    assert (
        f"data-pipeline: the {gone['type']} {gone['name']} ({gone['address']}) is declared in {place}, and not claimed"
        in drifts
    )
    assert (
        f"data-pipeline: the aws_iam_role nobody (aws_iam_role.nobody) is claimed in {place}, and not declared"
        in drifts
    )
    second = document["environments"][1]["name"]
    assert f"data-pipeline: {listener['address']} (port 81) is claimed in {second}, and port 80 declared" in drifts
    assert f"data-pipeline: the output {output} is declared in {place}, and not claimed" in drifts
    assert f"data-pipeline: the output nobodys_output is claimed, and not declared in {place}" in drifts


def test_a_consolidation_is_added_and_checked_against_what_is_declared(consolidated: Path, tmp_path: Path) -> None:
    central = tmp_path / "central"
    shutil.copytree(consolidated / "central", central)
    run = tfhoist("registry", "check", central, "--json")
    assert (run.code, ids(run)) == (0, ["registry-entry-missing"])  # website is in the document only
    path = central / "registry/data-pipeline.json"
    document = json.loads(path.read_text())
    document["environments"][0]["routes"][0]["priority"] = 41
    document["environments"][0]["routes"].pop()
    path.write_text(json.dumps(document, indent=2))
    run = tfhoist("registry", "check", central, "--json")
    drifts = [one["summary"] for one in run.json["findings"] if one["id"] == "registry-drift"]
    assert any("its priority is 41 claimed, and is 40 declared" in one for one in drifts)
    assert any("is declared in" in one and "not claimed" in one for one in drifts)
    put(tmp_path, document)
    shutil.copytree(CENTRAL, tmp_path / "fresh")
    run = tfhoist("registry", "add", consolidated, "--central", tmp_path / "fresh")
    assert run.code == 0, run.out
    text = (tmp_path / "fresh/docs/resource_registry.md").read_text()
    before = (CENTRAL / "docs/resource_registry.md").read_text()
    assert text.startswith(before.split("## Changing an entry")[0].rstrip())
    assert "## Changing an entry" in text
    assert tfhoist("registry", "add", consolidated, "--central", tmp_path / "fresh").code == 0
    assert (tmp_path / "fresh/docs/resource_registry.md").read_text() == text
    assert "data-pipeline" in tfhoist("registry", "claims", tmp_path / "fresh").out
    check(tfhoist("registry", "claims", tmp_path / "fresh", "--json").json, "registry-claims")
    assert "website (in the document only" in tfhoist("registry", "show", tmp_path / "fresh").out


def test_annotations_and_sarif(central: Path, tmp_path: Path) -> None:
    put(central / "registry", claims("one"))
    put(central / "registry", claims("two"))
    run = tfhoist("registry", "check", central, "--format", "github")
    assert run.code == 2
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in run.out.splitlines())
    assert "file=registry/two.json,line=" in run.out
    sarif = tfhoist("registry", "check", central, "--format", "sarif").json
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} >= {"registry-path-taken"}


def test_hostile_claims_stay_text(central: Path, tmp_path: Path) -> None:
    hostile = claims(
        "evil", 11, ("/" + "*?" * 5_000, f"/{HOSTILE}", "/**?*?*" * 15), owner=HOSTILE, contact=HOSTILE,
        environment={
            "names": [{"type": HOSTILE, "name": HOSTILE, "address": HOSTILE}],
            "dns": [{"name": HOSTILE, "type": HOSTILE, "zone": "", "alias": "", "address": "x"}],
        },
    )  # fmt: skip
    put(central / "registry", claims("one"))
    path = put(tmp_path, hostile)
    for format_ in ("text", "github", "json", "sarif"):
        run = tfhoist("registry", "check", central, "--add", path, "--format", format_)
        assert run.code in (0, 2)
        assert "\x1b" not in run.out
        if format_ == "github":
            assert all(line.startswith("::") for line in run.out.splitlines())
            assert run.out.count("\n::error") + run.out.startswith("::error") <= run.out.count("::error ")
    assert tfhoist("registry", "add", path, "--central", central).code == 0
    text = (central / "docs/resource_registry.md").read_text()
    assert "<script" not in MarkdownIt("commonmark").render(text)  # inside a code span it is text
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if line.startswith("#")] == ["# Resource registry", "### Service: evil"]
    assert "<script" not in (central / ".github/CODEOWNERS").read_text()
    (tmp_path / "etc.json").write_text(json.dumps({**claims("one"), "service": "../../etc"}))
    assert tfhoist("registry", "add", tmp_path / "etc.json", "--central", central).code == 1
    (central / "registry/broken.json").write_text('{"schema": [')
    (central / "registry/deep.json").write_text("[" * 100_000)
    run = tfhoist("registry", "check", central, "--json")
    assert ids(run).count("registry-claims-unreadable") == 2


def test_a_document_that_people_wrote_otherwise(central: Path) -> None:
    put(central / "registry", claims("one"))
    (central / "docs/resource_registry.md").write_text(
        "# Registry\n\nA note.\n\n## Service: one\n\n**Paths:**\n* `/a/*` - all of it\n* nothing in backticks\n\n"
        "**Colour**: blue\n\n**Owners**: one@example.com\n**Contact**: `#other`\n\n```\ncode\n```\n"
    )
    run = tfhoist("registry", "check", central, "--json")
    summaries = {one["summary"] for one in run.json["findings"]}
    assert "docs/resource_registry.md:9: a path line without a path in backticks" in summaries
    assert "docs/resource_registry.md:11: a section that isn't known: Colour" in summaries
    assert "one: the contact is #other, and #one in the claims" in summaries
    assert not any("owner" in one for one in summaries)


ENTRY = """
### Service: {service}

**Path Prefixes**:
- `{path}` - pages

**DNS**:
{dns}

**Owner**: `{service}@example.com`
**Contact**: `#{service}`
"""


def test_entries_that_only_people_wrote(central: Path, tmp_path: Path) -> None:
    """Their hosts and paths count as far as the document says them: with one host each path is of it, with several it's open."""

    def written(*entries: tuple[str, str, str]) -> list[tuple[str, str]]:
        text = "".join(ENTRY.format(service=name, path=path, dns=dns) for name, path, dns in entries)
        (central / "docs/resource_registry.md").write_text(f"# Registry\n{text}")
        run = tfhoist("registry", "check", central, "--json")
        return [
            (one["id"], one["summary"].split(":")[0])
            for one in run.json["findings"]
            if one["id"] in ("registry-path-taken", "registry-claim-undecided", "registry-dns-taken")
        ]

    put(central / "registry", claims("one", 10))
    both = "one (one@example.com) and old (old@example.com)"
    assert written(("old", "/a/b", "- `www.example.com`")) == [
        ("registry-path-taken", f"{both} both claim www.example.com/a/b")
    ]
    assert written(("old", "/b/*", "- `www.example.com`")) == []
    assert written(("old", "/a/b", "- `else.example.com`")) == []
    assert written(("old", "/a/b", "- None")) == []
    assert written(("old", "/a/b", "- `www.example.com`\n- `else.example.com`")) == [
        ("registry-claim-undecided", f"{both} may both claim www.example.com/a/b")
    ]
    pair = "old (old@example.com) and new (new@example.com)"
    assert written(("old", "/x/*", "- `x.example.com`"), ("new", "/x/y", "- `x.example.com`")) == [
        ("registry-dns-taken", f"{pair} both claim the record x.example.com"),
        ("registry-path-taken", f"{pair} both claim x.example.com/x/y"),
    ]
    written(("old", "/c/*", "- `www.example.com`"))
    run = tfhoist("registry", "check", central, "--json", "--add", put(tmp_path, claims("two", 20, ("/c/d",))))
    assert ids(run) == ["registry-path-taken"]


def test_a_new_central_repository(central: Path) -> None:
    files = {str(path.relative_to(central)) for path in central.rglob("*") if path.is_file()}
    assert files >= {
        ".github/CODEOWNERS", ".github/pull_request_template.md", ".github/workflows/central.yml", "docs/resource_registry.md",
        "environments/production/README.md", "registry/README.md", "terraform_module/README.md",
    }  # fmt: skip
    put(central / "registry", claims("one"))
    assert tfhoist("init", central, "--central", "--team", "@org/platform", "--force", "--backstage").code == 0
    assert "/terraform_module/one/ one@example.com @org/platform" in (central / ".github/CODEOWNERS").read_text()
    assert 'name: "one"' in (central / "registry/one/catalog-info.yaml").read_text()
    workflow = (central / ".github/workflows/central.yml").read_text()
    for step in ("terraform fmt -check", "validate", "tfhoist registry check", "tfhoist contract", " plan "):
        assert step in workflow
    assert tfhoist("init", central, "--central", "--environment", "../x").code == 1
    assert tfhoist("init", central, "--central", "--team", "a b").code == 1
