"""`/review next` on Slack and what follows: the card, skipping, giving back, votes by command."""

from typing import Any

import pytest

from bot.buttons import ME, Act, button_id, vote_id
from bot.flows import loading
from config.policies import Limits
from tests.doors.slack_house import (
    AMARA,
    APPROVALS,
    JONAS,
    LABEL,
    MEI,
    RUTH,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
)


async def told(scene: Scene, user: str, line: str) -> dict[str, Any]:
    """What a person sees for a command."""
    before = len(scene.chat.ephemerals(user))
    assert (await scene.chat.command(f"/review {line}", user=user, channel=APPROVALS)).ok
    await scene.chat.until(lambda: len(scene.chat.ephemerals(user)) > before)
    return scene.chat.ephemerals(user)[-1]


async def press(scene: Scene, user: str, message: dict[str, Any], action_id: str) -> None:
    """Presses a button of a private message."""
    await scene.chat.click(user=user, channel=APPROVALS, ts=message["ts"], action_id=action_id)


async def says(scene: Scene, user: str, words: str) -> dict[str, Any]:
    """The private message with these words, once it is there."""
    found = await scene.chat.until(
        lambda: [each for each in scene.chat.ephemerals(user) if words in str(each)]
    )
    return found[-1]


async def test_what_one_is_handed_another_is_not_until_it_comes_back(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()

        card = await told(scene, AMARA, "next")
        other = await told(scene, JONAS, "next")
        await press(scene, AMARA, card, button_id(Act.RELEASE, item.id))
        given_back = await says(scene, AMARA, "Given back")
        handed = await told(scene, JONAS, "next")

        assert "You hold this until" in str(card["blocks"])
        assert "somebody has it in hand" in other["text"]
        assert buttons_of(given_back) == [button_id(Act.NEXT, ME)]
        assert item.id in str(handed["blocks"])


async def test_a_skipped_request_makes_room_for_the_next(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        first = await scene.submit()
        second = await scene.submit(LABEL)
        card = await told(scene, AMARA, "next")

        await press(scene, AMARA, card, button_id(Act.SKIP, first.id))
        skipped = await says(scene, AMARA, "Skipped")
        await press(scene, AMARA, skipped, button_id(Act.NEXT, ME))
        await says(scene, AMARA, second.id)
        nothing = await told(scene, AMARA, "skip")
        after = await told(scene, AMARA, "next")

        assert "Skipped" in nothing["text"]
        assert "Nothing waits for you" in after["text"]


async def test_a_vote_on_the_private_card_counts(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()
        card = await told(scene, AMARA, "next")

        await press(scene, AMARA, card, vote_id(item.id, "reject", item.choices))
        await says(scene, AMARA, "Recorded: Reject")

        assert (await scene.now(item)).is_settled
        assert "Nothing" in (await told(scene, AMARA, "mine"))["text"]


async def test_mine_lists_what_is_held_and_opens_it_again(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()
        await told(scene, AMARA, "next")

        listed = await told(scene, AMARA, "mine")
        await press(scene, AMARA, listed, button_id(Act.OPEN, item.id))

        assert item.id in listed["text"]
        assert "You hold this until" in str(await says(scene, AMARA, "Give back"))


async def test_somebody_at_rest_is_told_kindly_when_it_goes_on(sqlite_url: str) -> None:
    rules = a_rulebook().model_copy(update={"limits": Limits(max_per_hour=1)})
    async with a_scene(sqlite_url, rules) as scene:
        item = await scene.submit()
        await scene.submit()
        await told(scene, AMARA, f"reject {item.id}")

        resting = await told(scene, AMARA, "next")

        assert "as much as one hour should hold. Thank you!" in resting["text"]
        assert "It goes on " in resting["text"]


async def test_a_break_is_taken_and_ended(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()

        taken = await told(scene, AMARA, "break 15m")
        resting = await told(scene, AMARA, "next")
        back = await told(scene, AMARA, "back")
        handed = await told(scene, AMARA, "next")
        wrong = await told(scene, AMARA, "break soon")

        assert "Enjoy your break" in taken["text"]
        assert "on a break" in resting["text"]
        assert "Welcome back" in back["text"]
        assert item.id in str(handed["blocks"])
        assert "Nothing was changed" in wrong["text"]


class TestVotesByCommand:
    async def test_count_like_those_by_button(self, sqlite_url: str) -> None:
        async with a_scene(sqlite_url) as scene:
            item = await scene.submit()

            answer = await told(scene, AMARA, f"approve {item.id.lower()} looks fine to me")

            assert "Recorded: Approve" in answer["text"]
            (vote,) = (await scene.house.see(loading.load, item.id)).votes
            assert (vote.person_id, vote.reason) == ("amara", "looks fine to me")

    async def test_are_taken_back_and_cast_anew(self, sqlite_url: str) -> None:
        async with a_scene(sqlite_url, a_rulebook(approvals_needed=2)) as scene:
            item = await scene.submit()

            await told(scene, AMARA, f"approve {item.id}")
            undone = await told(scene, AMARA, f"undo {item.id}")
            unsure = await told(scene, AMARA, f"unsure {item.id}")

            assert "Withdrawn" in undone["text"]
            assert "Not sure" in unsure["text"]

    async def test_name_a_class_however_it_is_spelled(self, sqlite_url: str) -> None:
        async with a_scene(sqlite_url) as scene:
            item = await scene.submit(LABEL)

            wrong = await told(scene, AMARA, f"label {item.id} eggs")
            right = await told(scene, AMARA, f"label {item.id} SPAM")

            assert "takes spam, ham" in wrong["text"]
            assert "Recorded: “spam”" in right["text"]

    async def test_get_the_card_where_policy_asks_twice(self, sqlite_url: str) -> None:
        async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
            item = await scene.submit()

            card = await told(scene, AMARA, f"approve {item.id}")

            assert vote_id(item.id, "approve", item.choices) in buttons_of(card)
            assert (await scene.now(item)).votes == ()

    @pytest.mark.parametrize(
        ("user", "line", "words"),
        [
            (RUTH, "approve {id}", "You are a senior here"),
            (MEI, "approve ZZZZZZZZ", "no request"),
            (MEI, "approve", "Say which"),
            (MEI, "undo", "Say which"),
            (MEI, "release", "You hold nothing"),
        ],
    )
    async def test_are_refused_like_those_by_button(
        self, sqlite_url: str, user: str, line: str, words: str
    ) -> None:
        async with a_scene(sqlite_url) as scene:
            item = await scene.submit()

            assert words in (await told(scene, user, line.format(id=item.id)))["text"]
            assert (await scene.now(item)).votes == ()
