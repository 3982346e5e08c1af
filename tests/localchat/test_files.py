from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.options import Options
from localchat.testing import LocalChat
from tests.localchat.samples import APPROVALS, Json

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def image(slack_file: Json) -> Json:
    return {"type": "image", "alt_text": "A digit", "slack_file": slack_file}


async def uploaded(client: AsyncWebClient) -> Json:
    response = await client.files_upload_v2(content=PNG, filename="digit.png")
    return dict(response["file"])


async def test_an_uploaded_image_can_be_shown_by_id_and_by_url(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    file = await uploaded(client)

    for slack_file in ({"id": file["id"]}, {"url": file["url_private"]}):
        response = await client.chat_postMessage(
            channel=APPROVALS, text="Which digit?", blocks=[image(slack_file)]
        )
        assert response["ok"]

    async with aiohttp.ClientSession() as session, session.get(file["url_private"]) as shown:
        assert (await shown.read(), shown.content_type) == (PNG, "image/png")


async def test_s36_a_file_is_not_complete_until_all_its_bytes_came(
    client: AsyncWebClient,
) -> None:
    promised = await client.files_getUploadURLExternal(filename="digit.png", length=50)
    async with aiohttp.ClientSession() as session:
        await (await session.post(promised["upload_url"], data=b"too few")).read()

    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": promised["file_id"]}])


async def test_an_image_that_was_never_completed_makes_the_blocks_invalid(
    client: AsyncWebClient,
) -> None:
    promised = await client.files_getUploadURLExternal(filename="digit.png", length=50)

    for slack_file in ({"id": promised["file_id"]}, {"id": "F0NOWHERE"}):
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[image(slack_file)])


async def test_a_file_can_be_shared_with_the_upload(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(
        content=PNG, filename="digit.png", channel=APPROVALS, initial_comment="Look"
    )

    message = chat.messages(APPROVALS)[0]
    assert (message["text"], message["files"][0]["name"]) == ("Look", "digit.png")


class TestProcessing:
    @pytest.fixture
    def options(self) -> Options:
        return Options(file_processing_for=2)

    async def test_a_fresh_image_must_be_processed_first(
        self, chat: LocalChat, client: AsyncWebClient
    ) -> None:
        content: Any = {"text": "x", "blocks": [image({"id": (await uploaded(client))["id"]})]}
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel=APPROVALS, **content)

        chat.clock.advance(2)

        assert (await client.chat_postMessage(channel=APPROVALS, **content))["ok"]
