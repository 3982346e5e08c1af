"""The clock rings, and what is due is done: once, however late."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.content import SUBMISSION
from bot.facts import Rule
from bot.flows import loading, opening
from bot.flows.opening import Producer
from config.settings import Settings
from handlers.app import House
from handlers.clock import run_clock, tick
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.slack_house import APPROVAL, a_rulebook
from tests.patience import PATIENCE

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_house(url: str, now: Callable[[], datetime]) -> House:
    """A house whose clock the test holds."""
    settings = Settings.read({"SIGNOFF_DATABASE_URL": url})
    return House(settings, a_rulebook(), Memory(open_engine(url)), now=now)


async def submitted(house: House, count: int) -> list[str]:
    """The ids of so many items."""
    producer = Producer("agent")
    bodies = [SUBMISSION.validate_python({**APPROVAL, "key": f"k{n}"}) for n in range(count)]
    opened = await asyncio.gather(
        *(house.do(opening.open_item, house.rulebook, producer, b, house.now()) for b in bodies)
    )
    return [each.item.id for each in opened]


async def test_a_deadline_that_passed_while_nothing_ran_is_a_denial(database_url: str) -> None:
    house = a_house(database_url, lambda: NOON)
    (item_id,) = await submitted(house, 1)
    house.close()

    later = a_house(database_url, lambda: NOON + timedelta(days=3))
    assert await tick(later) == 1
    assert await tick(later) == 0

    outcome = (await later.see(loading.load, item_id)).outcome
    later.close()
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == ("reject", Rule.TIMEOUT)


async def test_one_ring_does_all_that_is_due_batch_after_batch(sqlite_url: str) -> None:
    time = [NOON]
    house = a_house(sqlite_url, lambda: time[0])
    await submitted(house, 250)

    time[0] += timedelta(hours=1)
    done = await tick(house)

    house.close()
    assert done == 250


async def test_the_clock_rings_by_itself(sqlite_url: str) -> None:
    time = [NOON]
    house = a_house(sqlite_url, lambda: time[0])
    (item_id,) = await submitted(house, 1)
    clock = asyncio.create_task(run_clock(house, every=0.05))
    await asyncio.sleep(0.2)
    assert (await house.see(loading.load, item_id)).outcome is None

    time[0] += timedelta(hours=1)

    async with asyncio.timeout(PATIENCE):
        while (await house.see(loading.load, item_id)).outcome is None:  # noqa: ASYNC110  it rings
            await asyncio.sleep(0.02)
    clock.cancel()
    await asyncio.gather(clock, return_exceptions=True)
    house.close()


async def test_two_clocks_settle_an_item_once(database_url: str) -> None:
    first = a_house(database_url, lambda: NOON)
    await submitted(first, 30)
    late = NOON + timedelta(hours=1)
    second, third = a_house(database_url, lambda: late), a_house(database_url, lambda: late)

    counts = await asyncio.gather(*(tick(house) for house in (second, third, second, third)))

    for house in (first, second, third):
        house.close()
    assert sum(counts) == 30


async def test_stopping_in_the_middle_of_a_tick_is_no_fault(
    sqlite_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = a_house(sqlite_url, lambda: NOON)
    clock = asyncio.create_task(run_clock(house, every=0.01))
    await asyncio.sleep(0.05)
    slow = asyncio.Event()

    async def hang(*_args: object) -> int:
        slow.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(house, "do", hang)
    await slow.wait()
    clock.cancel()
    await asyncio.gather(clock, return_exceptions=True)
    await asyncio.sleep(0.05)
    house.close()

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
