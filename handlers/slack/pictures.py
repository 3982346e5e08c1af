"""Pictures that Slack keeps for us: each is sent up once, then cards name its file."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.card_parts import Picture
from bot.flows.delivering import View, keep_upload
from handlers.app import House
from handlers.calls import CallError, LostError
from handlers.slack.api import CALL_WITHIN, RefusedError, ask

PROCESSED_WITHIN = timedelta(seconds=60)  # Slack looks at a file before blocks may show it
UNABLE_FOR = timedelta(minutes=10)

log = logging.getLogger(__name__)


class Pictures:
    """Sends pictures up."""

    def __init__(
        self, house: House, client: AsyncWebClient, session: aiohttp.ClientSession
    ) -> None:
        self._house = house
        self._client = client
        self._session = session
        self._sent_at: dict[str, datetime] = {}  # by item
        self._unable_until: datetime | None = None

    async def files_of(self, view: View, pictures: Sequence[Picture]) -> dict[int, str]:
        """The file of each picture by its position; some are missing when Slack takes none.

        Raises:
            CallError: not now; try again.
        """
        files = dict(view.uploads)
        for position, picture in enumerate(pictures):
            if position in files or self._is_unable():
                continue
            try:
                files[position] = await self._send(picture, f"{view.item.id}-{position + 1}")
            except RefusedError as problem:
                if problem.is_token and problem.error != "missing_scope":
                    raise
                self._give_up(problem)
                continue
            item_id = view.item.id
            self._sent_at[item_id] = self._house.now()
            await self._house.do(keep_upload, item_id, position, "slack", files[position])
        return files

    def may_be_in_work(self, item_id: str) -> bool:
        """Whether Slack may still be looking at a picture of this item."""
        sent_at = self._sent_at.get(item_id)
        if sent_at is None or self._house.now() - sent_at > PROCESSED_WITHIN:
            self._sent_at.pop(item_id, None)
            return False
        return True

    async def _send(self, picture: Picture, name: str) -> str:
        data = picture.data or b""
        name = f"{name}.{picture.media.removeprefix('image/') or 'png'}"
        place = await ask(
            self._client.files_getUploadURLExternal(
                filename=name, length=len(data), alt_txt=str(picture.alt)
            )
        )
        await self._carry(str(place["upload_url"]), data)
        file_ref = str(place["file_id"])
        await ask(
            self._client.files_completeUploadExternal(
                files=[{"id": file_ref, "title": str(picture.title)}]
            )
        )
        return file_ref

    async def _carry(self, url: str, data: bytes) -> None:
        timeout = aiohttp.ClientTimeout(CALL_WITHIN)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(url, data=data, headers=headers, timeout=timeout) as said:
                if said.status != 200:
                    raise LostError(f"the upload got HTTP {said.status}")
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise LostError(f"the upload broke: {problem}") from problem

    def _is_unable(self) -> bool:
        return self._unable_until is not None and self._house.now() < self._unable_until

    def _give_up(self, problem: CallError) -> None:
        self._unable_until = self._house.now() + UNABLE_FOR
        log.error(
            "Slack takes no pictures: %s. Cards with pictures cannot be decided until it does; "
            "the app needs the scope files:write.",
            problem,
        )
