"""The pagers, as their courier sees them: PagerDuty, and all that apprise knows."""

import asyncio
import importlib
import logging
from datetime import timedelta
from typing import Any

from bot.flows.delivering import Gone, Notice, PlacedCard, Result, RetryAt, Sent, View
from bot.flows.oncall import PAGER, PAGERDUTY
from bot.letters import Letter
from handlers.app import House
from handlers.oncall.pagerduty import PagerDuty

AWAITED = timedelta(seconds=1)  # how long the end of a page waits for the page itself
TRIES_MAX = 20  # of one page; by then nobody needs it any more
WITHIN = 30.0  # seconds, for all addresses of one pager
TITLE = "Signoff"

log = logging.getLogger(__name__)


class Pagers:
    """Sends pages. They have no cards."""

    platform = PAGER

    def __init__(self, house: House, pagerduty: PagerDuty) -> None:
        self._house = house
        self._pagerduty = pagerduty

    def hold(self, card: PlacedCard) -> RetryAt | None:  # noqa: ARG002  there are none
        """No card is held."""
        return None

    def lull(self) -> float:
        """Pages go at once."""
        return 0.0

    def simplify(self, card: PlacedCard) -> None:
        """There are no cards."""

    async def send_card(self, card: PlacedCard, view: View) -> Result:  # noqa: ARG002  as above
        """There are no cards."""
        return Gone("pagers show no cards")

    async def send_notice(self, notice: Notice, letter: Letter) -> Result:
        """Pages, or says that it is over."""
        now = self._house.now()
        if notice.awaits_thread:
            return RetryAt(now + AWAITED, "the page itself is still to be sent")
        result = await self._send(notice, str(letter.reply.text))
        if isinstance(result, RetryAt) and notice.tries >= TRIES_MAX:
            result = Gone(f"given up after {TRIES_MAX} tries: {result.why}")
        if isinstance(result, Gone):
            log.error("page %s was not sent: %s", notice.key, result.why)
        return result

    async def _send(self, notice: Notice, text: str) -> Result:
        now = self._house.now()
        if notice.channel_ref == PAGERDUTY:
            action = "resolve" if notice.template == "page-end" else "trigger"
            return await self._pagerduty.tell(action, str(notice.item_id), text, now)
        urls = self._house.settings.paging_urls.get(notice.channel_ref)
        if not urls:
            return Gone(f"SIGNOFF_PAGING_URLS has no pager {notice.channel_ref}")
        return await self._apprise(notice, [url.get_secret_value() for url in urls], text)

    async def _apprise(self, notice: Notice, urls: list[str], text: str) -> Result:
        try:
            pager = await asyncio.to_thread(_load, urls)
        except ImportError:
            return Gone("apprise is not there: pip install 'signoff-server[paging]'")
        if pager is None:
            return Gone(f"apprise does not understand an address of {notice.channel_ref}")
        try:
            async with asyncio.timeout(WITHIN):
                is_sent = bool(await pager.async_notify(title=TITLE, body=text))
        except TimeoutError:
            is_sent = False
        if is_sent:
            return Sent(notice.channel_ref, notice.key)
        return RetryAt(self._house.now() + timedelta(seconds=30), "apprise could not deliver it")


def _load(urls: list[str]) -> Any:
    """What sends to these addresses; None when one of them means nothing. It takes its time.

    Raises:
        ImportError: apprise is an extra, and is not there.
    """
    apprise = importlib.import_module("apprise")  # 30 MB, for those who page by it
    pager = apprise.Apprise()
    return pager if all(pager.add(url) for url in urls) else None
