"""Files on their way up to Slack."""

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.card_parts import Picture
from bot.letters import Enclosure
from handlers.calls import LostError, NotThereError
from handlers.slack.api import CALL_WITHIN, ask


class Uploads:
    """Sends files up; each call either names the file that Slack keeps, or raises."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session

    async def send(self, picture: Picture, name: str) -> str:
        """The file of a picture, for blocks to show.

        Raises:
            CallError: it is not there, or that is not known.
        """
        name = f"{name}.{picture.media.removeprefix('image/') or 'png'}"
        file_ref = await self._carry(name, picture.data or b"", str(picture.alt))
        named: list[dict[str, str | None]] = [{"id": file_ref, "title": str(picture.title)}]
        await ask(self._client.files_completeUploadExternal(files=named))
        return file_ref

    async def share(self, enclosure: Enclosure, channel_ref: str, thread_ref: str) -> None:
        """Posts a file into a thread.

        Raises:
            CallError: it does not stand there, or that is not known.
        """
        file_ref = await self._carry(enclosure.name, enclosure.data)
        named: list[dict[str, str | None]] = [{"id": file_ref, "title": str(enclosure.title)}]
        await ask(
            self._client.files_completeUploadExternal(
                files=named, channel_id=channel_ref, thread_ts=thread_ref
            )
        )

    async def _carry(self, name: str, data: bytes, alt: str = "") -> str:
        described = {"alt_txt": alt} if alt else {}
        place = await ask(
            self._client.files_getUploadURLExternal(filename=name, length=len(data), **described)
        )
        url, file_ref = str(place.get("upload_url") or ""), str(place.get("file_id") or "")
        if not (url and file_ref):
            raise NotThereError("files.getUploadURLExternal names no place for it")
        timeout = aiohttp.ClientTimeout(CALL_WITHIN)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(url, data=data, headers=headers, timeout=timeout) as said:
                if said.status != 200:
                    raise LostError(f"the upload got HTTP {said.status}")
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise LostError(f"the upload broke: {problem}") from problem
        return file_ref
