"""Any platform's courier: one poisonous card stops no other, and the newest state is what goes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.content import SUBMISSION
from bot.errors import BusyError
from bot.flows import delivering, opening
from bot.flows.delivering import Notice, PlacedCard, Result, RetryAt, Sent, View
from bot.letters import Letter
from config.settings import Settings
from handlers import courier as courier_module
from handlers.app import House
from handlers.courier import Courier
from storage import cards
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.slack_house import AGENT, LABEL, a_rulebook
from tests.patience import PATIENCE


@dataclass
class Recorder:
    """A sender that writes down what it was given."""

    platform: str = "slack"
    poison: str = ""  # an item's id
    heals: bool = False  # whether something simpler than poison goes through
    seen: list[str] = field(default_factory=list)
    simplified: list[str] = field(default_factory=list)

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Nothing is held."""
        return None

    def lull(self) -> float:
        """No lull."""
        return 0.0

    async def send_card(self, card: PlacedCard, view: View) -> Result:
        """Breaks on poison."""
        self.seen.append(card.item_id)
        if card.item_id == self.poison:
            raise ZeroDivisionError("poison")
        return Sent(card.channel_ref, f"1.{card.id}")

    def simplify(self, card: PlacedCard) -> None:
        """From now on, nothing of this item is poison where a plain card heals."""
        self.simplified.append(card.item_id)
        if self.heals:
            self.poison = ""

    async def send_notice(self, notice: Notice, letter: Letter) -> Result:
        """Sends nothing."""
        return Sent(notice.channel_ref, "1.1")


@dataclass
class Couriered:
    """The house whose cards a courier sends, and the ids of its items."""

    house: House
    ids: list[str]

    async def first_card(self) -> Any:
        """The row of the first item's card."""
        return await self.house.see(lambda unit: cards.of_item(unit.connection, self.ids[0])[0])


@asynccontextmanager
async def a_courier(url: str, recorder: Recorder, count: int) -> AsyncIterator[Couriered]:
    """A courier with so many cards to send, the first of which is poison."""
    settings = Settings.read({"SIGNOFF_DATABASE_URL": url})
    house = House(settings, a_rulebook(), Memory(open_engine(url)))
    ids = []
    for number in range(count):
        content = SUBMISSION.validate_python({**LABEL, "key": f"k{number}"})
        opened = await house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
        ids.append(opened.item.id)
    recorder.poison = ids[0]
    courier = asyncio.create_task(Courier(house, recorder, poll_every=0.05).run())
    try:
        yield Couriered(house, ids)
    finally:
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
        house.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  a courier has no event for tests
            await asyncio.sleep(0.02)


async def test_one_poisonous_card_stops_no_other(database_url: str) -> None:
    """Fault 27."""
    recorder = Recorder()
    async with a_courier(database_url, recorder, 5) as courier:
        await until(lambda: recorder.seen.count(courier.ids[0]) == 2)
        await until(lambda: set(recorder.seen) == set(courier.ids))

    assert all(recorder.seen.count(item_id) == 1 for item_id in courier.ids[1:])
    assert 2 <= recorder.seen.count(courier.ids[0]) <= 4  # pauses grow


async def test_a_card_that_breaks_again_and_again_is_given_up_and_logged(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 27: the dead letter."""
    monkeypatch.setattr(courier_module, "pause_after", lambda _: timedelta(0))
    recorder = Recorder()
    async with a_courier(sqlite_url, recorder, 1) as courier:
        card = await courier.first_card()
        async with asyncio.timeout(PATIENCE):
            while card.gone is None:
                await asyncio.sleep(0.02)
                card = await courier.first_card()

    assert card.tries == courier_module.BREAKS_MAX
    assert recorder.simplified
    assert card.gone == f"it broke {courier_module.BREAKS_MAX} times"
    assert "given up" in caplog.text


async def test_a_card_that_breaks_goes_out_simpler_where_that_helps(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 28."""
    monkeypatch.setattr(courier_module, "pause_after", lambda _: timedelta(0))
    recorder = Recorder(heals=True)
    async with a_courier(sqlite_url, recorder, 1) as courier:
        card = await courier.first_card()
        async with asyncio.timeout(PATIENCE):
            while card.shown != card.wanted:
                await asyncio.sleep(0.02)
                card = await courier.first_card()

    assert recorder.seen.count(courier.ids[0]) == courier_module.PLAIN_AFTER + 1
    assert card.gone is None
    assert card.shown == card.wanted


async def test_a_memory_that_cannot_be_read_gives_up_no_card(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "pause_after", lambda _: timedelta(0))

    def refuse(*_: Any) -> Any:
        raise BusyError

    recorder = Recorder()
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "view", refuse)
        async with a_courier(sqlite_url, recorder, 1) as courier:
            card = await courier.first_card()
            async with asyncio.timeout(PATIENCE):
                while card.tries <= courier_module.BREAKS_MAX:
                    await asyncio.sleep(0.02)
                    card = await courier.first_card()

    assert card.gone is None
