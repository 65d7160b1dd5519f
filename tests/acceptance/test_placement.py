"""`tfhoist placement` as a person runs it."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.support import SERVICE, tfhoist
from tests.acceptance.test_schemas import check


def test_it_shows_sides_reasons_the_cut_and_alternatives() -> None:
    run = tfhoist("placement", SERVICE)
    assert run.code == 0, run.err
    assert "data-pipeline: 75 blocks, 41 central and 34 local" in run.out
    assert "companion of aws_lb.main: a listener belongs to its load balancer" in run.out
    assert "aws_lb.main.arn_suffix, read by aws_cloudwatch_metric_alarm.api_health (observability.tf:35)" in run.out
    assert "aws_lb.main local: 28 (−16)" in run.out
    assert "dearer ones: --verbose shows them" in run.out
    longer = tfhoist("placement", SERVICE, "--verbose").out
    assert len(longer.splitlines()) > len(run.out.splitlines())
    assert "dearer ones" not in longer


def test_json_fits_its_schema_and_adds_up() -> None:
    document = tfhoist("placement", SERVICE, "--json").json
    check(document, "placement")
    assert sum(charge["cost"] for charge in document["charges"]) == document["cost"]
    for one in document["alternatives"]:
        added, removed = (sum(charge["cost"] for charge in one[key]) for key in ("added", "removed"))
        assert one["cost"] - document["cost"] == one["difference"] == added - removed


def test_a_contradiction_is_refused_with_its_chain(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_lb" "main" {\n  lifecycle {\n    replace_triggered_by = [aws_s3_bucket.data]\n  }\n}\n'
        'resource "aws_s3_bucket" "data" {}\n'
    )
    run = tfhoist("placement", tmp_path)
    assert run.code == 2
    assert "contradictory-placement" in run.err
    assert "replace_triggered_by" in run.err


def test_a_policy_by_name_by_file_and_from_the_settings(tmp_path: Path) -> None:
    assert "(policy: google)" in tfhoist("placement", SERVICE, "--policy", "google").out
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text('resource "aws_lb" "main" {}\nresource "aws_s3_bucket" "data" {}\n')
    (root / "team.toml").write_text(
        'extends = "prd"\n[[rules]]\nname = "ours"\nmatch = ["aws_lb"]\nside = "local"\nreason = "we keep it"\n'
    )
    shown = tfhoist("placement", root, "--policy", root / "team.toml").out
    assert "rule ours: we keep it" in shown
    assert "rule bucket:" in shown
    (root / "tfhoist.toml").write_text('[placement]\npolicy = "team.toml"\n')
    assert "rule ours: we keep it" in tfhoist("placement", root).out
    assert "rule ours: we keep it" in tfhoist("explain", "aws_lb.main", root).out


def test_a_policy_that_is_not_there_or_wrong(tmp_path: Path) -> None:
    run = tfhoist("placement", SERVICE, "--policy", "gogle")
    assert run.code == 1
    assert "there is no policy 'gogle'" in run.err
    policy = tmp_path / "team.toml"
    policy.write_text('[[rules]]\nmatch = ["aws_lb"]\nside = "centre"\n')
    run = tfhoist("placement", SERVICE, "--policy", policy)
    assert run.code == 1
    assert 'rules[0].side can\'t be "centre"' in run.err
    assert "team.toml:3" in run.err
