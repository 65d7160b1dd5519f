"""The worlds that the tests share: one in files and one on S3, each put back before a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.migration.http_states import HttpStates
from tests.migration.s3 import S3
from tests.migration.worlds import HttpWorld, S3World, World


@pytest.fixture(scope="session")
def files_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("files") / "w")


@pytest.fixture(scope="session")
def s3_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3World]:
    s3 = S3()
    try:
        yield S3World(tmp_path_factory.mktemp("s3") / "w", s3)
    finally:
        s3.close()


@pytest.fixture(params=["files", "S3"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue("files_world" if request.param == "files" else "s3_world")
    found.reset()
    return found


@pytest.fixture(scope="session")
def http_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpWorld]:
    states = HttpStates()
    try:
        yield HttpWorld(tmp_path_factory.mktemp("http") / "w", states)
    finally:
        states.close()
