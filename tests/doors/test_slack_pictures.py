"""Pictures: sent up once, shown from Slack's own files; what cannot be shown cannot be decided."""

from datetime import timedelta
from typing import Any

import pytest

from bot.buttons import parse_button
from bot.facts import UNSURE
from handlers import failures
from handlers.slack import pictures
from localchat.slack.options import Options
from tests.doors.slack_house import APPROVALS, LABEL, LABELS, a_rulebook, a_scene, a_workspace

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


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", {"error": "missing_scope"}),
        ("files.completeUploadExternal", {"error": "invalid_arguments"}),
        ("files.getUploadURLExternal", {"error": "unknown_method"}),
    ],
)
async def test_a_picture_that_failed_is_tried_again_and_heals_the_card(
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    fault: dict[str, Any],
) -> None:
    monkeypatch.setattr(pictures, "UNABLE_FIRST", timedelta(seconds=0.5))
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("error", method, **fault)
        card = await scene.submitted(DIGIT)
        assert len(card.votes()) == 1
        assert fault["error"] in caplog.text

        scene.chat.heal()

        assert await scene.chat.until(lambda: len(card.votes()) > 1, 8)
        assert [b for b in card.message()["blocks"] if b["type"] == "image"]


async def test_a_vote_without_the_picture_does_not_end_the_tries(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pictures, "UNABLE_FIRST", timedelta(seconds=2))
    async with a_scene(sqlite_url, a_rulebook(votes_needed=3)) as scene:
        scene.chat.fault("error", "files.*", error="missing_scope")
        card = await scene.submitted(DIGIT)

        await card.click("U0AMARA01", UNSURE)
        scene.chat.heal()

        assert await scene.chat.until(lambda: len(card.votes()) > 1, 8)


async def test_an_upload_that_never_answers_costs_the_picture_not_the_card(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "pause_after", lambda _: timedelta(seconds=0.05))
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("http_error", "files.getUploadURLExternal", status=503)

        card = await scene.submitted(DIGIT)

        assert "could not be shown" in str(card.message())


async def test_one_bad_picture_holds_up_no_other(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("error", "files.*", error="invalid_arguments", count=1)
        await scene.submitted(DIGIT)
        assert "Slack takes no picture of item" in caplog.text

        card = await scene.submitted(DIGIT)

        assert len(card.votes()) > 1
