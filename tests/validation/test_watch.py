"""`tfhoist watch` against a real HTTPS server: outages of known length, the rate, stopping, and memory."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from tests.conftest import REPOSITORY
from tests.validation.servers import Authority, Web
from tfhoist.validation.declare import encode
from tfhoist.validation.model import (
    BASELINE,
    SCHEMA,
    Baseline,
    Declared,
    DeclaredEnvironment,
    EndpointCheck,
    Observation,
)

SLACK = 0.35
"""Seconds that a busy machine may be late with one probe, beside the interval itself."""


class Watch(NamedTuple):
    """A folder with a declared list of two endpoints of one server, and how to run the command on it."""

    out: Path
    server: Web
    options: list[str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tfhoist", "watch", str(self.out), *self.options, *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.out / "log.jsonl").read_text().splitlines()]


@pytest.fixture
def watching(tmp_path: Path, authority: Authority) -> Iterator[Watch]:
    server = Web(authority.context("a.example.com", "b.example.com"))
    server.answers = {"a.example.com/health": (200, ""), "b.example.com/": (301, "https://a.example.com/")}
    checks = tuple(
        EndpointCheck(id=f"endpoint {url}", address="aws_lb_listener.x", side="central", url=url)
        for url in ("https://a.example.com/health", "https://b.example.com/")
    )
    declared = Declared(
        schema=SCHEMA, service="shop", environments=(DeclaredEnvironment(name="staging", checks=checks),)
    )
    out = tmp_path / "out"
    out.mkdir()
    (out / "validation.json").write_bytes(encode(declared))
    options = ["--ca-file", str(authority.file), "--output", str(out / "log.jsonl")]
    for host in ("a", "b"):
        options += ["--connect-to", f"{host}.example.com:443=127.0.0.1:{server.port}"]
    yield Watch(out, server, options)
    server.close()


def baseline(watching: Watch, **facts: dict[str, str]) -> None:
    """A recorded baseline."""
    import msgspec

    observations = {
        "endpoint https://a.example.com/health": Observation(facts=facts.get("a", {"status": "200"})),
        "endpoint https://b.example.com/": Observation(
            facts=facts.get("b", {"status": "301", "location": "https://a.example.com/"})
        ),
    }
    found = Baseline(
        schema=BASELINE, service="shop", environment="staging", recorded_at="2026-01-01T00:00:00Z",
        observations=observations,
    )  # fmt: skip
    (watching.out / "validation").mkdir()
    (watching.out / "validation/staging.json").write_bytes(msgspec.json.encode(found))


def test_nothing_fails(watching: Watch) -> None:
    run = watching.run("--rate", "5", "--for", "2s", "--fail-under", "100", "--json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert (document["probes"], document["failed"], document["availability"]) == (20, 0, 100.0)
    assert [line["event"] for line in watching.lines()] == ["begin", "summary"]
    assert watching.lines()[-1] == document
    for one in document["endpoints"]:
        assert one["probes"] == 10
        assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"] < 1000


@pytest.mark.parametrize("mode", ["error", "reset", "slow"])
def test_an_outage_of_known_length(watching: Watch, mode: str) -> None:
    """It's reported within a probe's interval, on either side."""
    rate, length = 10.0, 1.5
    watching.server.seconds = 5.0
    began: list[float] = []

    def outage() -> None:
        deadline = time.monotonic() + 20
        while len(watching.server.times) < 10 and time.monotonic() < deadline:
            time.sleep(0.01)
        watching.server.mode = mode
        start = time.monotonic()
        time.sleep(length)
        watching.server.mode = "serve"
        began.extend((start, time.monotonic()))

    thread = threading.Thread(target=outage)
    thread.start()
    run = watching.run("--rate", f"{rate:g}", "--for", "5s", "--timeout", "0.4", "--json", "--fail-under", "99.9")
    thread.join()
    assert run.returncode == 2, run.stderr
    real = began[1] - began[0]
    document = json.loads(run.stdout)
    for one in document["endpoints"]:
        assert one["outages"] == 1
        assert not one["down"]
        assert real - 1 / rate - SLACK <= one["longest_outage_seconds"] <= real + 1 / rate + SLACK, (one, real)
        assert abs(one["failed"] - real * rate) <= 1 + SLACK * rate
        assert one["availability"] == pytest.approx(100 * (one["probes"] - one["failed"]) / one["probes"], abs=1e-3)
    failed = [line for line in watching.lines() if line["event"] == "failed"]
    assert len(failed) == document["failed"] > 20
    told = {"error": "status 503", "reset": "closed|reset", "slow": "timeout after 0.4 s"}[mode]
    assert all(re.search(told, line["what"]) for line in failed)
    assert {line["url"] for line in failed} == {one["url"] for one in document["endpoints"]}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", line["at"]) for line in failed)


def test_an_answer_that_is_not_the_baselines_fails(watching: Watch) -> None:
    baseline(watching, a={"status": "204"})
    run = watching.run("--rate", "4", "--for", "1s", "--json")
    assert run.returncode == 0
    by_url = {one["url"]: one for one in json.loads(run.stdout)["endpoints"]}
    assert by_url["https://a.example.com/health"]["failed"] == 4
    assert by_url["https://a.example.com/health"]["last"] == "status 200, not 204"
    assert by_url["https://b.example.com/"]["failed"] == 0


def test_without_a_baseline_only_5xx_fails(watching: Watch) -> None:
    watching.server.answers = {"b.example.com/": (500, "")}  # a.example.com gives 404
    run = watching.run("--rate", "4", "--for", "1s", "--json")
    assert {one["url"]: one["failed"] for one in json.loads(run.stdout)["endpoints"]} == {
        "https://a.example.com/health": 0,
        "https://b.example.com/": 4,
    }


def test_a_location_that_leads_elsewhere_fails(watching: Watch) -> None:
    baseline(watching)
    watching.server.answers["b.example.com/"] = (301, "https://elsewhere.example.com/")
    run = watching.run("--rate", "4", "--for", "1s")
    assert "leads to https://elsewhere.example.com/, not to https://a.example.com/" in run.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_still_gives_the_summary(watching: Watch, number: signal.Signals) -> None:
    process = subprocess.Popen(
        watching.command("--rate", "10", "--for", "10m", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while len(watching.server.times) < 10 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    document = json.loads(out)
    assert document["stopped"] is True
    assert document["failed"] == 0
    assert document["probes"] >= 8
    assert document["seconds"] < 20
    assert watching.lines()[-1]["event"] == "summary"


def test_the_rate_does_not_drift(watching: Watch) -> None:
    """The n-th probe comes n intervals after the first, however long each takes."""
    watching.server.seconds, watching.server.mode = 0.08, "slow"
    run = watching.run("--rate", "10", "--for", "4s", "--endpoint", "a.example.com", "--json")
    assert json.loads(run.stdout)["probes"] == 40
    times = watching.server.times
    late = [one - times[0] - number / 10 for number, one in enumerate(times)]
    assert max(map(abs, late[-5:])) < 0.1 + SLACK
    assert len(times) == 40


def test_a_line_a_minute_and_no_escapes_where_there_is_no_terminal(watching: Watch) -> None:
    run = watching.run("--rate", "2", "--for", "1s")
    assert "\x1b" not in run.stdout + run.stderr
    assert run.stderr.startswith("watching 2 endpoints of staging, 2 a second each, for 1 s; no baseline: 5xx fails;")
    assert re.search(r"^  up +https://a\.example\.com/health +100 % +2 +0 ", run.stdout, re.MULTILINE), run.stdout
    assert "4 probes in 1 s, 0 failed" in run.stdout


def test_a_live_table_on_a_terminal(watching: Watch) -> None:
    import pty

    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "160", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        watching.command("--rate", "2", "--for", "3s"), stdout=subprocess.DEVNULL, stderr=follower, env=environment
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    assert process.wait(20) == 0
    os.close(leader)
    text = shown.decode()
    assert "longest outage" in text
    assert "https://a.example.com/health" in text
    assert re.search(r"\x1b\[\d+F\x1b\[J", text), "the table replaces itself"


@pytest.mark.slow
def test_memory_does_not_grow(watching: Watch) -> None:
    """As much after thousands of probes, half of them failing, as after hundreds."""

    def resident(process: subprocess.Popen[str]) -> int:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))  # type: ignore[union-attr]

    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here")
    process = subprocess.Popen(
        watching.command("--rate", "50", "--for", "10m"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )

    def until(number: int) -> None:
        deadline = time.monotonic() + 60
        while len(watching.server.times) < number and time.monotonic() < deadline:
            watching.server.mode = "reset" if len(watching.server.times) // 50 % 2 else "serve"
            time.sleep(0.02)
        assert len(watching.server.times) >= number

    until(600)
    first = resident(process)
    until(2000)
    last = resident(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    # 0.1 kB a probe as it is; 1 kB without the collector (`gc.enable()`), which is 1,400 kB here
    assert last - first < 700, f"{first} kB, then {last} kB"


def test_every_line_fits_the_schema(watching: Watch) -> None:
    watching.server.mode = "error"
    watching.run("--rate", "2", "--for", "1s")
    schema = json.loads((REPOSITORY / "src/tfhoist/schemas/watch.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    lines = watching.lines()
    assert [line["event"] for line in lines] == ["begin", *["failed"] * 4, "summary"]
    for line in lines:
        jsonschema.validate(line, schema)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--for", "soon"], "is no time"),
        (["--for", "0s"], "is no time"),
        (["--rate", "1000"], "isn't possible"),
        (["--rate", "0"], "isn't possible"),
        (["--fail-under", "101"], "is no percentage"),
        (["--environment", "nowhere"], "there is no environment 'nowhere'"),
        (["--endpoint", "nothing.example.com"], "there is no endpoint to watch"),
        (["--connect-to", "x"], "isn't understood"),
        (["--baseline", "/nonexistent/file"], "can't be read"),
    ],
)
def test_wrong_calls_are_refused(watching: Watch, arguments: list[str], said: str) -> None:
    run = watching.run(*arguments)
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert not (watching.out / "log.jsonl").exists()
