"""What pytest finds by itself where the client is installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from signoff.testing import Box


@pytest.fixture
def signoff_box() -> "Iterator[Box]":
    """A real Signoff for one test, found by clients through the environment.

    It has the queues `agent-actions` and `moderation`; its people leave everything open until the
    test sets `box.reviewer`. Other queues: `signoff.testing.server`.
    """
    from signoff.testing import server  # noqa: PLC0415  only for tests that ask for it

    with server("agent-actions", "moderation") as box:
        yield box
