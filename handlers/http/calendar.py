"""Our shifts as a calendar, under a secret address that can be revoked."""

import logging
import re

from starlette.requests import Request
from starlette.responses import Response

from bot.errors import BusyError
from bot.flows import calendars
from handlers.app import House
from handlers.http.problems import ProblemError

SECRET = re.compile(rf"{calendars.MARK}[A-Za-z0-9_-]{{43}}")
PATH = "/calendar/{secret}.ics"

log = logging.getLogger(__name__)


class CalendarDoor:
    """`GET /calendar/{secret}.ics`: who knows the address may read; nothing else is asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def show(self, request: Request) -> Response:
        """The calendar, for programs that subscribe to it."""
        house, secret = self._house, str(request.path_params["secret"])
        now = house.now()
        found = None
        if SECRET.fullmatch(secret):
            found = await house.see(calendars.feed_of, house.rulebook, secret, now)
        if found is None:
            raise ProblemError("not-found", "There is no calendar here, or it was revoked.")
        name, text = found
        await self._touch(name)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="oncall.ics"',
            "X-Robots-Tag": "noindex",
        }
        return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)

    async def _touch(self, name: str) -> None:
        """Keeps when it was read; a busy database is no reason to withhold it."""
        try:
            await self._house.do(calendars.touch_feed, name, self._house.now())
        except BusyError as problem:
            log.info("the reading of a feed was not written down: %s", problem)
