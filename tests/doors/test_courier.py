"""Any platform's courier: one poisonous card stops no other, and the newest state is what goes."""

import asyncio
from dataclasses import dataclass, field

from bot.content import SUBMISSION
from bot.flows import opening
from bot.flows.delivering import Notice, PlacedCard, Result, RetryAt, Sent, View
from config.settings import Settings
from handlers.app import House
from handlers.courier import Courier
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.slack_house import AGENT, LABEL, a_rulebook


@dataclass
class Recorder:
    """A sender that writes down what it was given."""

    platform: str = "slack"
    poison: str = ""  # an item's id
    seen: list[str] = field(default_factory=list)

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

    async def send_notice(self, notice: Notice, view: View) -> Result:
        """Sends nothing."""
        return Sent(notice.channel_ref, "1.1")


async def test_one_poisonous_card_stops_no_other(database_url: str) -> None:
    """Fault 27."""
    settings = Settings.read({"SIGNOFF_DATABASE_URL": database_url})
    house = House(settings, a_rulebook(), Memory(open_engine(database_url)))
    recorder = Recorder()
    ids = []
    for number in range(5):
        content = SUBMISSION.validate_python({**LABEL, "key": f"k{number}"})
        opened = await house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
        ids.append(opened.item.id)
    recorder.poison = ids[0]

    courier = asyncio.create_task(Courier(house, recorder, poll_every=0.05).run())
    await asyncio.sleep(1.5)
    courier.cancel()
    await asyncio.gather(courier, return_exceptions=True)
    house.close()

    assert all(recorder.seen.count(item_id) == 1 for item_id in ids[1:])
    assert 2 <= recorder.seen.count(ids[0]) <= 3
