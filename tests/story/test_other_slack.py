"""Signoff on a Slack that knows almost nothing: what is not there is done without, or said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.buttons import Act, button_id, vote_id
from bot.content import SUBMISSION
from bot.facts import Item, Status
from bot.flows import loading, opening
from config.settings import Settings
from handlers import failures
from handlers.app import House
from handlers.cli.doctor.slack import check_slack
from handlers.slack import failures as slack_failures
from handlers.slack.door import run_slack
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.plain_slack import PlainSlack, a_plain_slack
from tests.doors.slack_house import (
    AGENT,
    AMARA,
    APPROVAL,
    APPROVALS,
    JONAS,
    LABEL,
    LABELS,
    LIAM,
    a_rulebook,
    buttons_of,
)


@dataclass
class Place:
    """A house whose Slack door is open to a plain Slack."""

    slack: PlainSlack
    house: House

    async def submit(self, body: dict[str, Any], **changes: Any) -> tuple[Item, dict[str, Any]]:
        """An item, and its card once it is posted."""
        house, channel = self.house, APPROVALS if body["kind"] == "approval" else LABELS
        content = SUBMISSION.validate_python({**body, **changes})
        opened = await house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
        find = lambda: [m for m in self.slack.messages.values() if m["channel"] == channel]  # noqa: E731
        return opened.item, (await self.slack.until(find))[0]

    async def now(self, item: Item) -> Item:
        """The item as it stands."""
        return await self.house.see(loading.load, item.id)

    async def told(self, user: str, words: str) -> str:
        """The direct message with these words, once it is there."""
        find = lambda: [text for text in self.slack.told(user) if words in text]  # noqa: E731
        return (await self.slack.until(find))[0]

    def page(self, user: str, words: str) -> dict[str, Any] | None:
        """A person's direct message with these words."""
        found = [m for m in self.slack.messages.values() if words in str(m["blocks"])]
        return next((each for each in found if each["channel"] == user), None)


@asynccontextmanager
async def a_place(url: str, **rules: Any) -> AsyncIterator[Place]:
    """The door is open inside the block."""
    async with a_plain_slack() as slack:
        env = {
            "SIGNOFF_DATABASE_URL": url,
            "SIGNOFF_SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": "xoxb-plain",
            "SLACK_APP_TOKEN": "xapp-plain",
        }
        house = House(Settings.read(env), a_rulebook(**rules), Memory(open_engine(url)))
        try:
            async with run_slack(house, poll_every=0.05):
                yield Place(slack, house)
        finally:
            house.close()


async def test_an_approval_is_decided_and_its_card_settles(database_url: str) -> None:
    async with a_place(database_url) as place:
        item, card = await place.submit(APPROVAL)

        await place.slack.click(AMARA, card, vote_id(item.id, "approve", item.choices))

        assert await place.told(AMARA, "Recorded: Approve")
        await place.slack.until(lambda: "Approved" in card["text"])
        assert (await place.now(item)).status is Status.SETTLED
        assert vote_id(item.id, "approve", item.choices) not in buttons_of(card)


async def test_two_people_settle_a_label(database_url: str) -> None:
    async with a_place(database_url) as place:
        item, card = await place.submit(LABEL)
        spam = vote_id(item.id, "spam", item.choices)

        await place.slack.click(AMARA, card, spam)
        await place.slack.click(JONAS, card, spam)
        await place.slack.click(LIAM, card, spam)

        assert await place.told(LIAM, "")
        outcome = (await place.now(item)).outcome
        assert outcome is not None
        assert outcome.choice == "spam"
        await place.slack.until(lambda: "Decided" in card["text"])


async def test_the_doctor_asks_by_post_as_well(sqlite_url: str) -> None:
    async with a_place(sqlite_url) as place:
        findings = [each async for each in check_slack(place.house.settings, a_rulebook())]

        assert AMARA in [args["user"] for args in place.slack.asked("users.info")]
        assert "7 of 7 active people have an account" in str(findings)


@pytest.mark.parametrize("said", [{"ok": True}, {"ok": True, "user": {"id": "U0OTHER"}}, 404])
async def test_nobody_votes_whom_slack_does_not_name(sqlite_url: str, said: Any) -> None:
    async with a_place(sqlite_url) as place:
        place.slack.answers["users.info"] = said
        item, card = await place.submit(APPROVAL)

        await place.slack.click(AMARA, card, vote_id(item.id, "approve", item.choices))

        assert await place.told(AMARA, "Slack did not tell us who you are")
        assert (await place.now(item)).votes == ()


async def test_nothing_warns_that_the_token_is_unused(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")

    async with a_place(sqlite_url):
        assert "unused" not in caplog.text


async def test_a_post_without_a_name_is_not_repeated_for_ever(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slack_failures, "LOST_FOR", timedelta(0))
    monkeypatch.setattr(failures, "pause_after", lambda _: timedelta(0))
    async with a_place(sqlite_url, reviewers=(), seniors=("ruth",)) as place:
        place.slack.answers["chat.postMessage"] = {"ok": True}
        await place.submit(APPROVAL)
        await place.slack.until(lambda: "is given up after 3 tries" in caplog.text)
        await asyncio.sleep(1.5)

        posts = [args["channel"] for args in place.slack.asked("chat.postMessage")]
        assert posts.count(APPROVALS) == 3


async def test_the_full_view_comes_as_direct_messages_and_can_be_voted_from(
    sqlite_url: str,
) -> None:
    long = {**APPROVAL["action"], "args": {"script": "echo hello\n" * 1_000}}
    async with a_place(sqlite_url) as place:
        item, card = await place.submit(APPROVAL, action=long)
        approve = vote_id(item.id, "approve", item.choices)
        assert approve not in buttons_of(card)

        await place.slack.click(AMARA, card, button_id(Act.READ, item.id))
        first = await place.slack.until(lambda: place.page(AMARA, "Page 1 of 2"))
        assert approve not in buttons_of(first)
        await place.slack.click(AMARA, first, button_id(Act.PAGE, item.id, "2"))
        last = await place.slack.until(lambda: place.page(AMARA, "Page 2 of 2"))
        await place.slack.click(AMARA, last, approve)

        assert await place.told(AMARA, "Recorded: Approve")
        await place.slack.until(lambda: "Approved" in card["text"])
