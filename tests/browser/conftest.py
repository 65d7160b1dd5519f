"""A real browser on the report: Debian's chromium, driven by Playwright, kept off the network; and axe-core, from npm."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.support import CENTRAL, SERVICE, tfhoist, with_states
from tests.conftest import PROGRAMS, REPOSITORY
from tools.generated_root import generated_root

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = "axe-core@4.14.1"
INTEGRITY = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
BUILD = REPOSITORY / "build" / "browser"
FLAGS = [
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",  # nobody listens there
]

Open = Callable[..., "Page"]


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.parent == Path(__file__).parent:
        item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the example."""
    out = tmp_path_factory.mktemp("browser") / "out"
    run = tfhoist("consolidate", SERVICE, "--central", CENTRAL, *with_states(), "--out", out)
    assert run.code == 0, run.out + run.err
    return out / "report.html"


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a generated root of 1,000 blocks."""
    folder = tmp_path_factory.mktemp("large")
    for path, content in generated_root(1000).items():
        (folder / "root" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "root" / path).write_bytes(content)
    run = tfhoist("consolidate", folder / "root", "--out", folder / "out")
    assert run.code == 0, run.out + run.err
    return folder / "out" / "report.html"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless, with no way to the network."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS["browser"])), None)
    assert program is not None  # a test that is marked `browser` doesn't come here without it
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(file, **options of a context)`; at the end nothing may have been asked of the network, or gone wrong."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_(file: Path, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
        contexts.append(context)
        page: Page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith(_LOCAL) else None)
        page.set_default_timeout(10_000)
        page.goto(file.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


_LOCAL = ("file:", "data:", "blob:")


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, downloaded once by npm and checked; a skip where it can't be had."""
    file = BUILD / f"{AXE.replace('@', '-')}.tgz"
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not on PATH: axe-core comes from an npm package")
        own = BUILD / str(os.getpid())  # workers may come here together
        own.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            [npm, "pack", AXE, "--silent", "--pack-destination", str(own)], capture_output=True, text=True, cwd=own
        )
        found = list(own.glob("axe-core-*.tgz"))
        if packed.returncode or not found:
            pytest.skip(f"npm can't get {AXE}: {packed.stderr.strip() or packed.stdout.strip()}")
        found[0].replace(file)
        shutil.rmtree(own)
    content = file.read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != INTEGRITY:
        file.unlink()
        pytest.fail(f"the npm package {AXE} isn't the one that is expected: its hash differs")
    with tarfile.open(file) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode()
