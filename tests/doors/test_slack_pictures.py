"""Pictures: sent up once, shown from Slack's own files; what cannot be shown cannot be decided."""

from typing import Any

from bot.buttons import parse_button
from bot.facts import UNSURE
from localchat.slack.options import Options
from tests.doors.slack_house import APPROVALS, LABEL, LABELS, a_scene, a_workspace

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DIGIT: dict[str, Any] = {
    **LABEL,
    "evidence": [{"kind": "image", "url": PIXEL, "alt": "a handwritten seven"}],
}


async def test_a_picture_is_sent_up_once_and_stands_on_the_card(sqlite_url: str) -> None:
    async with (
        a_workspace(Options(file_processing_for=0.5)) as chat,
        a_scene(sqlite_url, chat=chat) as scene,
    ):
        card = await scene.submitted(DIGIT)
        await card.click("U0AMARA01", "spam")
        await card.told("U0AMARA01", "Recorded")
        await scene.quiet()

        images = [b for b in card.message()["blocks"] if b["type"] == "image"]
        assert len(images) == 1
        assert images[0]["alt_text"] == "a handwritten seven"
        assert len(chat.requests("files.completeUploadExternal")) == 1


async def test_without_uploads_nobody_can_decide_what_nobody_can_see(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("error", "files.*", error="missing_scope")

        card = await scene.submitted(DIGIT)

        presses = [parse_button(each) for each in card.votes()]
        assert [press.argument for press in presses if press] == [UNSURE]
        assert "could not be shown" in str(card.message())
        assert scene.chat.messages(LABELS)
        assert not scene.chat.messages(APPROVALS)
