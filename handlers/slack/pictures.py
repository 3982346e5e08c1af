"""Pictures that Slack keeps for us: each is sent up once, then cards name its file."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.card_parts import Picture
from bot.flows.delivering import View, keep_upload
from handlers.app import House
from handlers.calls import CallError, LimitedError, LostError, NotThereError, UnreachableError
from handlers.slack.api import TOKEN_ERRORS, RefusedError
from handlers.slack.uploads import Uploads

PROCESSED_WITHIN = timedelta(seconds=60)  # Slack looks at a file before blocks may show it
UNABLE_FIRST = timedelta(minutes=1)  # doubling
UNABLE_MAX = timedelta(minutes=10)
LOST_TRIES = 3  # uploads without a clear answer, before the card goes without its picture
KEPT = 1_000  # items whose pictures failed
ANY_ITEM = ""
ANY_ITEM_ERRORS = TOKEN_ERRORS | {"unknown_method", "storage_limit_reached", "uploads_disabled"}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Trouble:
    """Uploads that failed in a row, of one item or of all."""

    count: int = 0
    until: datetime | None = None  # nothing is sent up before


class Pictures:
    """Sends pictures up."""

    def __init__(
        self, house: House, client: AsyncWebClient, session: aiohttp.ClientSession
    ) -> None:
        self._house = house
        self._uploads = Uploads(client, session)
        self._sent_at: dict[str, datetime] = {}  # by item
        self._troubles: dict[str, _Trouble] = {}  # by item, or ANY_ITEM

    async def files_of(self, view: View, pictures: Sequence[Picture]) -> dict[int, str]:
        """The file of each picture by its position; some are missing when Slack takes none.

        Raises:
            CallError: not now; try again.
        """
        files, item_id = dict(view.uploads), view.item.id
        for position, picture in enumerate(pictures):
            if position in files or self._again_at(item_id):
                continue
            try:
                files[position] = await self._uploads.send(picture, f"{item_id}-{position + 1}")
            except CallError as problem:
                self._weigh(problem, item_id)
                continue
            self._sent_at[item_id] = self._house.now()
            self._troubles.pop(item_id, None)
            self._troubles.pop(ANY_ITEM, None)
            await self._house.do(keep_upload, item_id, position, "slack", files[position])
        return files

    def again_at(self, item_id: str) -> datetime:
        """When a picture of this item that failed is tried again."""
        return self._again_at(item_id) or self._house.now() + UNABLE_FIRST

    def may_be_in_work(self, item_id: str) -> bool:
        """Whether Slack may still be looking at a picture of this item."""
        sent_at = self._sent_at.get(item_id)
        if sent_at is None or self._house.now() - sent_at > PROCESSED_WITHIN:
            self._sent_at.pop(item_id, None)
            return False
        return True

    def _again_at(self, item_id: str) -> datetime | None:
        """When the next upload may go; None when it may go now."""
        troubles = filter(None, map(self._troubles.get, (ANY_ITEM, item_id)))
        times = [trouble.until for trouble in troubles if trouble.until]
        return max((time for time in times if time > self._house.now()), default=None)

    def _weigh(self, problem: CallError, item_id: str) -> None:
        """Lets the card go without its picture for a while, unless the trouble may be short."""
        match problem:
            case LimitedError() | UnreachableError():
                raise problem
            case RefusedError(is_token=True, error=error) if error != "missing_scope":
                raise problem
            case RefusedError(error=error):
                whose = ANY_ITEM if error in ANY_ITEM_ERRORS else item_id
            case NotThereError():
                whose = ANY_ITEM
            case _:
                whose = item_id
        if len(self._troubles) >= KEPT:
            del self._troubles[next(iter(self._troubles))]
        trouble = self._troubles.setdefault(whose, _Trouble())
        trouble.count += 1
        if isinstance(problem, LostError) and trouble.count < LOST_TRIES:
            raise problem
        pause = min(UNABLE_MAX, UNABLE_FIRST * 2 ** min(trouble.count - 1, 9))
        trouble.until = self._house.now() + pause
        needs = " The app needs the scope files:write." if "missing_scope" in str(problem) else ""
        log.error(
            "Slack takes no picture of %s: %s.%s Without it nobody can decide from the card; "
            "the next try is in %d s.",
            "any item" if whose == ANY_ITEM else f"item {item_id}",
            problem,
            needs,
            pause.total_seconds(),
        )
