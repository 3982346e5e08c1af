"""One real server for the tests of a module; each test brings its own reviewer."""

from collections.abc import Iterator

import pytest
from signoff.testing import Box, leave, server


@pytest.fixture(scope="module")
def _running() -> Iterator[Box]:
    with server("agent-actions", "moderation", environment=False) as box:
        yield box


@pytest.fixture
def box(_running: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """The server, whose people leave everything alone until the test says otherwise."""
    monkeypatch.setenv("SIGNOFF_URL", _running.url)
    monkeypatch.setenv("SIGNOFF_API_KEY", _running.api_key)
    _running.reviewer = lambda _asked: leave()
    yield _running
    _running.check()
