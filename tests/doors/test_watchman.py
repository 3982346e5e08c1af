"""The watchman beats while work is done, and falls silent when it is not."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from config.settings import Settings
from handlers.app import House
from handlers.clock import tick
from handlers.watchman import Watchman, run_watchman
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.slack_house import a_rulebook
from tests.doors.test_clock import NOON, submitted
from tests.patience import PATIENCE


@asynccontextmanager
async def a_monitor(status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """A monitor on loopback: its address, and what it heard."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/ping/{secret}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/ping/s3cret", heard
    await runner.cleanup()


def a_house(url: str, heartbeat: str, time: list[timedelta]) -> House:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": url, "SIGNOFF_HEARTBEAT_URL": heartbeat})
    return House(settings, a_rulebook(), Memory(open_engine(url)), now=lambda: NOON + time[0])


async def test_the_heartbeat_stops_while_a_deadline_is_overdue(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    time = [timedelta(0)]
    async with a_monitor() as (url, _):
        house = a_house(database_url, url, time)
        watchman = Watchman(house)
        await submitted(house, 1)
        before = await watchman.is_well()

        time[0] = timedelta(minutes=32)  # due two minutes ago, and no clock ran
        during = await watchman.is_well()
        await tick(house)
        after = await watchman.is_well()

        house.close()
    assert (before, during) == (True, False)
    assert "overdue: deadlines for" in caplog.text
    assert not after  # its cards were never posted: nobody serves the chat
    assert url not in caplog.text


async def test_the_monitor_is_called_while_all_is_well(sqlite_url: str) -> None:
    async with a_monitor() as (url, heard):
        house = a_house(sqlite_url, url, [timedelta(0)])

        watching = asyncio.create_task(run_watchman(house, every=0.01))
        async with asyncio.timeout(PATIENCE):
            while len(heard) < 3:  # noqa: ASYNC110  it beats by itself
                await asyncio.sleep(0.01)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

        house.close()
    assert set(heard) == {"/ping/s3cret"}


async def test_a_monitor_that_is_gone_stops_nothing_and_its_address_is_not_told(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house = a_house(sqlite_url, "http://127.0.0.1:9/ping/s3cret", [timedelta(0)])
    async with aiohttp.ClientSession() as session:
        heard = await Watchman(house).beat(session)

    house.close()
    assert not heard
    assert "s3cret" not in caplog.text


async def test_without_a_monitor_nobody_is_called(sqlite_url: str) -> None:
    house = a_house(sqlite_url, "", [timedelta(0)])
    async with aiohttp.ClientSession() as session:
        assert not await Watchman(house).beat(session)
    house.close()
