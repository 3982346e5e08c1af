"""A platform's courier: takes cards that show less than is known, and sends their newest state.

Nothing here knows a platform. A sender says when it may send and what became of it; whatever is
lost on the way is found again, because a card stays wanted until its result is written down.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.errors import BusyError
from bot.flows import delivering, letters
from bot.flows.delivering import Gone, Notice, PlacedCard, Result, RetryAt, View
from bot.letters import Letter
from handlers.app import House

AT_ONCE = 16  # calls in flight
CLAIMED_AT_ONCE = 64  # most of them may have to wait for their slot, which is quick to say
POLL_EVERY = 0.5  # seconds; other processes raise cards too
FINISH_WITHIN = 5.0  # seconds for what is under way when the courier stops
WRITE_TRIES = 8  # of writing down a result, a second apart
PLAIN_AFTER = 3  # deliveries that broke on our side; then something simpler is sent instead
BREAKS_MAX = 6  # then it is given up, and the log says so

log = logging.getLogger(__name__)


class Sender(Protocol):
    """One platform, as its courier sees it."""

    @property
    def platform(self) -> str:
        """Whose cards these are."""

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Why this card need not even be looked at yet; None when it may go."""

    def lull(self) -> float:
        """Seconds to leave fresh news alone: what is on its way already need not be claimed."""

    async def send_card(self, card: PlacedCard, view: View) -> Result:
        """Posts or edits the card."""

    async def send_notice(self, notice: Notice, letter: Letter) -> Result:
        """Sends what the notice says."""

    def simplify(self, card: PlacedCard) -> None:
        """Sending this card breaks: from now on send the simplest that stands in for it."""


class Courier:
    """Sends one platform's cards and notices, until it is cancelled."""

    def __init__(self, house: House, sender: Sender, *, poll_every: float = POLL_EVERY) -> None:
        self._house = house
        self._sender = sender
        self._poll_every = poll_every
        self._news = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._next_at: datetime | None = None  # when a card that we put off is due
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._breaks: Counter[int | str] = Counter()  # in a row, by card or notice

    async def run(self) -> None:
        """Delivers whatever is wanted, for ever."""
        self._house.on_raised(self._hear)
        try:
            while True:
                self._news.clear()
                if not await self._start_some():
                    await self._rest()
        finally:
            await self._finish()

    def wake(self) -> None:
        """There is something to do now."""
        self._news.set()

    def _hear(self, platforms: set[str]) -> None:
        if self._sender.platform in platforms:
            self._news.set()

    async def _start_some(self) -> bool:
        """Starts what can be started; whether there may be more at once."""
        if len(self._under_way) >= AT_ONCE:
            return False
        try:
            cards, notices = await self._claim()
        except BusyError:
            return False
        except Exception:
            log.exception("the %s courier could not claim cards", self._sender.platform)
            return False
        for card in cards:
            self._start(self._deliver_card(card))
        for notice in notices:
            self._start(self._deliver_notice(notice))
        return len(cards) + len(notices) >= CLAIMED_AT_ONCE

    async def _claim(self) -> tuple[tuple[PlacedCard, ...], tuple[Notice, ...]]:
        house, platform = self._house, self._sender.platform
        now = house.now()
        if self._next_at is not None and self._next_at <= now:
            self._next_at = None
        return await asyncio.gather(
            house.do(delivering.claim_cards, platform, now, CLAIMED_AT_ONCE),
            house.do(delivering.claim_notices, platform, now, AT_ONCE),
        )

    def _start(self, delivery: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(delivery)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        was_full = len(self._under_way) >= AT_ONCE
        self._under_way.discard(task)
        if was_full and len(self._under_way) < AT_ONCE:
            self._news.set()

    async def _deliver_card(self, card: PlacedCard) -> None:
        revision, result = await self._send_card(card)
        if isinstance(result, RetryAt):
            self._put_off(result.when)
        now = self._house.now()
        await self._write(delivering.card_sent, self._house.rulebook, card, revision, result, now)

    async def _send_card(self, card: PlacedCard) -> tuple[int, Result]:
        held = self._sender.hold(card)
        if held is not None:
            return 0, held
        try:
            async with self._turn:
                if (view := await self._see(card)) is None:
                    return 0, self._unread(card)
                result = await self._sender.send_card(card, view)
        except Exception:
            log.exception("card %d of item %s could not be sent", card.id, card.item_id)
            result = self._broke(card.id)
            if self._breaks[card.id] >= PLAIN_AFTER:
                self._sender.simplify(card)
            return 0, result
        self._breaks.pop(card.id, None)
        return view.revision, result

    async def _deliver_notice(self, notice: Notice) -> None:
        result = await self._send_notice(notice)
        if isinstance(result, RetryAt):
            self._put_off(result.when)
        await self._write(delivering.notice_sent, notice, result, self._house.now())

    async def _send_notice(self, notice: Notice) -> Result:
        try:
            async with self._turn:
                letter = await self._write_letter(notice)
                if not isinstance(letter, Letter):
                    return letter
                result = await self._sender.send_notice(notice, letter)
        except Exception:
            log.exception("notice %s could not be sent", notice.key)
            return self._broke(notice.key)
        self._breaks.pop(notice.key, None)
        return result

    async def _write_letter(self, notice: Notice) -> Letter | Result:
        """What the notice says by now, or why nothing is sent."""
        house = self._house
        try:
            letter = await house.see(letters.write, house.rulebook, notice, house.now())
        except BusyError:
            return self._unread(notice)
        return Gone("there is nothing to say any more") if letter is None else letter

    async def _see(self, card: PlacedCard) -> View | None:
        """What is to be shown; None while the memory cannot be read, which is not its fault."""
        try:
            return await self._house.see(delivering.view_for, card)
        except Exception:
            log.exception("item %s could not be read", card.item_id)
            return None

    def _unread(self, what: PlacedCard | Notice) -> RetryAt:
        return RetryAt(self._house.now() + pause_after(what.tries), "the memory cannot be read")

    def _broke(self, who: int | str) -> RetryAt | Gone:
        """What broke on our side: tried a few times, then given up."""
        self._breaks[who] += 1
        breaks = self._breaks[who]
        if breaks < BREAKS_MAX:
            return RetryAt(self._house.now() + pause_after(breaks), "it broke")
        del self._breaks[who]
        log.error("given up after it broke %d times: %s", breaks, who)
        return Gone(f"it broke {breaks} times")

    async def _write(self, flow: Any, *args: Any) -> None:
        """Writes a result down; a database that stays locked leaves it to the claim's end."""
        for _ in range(WRITE_TRIES):
            try:
                await self._house.do(flow, *args)
            except BusyError:
                await asyncio.sleep(1)
            except Exception:
                log.exception("the result of a delivery could not be written down")
                return
            else:
                return

    def _put_off(self, when: datetime) -> None:
        self._next_at = min(filter(None, (self._next_at, when)))

    async def _rest(self) -> None:
        """Waits for news, for the next card that was put off, or for a while."""
        rest = self._poll_every
        if self._next_at is not None:
            rest = min(rest, (self._next_at - self._house.now()).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.005, rest)):
                await self._news.wait()
                await asyncio.sleep(self._sender.lull())

    async def _finish(self) -> None:
        if self._under_way:
            _, left = await asyncio.wait(self._under_way, timeout=FINISH_WITHIN)
            for task in left:
                task.cancel()


def pause_after(tries: int) -> timedelta:
    """How long to leave something alone that failed this often: a second, doubling to 5 min."""
    return timedelta(seconds=min(300, 2 ** min(tries - 1, 9)))
