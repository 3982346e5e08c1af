"""What does not fit a card is read whole before it is approved."""

from typing import Any

from bot.buttons import Act, button_id, vote_id
from bot.facts import Status
from tests.doors.slack_house import (
    AMARA,
    APPROVAL,
    LIAM,
    Card,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
)

LONG = {**APPROVAL["action"], "args": {"script": "echo hello\n" * 5_000}}


async def top(scene: Scene, user: str, words: str) -> dict[str, Any]:
    """The person's topmost window, once it holds these words."""

    def found() -> list[dict[str, Any]]:
        return [view for view in scene.chat.views(user)[-1:] if words in str(view)]

    return (await scene.chat.until(found))[0]


async def turn(scene: Scene, card: Card, view: dict[str, Any], page: int) -> dict[str, Any]:
    """The next page."""
    action_id = button_id(Act.PAGE, card.item.id, str(page))
    await scene.chat.click(user=AMARA, view_id=view["id"], action_id=action_id)
    return await top(scene, AMARA, f"Page {page} of")


async def test_a_long_action_cannot_be_approved_from_its_card(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=LONG)

        assert vote_id(card.item.id, "approve", card.item.choices) not in card.votes()
        assert vote_id(card.item.id, "reject", card.item.choices) in card.votes()


async def test_reading_to_the_last_page_lets_a_person_approve_there(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=LONG)
        approve = vote_id(card.item.id, "approve", card.item.choices)

        await card.read(AMARA)
        view = await top(scene, AMARA, "Page 1 of")
        pages = int(str(view).split("Page 1 of ")[1].split(",")[0])
        assert pages > 2
        for page in range(2, pages + 1):
            assert approve not in buttons_of(view)
            view = await turn(scene, card, view, page)
        await scene.chat.click(user=AMARA, view_id=view["id"], action_id=approve)

        await top(scene, AMARA, "Recorded: Approve")
        assert await card.shows("Approved")


async def test_an_approval_that_was_not_read_opens_the_full_view_instead(sqlite_url: str) -> None:
    """A button put back by hand, or by an older version of the card."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=LONG)
        approve = vote_id(card.item.id, "approve", card.item.choices)
        button = {
            "type": "button",
            "action_id": approve,
            "text": {"type": "plain_text", "text": "Approve"},
        }
        blocks = [{"type": "actions", "block_id": "forged", "elements": [button]}]
        scene.chat.edit_message(card.channel, card.ts, blocks=blocks)

        await card.press(AMARA, approve)

        await top(scene, AMARA, "Page 1 of")
        assert (await scene.now(card.item)).votes == ()


async def test_only_who_has_to_do_with_a_queue_reads_its_items(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await card.read(LIAM)

        await card.told(LIAM, "not on the list")
        assert scene.chat.views(LIAM) == []


async def test_a_window_that_slack_does_not_open_is_owned_up_to(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.chat.fault("error", "views.open", error="expired_trigger_id")

        await card.read(AMARA)

        await card.told(AMARA, "did not open the window in time")


async def test_a_vote_from_the_full_view_of_a_settled_item_is_told_so(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(denials_needed=1)) as scene:
        card = await scene.submitted()
        await card.read(AMARA)
        view = await top(scene, AMARA, "Page 1 of 1")
        await card.click("U0JONAS01", "reject")
        await card.shows("Rejected")

        approve = vote_id(card.item.id, "approve", card.item.choices)
        await scene.chat.click(user=AMARA, view_id=view["id"], action_id=approve)

        await top(scene, AMARA, "was decided already")
        item = await scene.now(card.item)
        assert item.status is Status.SETTLED
        assert [vote.choice for vote in item.votes] == ["reject"]
