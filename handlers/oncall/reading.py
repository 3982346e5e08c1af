"""Reads calendars and PagerDuty now and then; whatever fails, the last good copy stays."""

import asyncio
import logging
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import SignoffError
from bot.flows import calendars
from bot.flows.calendars import Errand
from bot.rules.oncall.calendars import SIZE_MAX, BadCalendarError, Entry, read_calendar
from handlers.app import House
from handlers.oncall.pagerduty import PagerDuty
from handlers.outside import Lost, Outside

WITHIN = 20.0  # seconds, for a calendar

log = logging.getLogger(__name__)


class Reader:
    """Runs the errands that are due, whichever process takes them."""

    def __init__(self, house: House, outside: Outside, pagerduty: PagerDuty) -> None:
        self._house = house
        self._outside = outside
        self._pagerduty = pagerduty

    async def read_due(self) -> int:
        """Reads what is due now; how many sources that were."""
        house = self._house
        if not house.rulebook.schedules:
            return 0
        errands = await house.do(calendars.take_errands, house.rulebook, house.now())
        for errand in errands:
            await self.read(errand)
        return len(errands)

    async def read(self, errand: Errand) -> str | None:
        """Reads one source; why it could not be, or None."""
        house = self._house
        try:
            entries = await self._entries(errand)
        except SignoffError as problem:
            log.warning("%s of %s: %s", errand.source, errand.schedule.name, problem)
            await house.do(calendars.keep_problem, errand, str(problem), house.now())
            return str(problem)
        await house.do(calendars.keep_entries, errand, entries, house.now())
        return None

    async def _entries(self, errand: Errand) -> tuple[Entry, ...]:
        if errand.source == "pagerduty":
            return await self._pagerduty.shifts(errand.schedule, self._house.now())
        text = await self._text(errand.origin)
        span = calendars.span_of(self._house.now())
        place = errand.schedule.place
        return await asyncio.to_thread(read_calendar, text, place, *span)

    async def _text(self, origin: str) -> str:
        """The calendar's text.

        Raises:
            BadCalendarError: there is none to be had.
        """
        parts = urlsplit(origin)
        if parts.scheme in ("http", "https"):
            return await self._fetched(origin)
        path = Path(self._house.settings.config) / (parts.path if parts.scheme else origin)
        try:
            return await asyncio.to_thread(_read_file, path)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise BadCalendarError(f"The file {path} cannot be read: {reason}.") from problem

    async def _fetched(self, url: str) -> str:
        said = await self._outside.get(url, WITHIN, SIZE_MAX + 1)
        if isinstance(said, Lost):
            raise BadCalendarError(f"The calendar could not be fetched: {said.why}.")
        if said.status != 200:
            raise BadCalendarError(f"The calendar's server answered {said.status}.")
        if len(said.body) > SIZE_MAX:
            raise BadCalendarError(f"The calendar has more than {SIZE_MAX:,} bytes.")
        return said.body.decode("utf-8-sig", errors="replace")


def _read_file(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(SIZE_MAX + 1).decode("utf-8-sig", errors="replace")
