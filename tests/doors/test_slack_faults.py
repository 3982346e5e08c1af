"""What goes wrong between us and Slack, and what must hold all the same. Numbers: docs/trust."""

import asyncio
import sqlite3
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.facts import Rule, Status
from handlers import failures, pressing
from handlers.slack import posted
from handlers.slack.posted import Posted
from tests.doors.slack_house import (
    AMARA,
    APPROVAL,
    APPROVALS,
    JONAS,
    LABEL,
    LABELS,
    MEI,
    RUTH,
    a_rulebook,
    a_scene,
    buttons_of,
)


async def test_the_same_click_delivered_three_times_is_one_vote(database_url: str) -> None:
    """Fault 1."""
    async with a_scene(database_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam", times=3)
        await scene.chat.until(lambda: len(scene.chat.ephemerals(AMARA)) == 3)

        assert len((await scene.now(card.item)).votes) == 1


@pytest.mark.parametrize("first", ["approve", "reject"])
async def test_whoever_comes_first_decides_and_the_other_is_told(
    database_url: str, first: str
) -> None:
    """Fault 3."""
    second = "reject" if first == "approve" else "approve"
    async with a_scene(database_url) as scene:
        card = await scene.submitted()

        await card.click(AMARA, first)
        await card.click(JONAS, second)

        await card.told(JONAS, "was decided already")
        item = await scene.now(card.item)
        assert item.outcome is not None
        assert item.outcome.choice == first


async def test_a_post_whose_answer_is_lost_is_found_and_not_repeated(sqlite_url: str) -> None:
    """Faults 6 and 7: the message stands; only we do not know it."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("lost_response", "chat.postMessage", count=1)
        card = await scene.submitted()
        await card.click(AMARA, "approve")
        await card.shows("Approved")
        await scene.quiet(2.5)

        assert len(scene.cards(card.item)) == 1
        assert len(scene.chat.requests("conversations.history")) == 1


async def test_without_the_right_to_look_a_lost_post_is_repeated_and_both_converge(
    sqlite_url: str,
) -> None:
    """Faults 6 and 7, with no scope to read the channel."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("lost_response", "chat.postMessage", count=1)
        scene.chat.fault("error", "conversations.history", error="missing_scope")
        item = await scene.submit()

        await scene.chat.until(lambda: len(scene.cards(item)) == 2, 6)


async def test_a_request_that_never_arrived_is_sent_again(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("lost_request", "chat.postMessage", count=1)

        card = await scene.submitted()

        assert len(scene.cards(card.item)) == 1


async def test_a_429_on_one_channel_holds_up_no_other(sqlite_url: str) -> None:
    """Fault 8."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault(
            "ratelimited", "chat.postMessage", channel=APPROVALS, retry_after=30, count=1
        )
        waiting = await scene.submit()
        await scene.chat.until(lambda: scene.chat.requests("chat.postMessage"))

        await scene.submitted(LABEL)
        await scene.quiet(0.6)

        assert scene.cards(waiting) == []
        posts = scene.chat.requests("chat.postMessage")
        assert len([post for post in posts if post.args["channel"] == APPROVALS]) == 1


async def test_a_429_on_edits_is_waited_out(sqlite_url: str) -> None:
    """Fault 8."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.chat.fault("ratelimited", "chat.update", retry_after=1, count=1)
        scene.chat.slack.response_urls.clear()

        await scene.chat.command(f"/review show {card.item.id}", user=AMARA, channel=APPROVALS)
        shown = scene.chat.ephemerals(AMARA)[-1]
        await scene.chat.click(
            user=AMARA, channel=APPROVALS, ts=shown["ts"], action_id=buttons_of(shown)[0]
        )

        assert await card.shows("Approved")
        assert len(scene.chat.requests("chat.update")) == 2


def _at_least(count: int, requests: list[Any]) -> list[Any]:
    return requests if len(requests) >= count else []


async def test_a_storm_of_items_draws_no_429(sqlite_url: str) -> None:
    """Fault 8: the budget keeps below Slack's, with Slack's own limits switched on."""
    from localchat.slack.options import Options
    from tests.doors.slack_house import a_workspace

    async with (
        a_workspace(Options(rate_limits="slack")) as chat,
        a_scene(sqlite_url, chat=chat) as scene,
    ):
        for _ in range(40):
            await scene.submit()
        posts = await chat.until(lambda: _at_least(5, chat.requests("chat.postMessage")))

        assert [post.status for post in posts] == [200] * len(posts)
        items = {post.args["metadata"]["event_payload"]["item"] for post in posts}
        assert len(items) == len(posts)


async def test_a_vote_counts_before_we_know_that_the_card_is_posted(sqlite_url: str) -> None:
    """Fault 12."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("slow", "chat.postMessage", seconds=1, count=1)
        card = await scene.submitted()

        await card.click(AMARA, "approve")

        await card.told(AMARA, "Recorded: Approve")
        assert (await scene.now(card.item)).status is Status.SETTLED
        assert await card.shows("Approved")


async def test_the_newest_state_is_what_stands_in_the_end(sqlite_url: str) -> None:
    """Fault 13: one edit is slow, and the next change comes meanwhile."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        scene.deafen()
        scene.chat.fault("slow", "chat.update", seconds=0.5, count=1)

        await card.click(AMARA, "spam")
        await scene.chat.until(lambda: scene.chat.slack.faults and True)
        await asyncio.sleep(1.2)
        await card.click(JONAS, "spam")

        assert await card.shows("Decided")
        await scene.quiet(1.2)
        assert "Decided" in card.headline()


async def test_a_deleted_card_of_an_open_item_is_posted_again(sqlite_url: str) -> None:
    """Fault 14."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await scene.quiet()
        scene.chat.delete_message(card.channel, card.ts)

        await scene.chat.command(f"/review show {card.item.id}", user=AMARA, channel=APPROVALS)
        shown = scene.chat.ephemerals(AMARA)[-1]
        await scene.chat.click(
            user=AMARA, channel=APPROVALS, ts=shown["ts"], action_id=buttons_of(shown)[0]
        )

        cards = await scene.chat.until(lambda: scene.cards(card.item, card.channel))
        assert cards[0]["ts"] != card.ts


@pytest.mark.parametrize("lost", ["archived", "kicked"])
async def test_a_lost_channel_sends_the_card_to_the_people_themselves(
    sqlite_url: str, lost: str
) -> None:
    """Fault 14: and there it can be decided."""
    async with a_scene(sqlite_url) as scene:
        if lost == "archived":
            scene.chat.archive(APPROVALS)
        else:
            scene.chat.set_member(scene.chat.app.bot_user_id, APPROVALS, is_member=False)

        item = await scene.submit()
        (message,) = await scene.chat.until(lambda: scene.chat.direct_messages(AMARA))
        channel = scene.chat.requests("chat.postMessage")[-1].response["channel"]
        channel = next(
            call.response["channel"]
            for call in scene.chat.requests("chat.postMessage")
            if call.args["channel"] == AMARA
        )
        await scene.chat.click(
            user=AMARA, channel=channel, ts=message["ts"], action_id=buttons_of(message)[0]
        )

        await scene.chat.until(lambda: "Approved" in str(scene.chat.direct_messages(AMARA)[0]))
        assert (await scene.now(item)).status is Status.SETTLED


async def test_a_revoked_token_is_not_hammered_and_work_resumes(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault 15."""
    from handlers import breaker

    monkeypatch.setattr(breaker, "FIRST", timedelta(seconds=1))
    async with a_scene(sqlite_url) as scene:
        await scene.submitted()
        scene.chat.set_token("token_revoked")

        began = time.monotonic()
        items = [await scene.submit() for _ in range(5)]
        await scene.chat.until(lambda: "refuses our token" in caplog.text)
        await asyncio.sleep(0.5)
        refused = [r for r in scene.chat.requests("chat.postMessage") if not r.response.get("ok")]
        assert len(refused) <= 2 + (time.monotonic() - began)  # one a second at most
        scene.chat.set_token("valid")

        assert await scene.chat.until(lambda: scene.cards(items[0]) and scene.cards(items[1]))
        assert "accepts our token again" in caplog.text


async def test_hostile_words_travel_and_change_nothing(sqlite_url: str) -> None:
    """Faults 26 and 39: controls, right-to-left, mentions, markup, NUL, in every place."""
    evil = "<!channel> *a* `b` \u202eabc\u200b \x00 \ufeff & <@U1> ```"
    async with a_scene(sqlite_url) as scene:
        action = {**APPROVAL["action"], "args": {"x" + evil: evil}}
        evidence = [{"kind": "text", "text": evil, "title": "x"}]

        card = await scene.submitted(action=action, reason=evil, evidence=evidence)

        assert "\u202e" not in str(card.message())
        await card.click(AMARA, "approve")
        assert await card.shows("Approved")


async def test_a_card_that_slack_never_takes_becomes_a_plain_one_and_others_flow(
    sqlite_url: str,
) -> None:
    """Fault 27."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault(
            "error", "chat.postMessage", error="invalid_blocks", channel=APPROVALS, count=3
        )
        poisoned = await scene.submit()
        await scene.chat.until(lambda: scene.chat.requests("chat.postMessage"))
        await scene.submitted(LABEL)

        (message,) = await scene.chat.until(lambda: scene.cards(poisoned))

        assert "cannot be shown as a card" in str(message["blocks"])
        assert buttons_of(message) == [f"read:{poisoned.id}"]


async def test_a_card_that_cannot_be_rendered_has_no_vote_and_expires_denied(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 28."""
    from handlers.clock import tick
    from handlers.presenting import CannotRenderError
    from handlers.slack import present

    def refuse(*_: Any) -> Any:
        raise CannotRenderError("too much")

    monkeypatch.setattr(present, "message_of", refuse)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(due_in=1)

        assert card.votes() == [f"read:{card.item.id}"]
        assert "cannot be shown as a card" in str(card.message())
        await asyncio.sleep(1.1)
        await tick(scene.house)
        outcome = (await scene.now(card.item)).outcome
        assert outcome is not None
        assert (outcome.choice, outcome.rule) == ("reject", Rule.TIMEOUT)
        assert await card.shows("Expired, so denied")


@pytest.mark.parametrize("fault", ["error", "ratelimited", "lost_request"])
async def test_nobody_votes_while_slack_cannot_say_who_they_are(
    sqlite_url: str, fault: str
) -> None:
    """Faults 8 and 34: nothing is counted, and they are told; who is known may go on."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded")
        scene.chat.fault(fault, "users.info")

        outcome = await card.click(JONAS, "spam")
        await card.click(AMARA, "ham")

        assert outcome.ok
        await card.told(JONAS, "Slack did not tell us who you are")
        await card.told(AMARA, "Recorded: “ham”")
        assert len((await scene.now(card.item)).votes) == 1


async def test_a_locked_database_is_owned_up_to_in_time(sqlite_url: str) -> None:
    """Faults 18 and 40: acknowledged within three seconds, and nothing is counted."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        await scene.quiet()
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        outcome = await card.click(AMARA, "approve")

        assert outcome.ok
        assert outcome.ack_ms < 3_000
        await card.told(AMARA, "Not recorded: the database is busy")
        other.execute("ROLLBACK")
        other.close()
        assert (await scene.now(card.item)).votes == ()
        await card.click(AMARA, "approve")
        assert await card.shows("Approved")


async def test_a_slow_flow_is_acknowledged_first_and_answered_honestly(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 40."""
    from handlers.slack import clicks

    monkeypatch.setattr(clicks, "RECORD_WITHIN", 0.2)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        await scene.quiet()
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        outcome = await card.click(AMARA, "approve")
        assert outcome.ok
        assert scene.chat.ephemerals(AMARA) == []
        other.execute("ROLLBACK")
        other.close()

        await card.told(AMARA, "Recorded: Approve")


async def test_while_edits_fail_stale_buttons_tell_the_truth(sqlite_url: str) -> None:
    """Fault 41."""
    async with a_scene(sqlite_url, a_rulebook(approvals_needed=2)) as scene:
        card = await scene.submitted()
        scene.deafen()
        scene.chat.fault("http_error", "chat.update", status=503)

        for user in (AMARA, JONAS):
            await card.click(user, "approve")
        await card.click(MEI, "reject")

        await card.told(MEI, "was decided already")
        assert card.votes()
        scene.chat.heal()
        assert await card.shows("Approved")


async def test_what_nobody_foresaw_is_answered_with_an_id_that_the_log_knows(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: Any) -> Any:
        raise ZeroDivisionError("surprise")

    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        monkeypatch.setattr(pressing, "Ballot", explode)

        outcome = await card.click(RUTH, "approve")

        assert outcome.ok
        told = await card.told(RUTH, "Something broke on our side")
        error_id = told["text"].split()[-1]
        assert error_id in caplog.text
        assert "ZeroDivisionError" in caplog.text


async def test_sockets_that_drop_come_back(sqlite_url: str) -> None:
    """Fault 10, as far as it is Slack's."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await scene.chat.drop_sockets("abort")
        await scene.chat.until(lambda: scene.chat.socket_count() == 1)

        await card.click(AMARA, "approve")
        assert await card.shows("Approved")


@pytest.mark.parametrize("status", [404, 503])
async def test_where_nobody_can_look_a_lost_post_is_repeated_in_the_end(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Faults 6 and 7, on a server that does not know conversations.history, or is sick."""
    monkeypatch.setattr(failures, "pause_after", lambda _: timedelta(seconds=0.1))
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("lost_response", "chat.postMessage", count=1)
        scene.chat.fault("http_error", "conversations.history", status=status)
        item = await scene.submit()

        await scene.chat.until(lambda: len(scene.cards(item)) == 2)
        await scene.quiet()

        assert len(scene.cards(item)) == 2


async def test_only_the_last_looks_are_remembered(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posted, "KEPT", 1)
    async with a_scene(sqlite_url) as scene:
        there = Posted(scene.door.desk.client)
        now = scene.house.now()

        for channel in (APPROVALS, LABELS, APPROVALS):
            await there.find(channel, {}, since=now, now=now)

        assert len(scene.chat.requests("conversations.history")) == 3


async def test_no_card_is_shown_to_another_company(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T14."""
    async with a_scene(sqlite_url) as scene:
        scene.chat.slack.workspace.channels[APPROVALS].is_ext_shared = True

        item = await scene.submit()

        assert await scene.chat.until(lambda: scene.chat.direct_messages(AMARA))
        assert scene.cards(item) == []
        assert "another company sees that channel" in caplog.text
