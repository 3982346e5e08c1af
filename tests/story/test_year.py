"""A year of work: every item ends in time, no cap is broken, nobody who rests is called."""

import os
from pathlib import Path

import pytest

from tests.story.year_of_work import Year


def test_two_days_of_work_keep_every_law(tmp_path: Path) -> None:
    year = Year(tmp_path, days=2, waves_per_hour=0.4)

    year.run()

    for event in ("handed", "asked", "reminder", "nothing waits", "escalated"):
        assert year.watch.seen[event], f"{event} never happened, so it was not tested"


@pytest.mark.soak
@pytest.mark.timeout(7_200)
def test_a_year_of_work_keeps_every_law(tmp_path: Path) -> None:
    year = Year(tmp_path, days=365, seed=int(os.environ.get("SIGNOFF_SEED", "1")))

    year.run()

    print(dict(year.watch.seen))  # noqa: T201  the figures of a soak
    for event in (
        "clock stopped",
        "clock jumped",
        "attendance-lapsed",
        "asked-nobody",
        "claim-lapsed",
    ):
        assert year.watch.seen[event], f"{event} never happened, so it was not tested"
