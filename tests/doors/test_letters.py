"""Letters of no item reach channels, threads and people, with pictures and files, once."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from bot.card_parts import Picture, Reply
from bot.flows import letters, outbox
from bot.flows.delivering import Notice
from bot.letters import Enclosure, Letter
from bot.safe_text import say, shown
from config.policies import Rulebook
from storage import notices
from storage.unit import Unit
from tests.doors import discord_house, slack_house


def a_picture() -> bytes:
    """A small PNG."""
    kept = io.BytesIO()
    Image.new("RGB", (4, 4), "navy").save(kept, "PNG")
    return kept.getvalue()


def _written(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    words = notice.body.get("words")
    if words is None:
        return None
    reply = Reply(((shown(str(words)),),))
    if not notice.body.get("rich"):
        return Letter(reply)
    picture = Picture(say("Votes"), say("Votes rise."), data=a_picture(), media="image/png")
    table = Enclosure("votes.csv", "text/csv", b"day,votes\r\n1,2\r\n", say("Every vote"))
    return Letter(reply, (picture,), (table,))


@pytest.fixture(autouse=True)
def a_template(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(letters.WRITERS, "test", _written)
    return iter(())


def post(unit: Unit, /, platform: str, channel: str, now: datetime, **body: Any) -> None:
    """A letter and one below it, the lower one first in line."""
    outbox.send(unit, key="below", template="test", platform=platform, channel_ref=channel,
                 due_at=now, body={"words": "more"}, thread_key="top")  # fmt: skip
    outbox.send(unit, key="top", template="test", platform=platform, channel_ref=channel,
                 due_at=now, body={"words": "digest", **body})  # fmt: skip


async def test_slack_gets_a_letter_with_its_picture_file_and_thread(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        channel, house = slack_house.APPROVALS, scene.house

        await house.do(post, "slack", channel, house.now(), rich=True)
        await scene.chat.until(lambda: len(scene.chat.messages(channel)) == 3)

        top = next(m for m in scene.chat.messages(channel) if m["text"].startswith("digest"))
        below = [m for m in scene.chat.messages(channel) if m is not top]
        images = [block for block in top["blocks"] if block["type"] == "image"]
        assert [image["alt_text"] for image in images] == ["Votes rise."]
        assert {m.get("thread_ts") for m in below} == {top["ts"]}
        assert [f["name"] for m in below for f in m.get("files", ())] == ["votes.csv"]
        assert any(m["text"] == "more" for m in below)


async def test_discord_gets_a_letter_with_its_picture_file_and_thread(sqlite_url: str) -> None:
    async with discord_house.a_scene(sqlite_url) as scene:
        channel, house = discord_house.APPROVALS, scene.house

        await house.do(post, "discord", channel, house.now(), rich=True)
        await scene.chat.until(lambda: len(scene.discord.messages(channel)) == 2)

        top, below = sorted(scene.discord.messages(channel), key=lambda m: int(m["id"]))
        names = [each["filename"] for each in top["attachments"]]
        assert names == ["picture-1.png", "votes.csv"]
        assert top["attachments"][0]["description"] == "Votes rise."
        assert below["message_reference"]["message_id"] == top["id"]


async def test_a_letter_to_a_person_is_a_direct_message(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        house = scene.house
        ruth = house.rulebook.people["ruth"]

        sent = [
            await house.do(
                outbox.send_to_person,
                ruth,
                key="hello",
                template="test",
                due_at=house.now(),
                body={"words": "for you"},
            )
            for _ in range(2)
        ]

        told = await scene.chat.until(lambda: scene.chat.direct_messages(slack_house.RUTH))
        await scene.quiet()
        assert sent == [True, False]
        assert [message["text"] for message in told] == ["for you"]


async def test_a_letter_to_a_person_on_discord(sqlite_url: str) -> None:
    async with discord_house.a_scene(sqlite_url) as scene:
        house = scene.house
        mei = house.rulebook.people["mei"]

        await house.do(
            outbox.send_to_person,
            mei,
            key="hello",
            template="test",
            due_at=house.now(),
            body={"words": "for you"},
        )

        told = await scene.chat.until(lambda: scene.discord.direct_messages(discord_house.MEI))
        assert [message["content"] for message in told] == ["for you"]


async def test_a_letter_with_nothing_to_say_any_more_is_not_sent(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        house, chat = scene.house, scene.chat

        await house.do(
            lambda unit: outbox.send(
                unit,
                key="late",
                template="test",
                platform="slack",
                channel_ref=slack_house.APPROVALS,
                due_at=house.now(),
            )
        )
        await scene.quiet()

        row = await house.see(lambda unit: notices.find(unit.connection, "late"))
        assert chat.messages(slack_house.APPROVALS) == []
        assert row is not None
        assert (row.sent_at, row.gone) == (None, "there is nothing to say any more")


async def test_without_uploads_the_words_of_a_picture_stand_for_it(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        house, chat, channel = scene.house, scene.chat, slack_house.APPROVALS
        chat.fault("error", "files.getUploadURLExternal", error="missing_scope")

        await house.do(post, "slack", channel, house.now(), rich=True)
        await chat.until(lambda: len(chat.messages(channel)) == 2)

        top = next(m for m in chat.messages(channel) if m["text"].startswith("digest"))
        assert "Votes rise." in str(top["blocks"])
        assert not [block for block in top["blocks"] if block["type"] == "image"]
