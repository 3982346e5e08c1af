"""A person clicks: it is recorded once, the card shows it, and they are told."""

import pytest

from bot.buttons import Act, button_id
from bot.facts import UNSURE, Status
from tests.doors.slack_house import (
    AMARA,
    GONE,
    GUEST,
    JONAS,
    LABEL,
    LABELS,
    LIAM,
    MEI,
    RUTH,
    VISITOR,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
)


@pytest.mark.parametrize("by_socket", [True, False], ids=["socket", "http"])
async def test_an_approval_settles_the_card_that_was_clicked(
    database_url: str, by_socket: bool
) -> None:
    async with a_scene(database_url, by_socket=by_socket) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "approve")

        assert outcome.ok
        assert (await card.shows("Approved")).startswith("Approved: Delete files")
        await card.told(AMARA, "Recorded: Approve")
        assert card.votes() == []
        assert card.message()["text"] == card.headline()


async def test_the_clicked_card_rides_on_the_click_and_costs_no_edit(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(approvals_needed=3)) as scene:
        card = await scene.submitted()

        for user in (AMARA, JONAS, MEI):
            await card.click(user, "approve")
            await card.told(user, "Recorded: Approve")

        await card.shows("Approved")
        await scene.quiet(1.2)
        assert scene.chat.requests("chat.update") == []


