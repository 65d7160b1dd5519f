"""DNS and endpoints: what answers, what doesn't, and what can't be asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.validation.conftest import Site
from tests.validation.servers import Authority, Web, free_port
from tfhoist.api.validating import Validated
from tfhoist.errors import UsageError

Told = Callable[[Validated], dict[str, str]]

HEALTH = "endpoint https://auth.hokus.ai/health"
REDIRECT = "endpoint http://auth.hokus.ai/"


def with_means(site: Site, **changes: object) -> None:
    site.means = msgspec.structs.replace(site.means, **changes)


# DNS


def test_a_name_that_leads_elsewhere(site: Site, differing: Told) -> None:
    site.record("dns")
    site.names.answers["auth.hokus.ai", "A"] = ["203.0.113.9"]
    found = differing(site.compare("dns"))
    assert found == {
        "dns auth.hokus.ai A": "differs | answers: the addresses of hokusai-auth-production -> "
        "203.0.113.9: not the addresses of hokusai-auth-production"
    }


def test_addresses_that_rotate_are_the_same(site: Site, differing: Told) -> None:
    site.record("dns")
    balancer = site.world.balancers["hokusai-auth-production"]["DNSName"].lower()
    site.names.answers[balancer, "A"] = ["192.0.2.1", "192.0.2.2"]
    site.names.answers["auth.hokus.ai", "A"] = ["192.0.2.2"]
    assert differing(site.compare("dns")) == {}


def test_a_resolver_that_says_nothing_is_unchecked(
    site: Site, differing: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.record("dns")
    monkeypatch.setattr("tfhoist.probes.dns.LIFETIME", 0.5)
    site.names.silent = True
    done = site.compare("dns")
    found = differing(done)
    assert done.verdict == "undecided"
    assert set(found) == {"dns auth.hokus.ai A", "dns registry.hokus.ai A"}
    assert all(text.startswith("unchecked | DNS: ") for text in found.values())


def test_a_private_zone_is_unchecked_with_a_way_out(site: Site, differing: Told) -> None:
    del site.names.answers["auth.hokus.ai", "A"]
    site.record("dns")
    found = differing(site.compare("dns"))
    assert list(found) == ["dns auth.hokus.ai A"]
    assert "--resolver" in found["dns auth.hokus.ai A"]
    assert found["dns auth.hokus.ai A"].startswith("unchecked")


def test_names_and_public_endpoints_need_no_aws(site: Site, differing: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """The addresses of load balancers come from the baseline; what only AWS tells is said to be unchecked."""
    site.record("dns", "endpoint")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(site.folder / "none"))
    done = site.compare("dns", "endpoint")
    assert {row.verdict.value for row in done.rows if row.kind == "endpoint"} == {"same"}
    assert {text.split(":")[0] for text in differing(done).values()} == {"unchecked | AWS can't be asked"}


@pytest.mark.parametrize("server", ["nowhere", "127.0.0.1:x", "1.2.3.4:5:6:"])
def test_what_is_no_resolver_is_refused(site: Site, server: str) -> None:
    with_means(site, resolver=server)
    with pytest.raises(UsageError, match="is no resolver"):
        site.record("dns")


# endpoints


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("error", "status: 200 -> 503"),
        ("reset", "it answered before; now: the connection was"),
        ("cut", "it answered before; now: the answer broke off"),
        ("garbage", "it answered before; now: the answer isn't HTTP"),
        ("slow", "it answered before; now: timeout after 0.5 s, waiting for an answer"),
    ],
)
def test_an_endpoint_that_fails(site: Site, differing: Told, mode: str, told: str) -> None:
    site.record("endpoint")
    site.secure.mode, site.secure.seconds = mode, 2.0
    with_means(site, timeout=0.5)
    found = differing(site.compare("endpoint"))
    assert told in found[HEALTH]
    assert found[HEALTH].startswith("differs")
    assert REDIRECT not in found, "only what fails is named"
    assert not any("through" in id for id in found)


def test_another_status_and_another_location(site: Site, differing: Told) -> None:
    site.record("endpoint")
    site.secure.answers["auth.hokus.ai/health"] = (204, "")
    site.plain.answers["auth.hokus.ai/"] = (301, "https://elsewhere.example.com/?secret=1#x")
    assert differing(site.compare("endpoint")) == {
        HEALTH: "differs | status: 200 -> 204",
        REDIRECT: "differs | location: https://auth.hokus.ai:443/ -> https://elsewhere.example.com/",
    }


def test_redirects_are_not_followed_and_queries_are_not_kept(site: Site) -> None:
    site.plain.answers["auth.hokus.ai/"] = (301, "https://user:pass@auth.hokus.ai/login?state=s3cr3t")
    asked = len(site.secure.hosts)
    done = site.record("endpoint")
    text = site.path.read_text()
    assert "s3cr3t" not in text
    assert "user:pass" not in text
    row = next(row for row in done.rows if row.id == REDIRECT)
    assert row.after == "301 to https://auth.hokus.ai/login"
    public = [
        one
        for one in done.rows
        if one.kind == "endpoint" and one.id.startswith("endpoint https") and "through" not in one.id
    ]
    assert len(site.secure.hosts) - asked == len(public)


def test_nobody_listens(site: Site, differing: Told) -> None:
    site.record("endpoint")
    with_means(site, connect_to={**site.means.connect_to, "auth.hokus.ai:443": f"127.0.0.1:{free_port()}"})
    found = differing(site.compare("endpoint"))
    assert found[HEALTH] == "differs | it answered before; now: connection refused"
    assert {id.split("/")[2] for id in found} == {"auth.hokus.ai"}


def test_what_never_answered_is_unchecked(site: Site, differing: Told) -> None:
    with_means(site, connect_to={**site.means.connect_to, "auth.hokus.ai:443": f"127.0.0.1:{free_port()}"})
    assert site.record("endpoint").verdict == "undecided"
    done = site.compare("endpoint")
    assert done.verdict == "undecided"
    assert differing(done)[HEALTH] == "unchecked | no answer, before or after: connection refused"


def test_certificates_are_checked(site: Site, differing: Told, tmp_path: Path, authority: Authority) -> None:
    site.record("endpoint")
    with_means(site, ca_file=None)
    found = differing(site.compare("endpoint"))
    assert found[HEALTH] == "differs | it answered before; now: TLS: unable to get local issuer certificate"
    another = tmp_path / "another"
    another.mkdir()
    with_means(site, ca_file=Authority(another).file)
    assert "TLS: " in differing(site.compare("endpoint"))[HEALTH]
    wrong = Web(authority.context("wrong.example.com"))
    try:
        with_means(
            site, ca_file=authority.file,
            connect_to={**site.means.connect_to, "auth.hokus.ai:443": f"127.0.0.1:{wrong.port}"},
        )  # fmt: skip
        assert "Hostname mismatch" in differing(site.compare("endpoint"))[HEALTH]
    finally:
        wrong.close()


def test_a_ca_file_without_certificates_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with_means(site, ca_file=tmp_path / "empty.pem")
    with pytest.raises(UsageError, match="holds no certificates"):
        site.record("endpoint")
