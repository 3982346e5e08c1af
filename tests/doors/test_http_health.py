"""A monitor asks: it must hear when the database is away, and when a deadline was forgotten."""

from datetime import timedelta

import pytest

from tests.databases import PostgresServer, prepare
from tests.doors.http_house import NOON, open_door


@pytest.mark.parametrize(("late", "status"), [(0, 200), (59, 200), (61, 503), (7_200, 503)])
async def test_a_deadline_that_nobody_applies_is_unhealthy_after_a_minute(
    database_url: str, late: float, status: int
) -> None:
    async with open_door(database_url) as door:
        await door.item_id(due_in=600)
        door.house.now = lambda: NOON + timedelta(seconds=600 + late)

        reply = await door.call("GET", "/healthz")

    assert reply.status == status
    assert reply.body["oldest_overdue_seconds"] == late
    assert status == 200 or reply.headers["Content-Type"] == "application/problem+json"
    assert status == 200 or "signoff clock" in reply.body["detail"]


async def test_a_database_that_is_away_is_unhealthy_and_health_comes_back(
    durable_postgres: PostgresServer,
) -> None:
    url = durable_postgres.url(durable_postgres.create())
    prepare(url)
    async with open_door(url) as door:
        durable_postgres.crash()
        away = await door.call("GET", "/healthz")
        submitted = await door.submit()

        durable_postgres.start()
        back = await door.call("GET", "/healthz")

    assert (away.status, away.body["database"]) == (503, "unreachable")
    assert submitted.status == 503
    assert submitted.headers["Retry-After"] == "2"
    assert back.status == 200