async def test_a_repeated_click_says_that_nothing_changed(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded: “spam”")
        await card.click(AMARA, "spam")

        await card.told(AMARA, "Nothing changed")
        assert len((await scene.now(card.item)).votes) == 1


async def test_a_changed_mind_replaces_the_vote_and_undo_takes_it_back(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded: “spam”")
        await card.click(AMARA, "ham")
        told = await card.told(AMARA, "Recorded: “ham”")
        assert [vote.choice for vote in (await scene.now(card.item)).votes] == ["ham"]

        await scene.chat.click(
            user=AMARA,
            channel=LABELS,
            ts=told["ts"],
            action_id=button_id(Act.UNDO, card.item.id),
        )

        await card.told(AMARA, "Withdrawn")
        assert (await scene.now(card.item)).votes == ()


async def test_progress_is_blind_until_the_item_settles(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded")
        await scene.chat.until(lambda: "1 of 2 votes in" in str(card.message()))

        assert "Votes: " not in str(card.message())
        await card.click(JONAS, "spam")
        assert await card.shows("Decided")


async def test_not_sure_hands_the_item_to_the_seniors_who_are_called(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, UNSURE)

        await card.shows("For seniors")
        replies = await scene.chat.until(
            lambda: [
                m for m in scene.chat.messages(LABELS) if m.get("thread_ts") == card.ts != m["ts"]
            ]
        )
        assert RUTH in str(replies[0]["blocks"])
        await card.click(RUTH, "ham")
        assert await card.shows("Decided")


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (LIAM, "not on the list"),
        (GUEST, "Guests cannot vote"),
        (GONE, "deactivated"),
        (VISITOR, "another workspace"),
        (RUTH, "You are a senior"),
    ],
)
async def test_who_may_not_vote_is_told_why_and_nothing_counts(
    sqlite_url: str, user: str, words: str
) -> None:
    """T13, T14, T35; faults 16 and 34: guests, people who left, other companies, no reviewers."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.chat.set_member(user, card.channel, is_member=True)

        outcome = await card.click(user, "reject")

        assert outcome.ok
        await card.told(user, words)
        item = await scene.now(card.item)
        assert item.votes == ()
        assert item.status is Status.OPEN


async def test_who_leaves_between_the_post_and_the_click_does_not_count(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded")

        scene.chat.set_person(AMARA, deleted=True)
        await scene.quiet()
        await card.click(AMARA, "ham")

        await card.told(AMARA, "deactivated")
        assert [vote.choice for vote in (await scene.now(card.item)).votes] == ["spam"]


async def test_a_late_click_is_told_who_decided_and_the_card_is_mended(sqlite_url: str) -> None:
    """T18: the card was edited behind our back, and still shows buttons."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        stale = card.message()["blocks"]
        await card.click(AMARA, "approve")
        await card.shows("Approved")

        await scene.quiet()
        scene.chat.edit_message(card.channel, card.ts, blocks=stale)
        await card.click(JONAS, "reject")

        await card.told(JONAS, "was decided already")
        assert await card.shows("Approved")
        assert card.votes() == []


async def test_a_button_that_nobody_knows_is_answered(sqlite_url: str) -> None:
    """T17, T18: an old version's button, an unknown item, a choice that is not there."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        odd = ("approve_v0", "vote:0:ZZZZZZZZ", f"vote:7:{card.item.id}", f"vote:{card.item.id}")
        blocks = [
            {
                "type": "actions",
                "block_id": "odd",
                "elements": [
                    {
                        "type": "button",
                        "action_id": each,
                        "text": {"type": "plain_text", "text": "x"},
                    }
                    for each in odd
                ],
            }
        ]
        scene.chat.edit_message(card.channel, card.ts, blocks=blocks)

        for number, action_id in enumerate(odd, 1):
            outcome = await card.press(AMARA, action_id)
            assert outcome.ok, action_id
            await scene.answers(AMARA, number)

        said = [message["text"] for message in scene.chat.ephemerals(AMARA)]
        assert all("ot recorded" in words or "Nothing was recorded" in words for words in said), (
            said
        )
        assert (await scene.now(card.item)).votes == ()


async def test_words_and_reactions_are_no_votes(sqlite_url: str) -> None:
    """T34."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await scene.chat.say("/approve", user=AMARA, channel=card.channel, thread_ts=card.ts)
        await scene.chat.react("+1", user=AMARA, channel=card.channel, ts=card.ts)
        await scene.quiet()

        assert (await scene.now(card.item)).votes == ()


async def test_the_answer_falls_back_when_the_response_url_is_dead(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.deafen()

        await card.click(AMARA, "approve")

        await card.told(AMARA, "Recorded: Approve")
        assert await card.shows("Approved")
        assert scene.chat.requests("chat.postEphemeral")


async def test_a_reason_can_follow_the_vote(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        told = await card.told(AMARA, "Recorded")

        await press_told(scene, AMARA, told, Act.REASON, card.item.id)
        views = await scene.chat.until(lambda: scene.chat.views(AMARA))
        outcome = await scene.chat.submit_view(
            views[-1]["id"], {"reason": {"reason": "It sells something."}}
        )

        assert outcome.ok
        assert "Saved: your reason" in str(scene.chat.views(AMARA)[-1])
        (vote,) = (await scene.now(card.item)).votes
        assert vote.reason == "It sells something."


async def test_a_queue_that_wants_reasons_asks_before_it_counts(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(require_reason="both")) as scene:
        card = await scene.submitted()

        await card.click(AMARA, "reject")
        views = await scene.chat.until(lambda: scene.chat.views(AMARA))
        assert (await scene.now(card.item)).votes == ()
        outcome = await scene.chat.submit_view(
            views[-1]["id"], {"reason": {"reason": "Wrong host."}}
        )

        assert outcome.ok
        assert "Recorded: Reject" in str(scene.chat.views(AMARA)[-1])
        assert await card.shows("Rejected")
        (vote,) = (await scene.now(card.item)).votes
        assert vote.reason == "Wrong host."


async def press_told(
    scene: Scene, user: str, told: dict[str, object], act: Act, item_id: str
) -> None:
    """Presses a button of an ephemeral answer."""
    channel = str(told["channel"])
    action_id = button_id(act, item_id)
    assert action_id in buttons_of(told)
    await scene.chat.click(user=user, channel=channel, ts=str(told["ts"]), action_id=action_id)
