"""What does not fit a card is read whole before it is approved."""

from functools import partial
from typing import Any

import pytest

from bot.buttons import Act, button_id, vote_id
from bot.facts import Status
from tests.doors.slack_house import (
    AMARA,
    APPROVAL,
    APPROVALS,
    LABEL,
    LIAM,
    Card,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
)

PICTURE = {
    "kind": "image",
    "alt": "a handwritten seven",
    "url": (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
        "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    ),
}
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


async def last_page(scene: Scene, card: Card) -> dict[str, Any]:
    """The last page of the full view, after all the others."""
    await card.read(AMARA)
    view = await top(scene, AMARA, "Page 1 of")
    for page in range(2, int(str(view).split("Page 1 of ")[1].split(",")[0]) + 1):
        view = await turn(scene, card, view, page)
    return view


def shown(scene: Scene, words: str) -> list[dict[str, Any]]:
    """Amara's ephemeral messages with these words."""
    return [each for each in scene.chat.ephemerals(AMARA) if words in str(each)]


async def press_in(scene: Scene, message: dict[str, Any], action_id: str) -> None:
    """Amara presses a button of a message that only she sees."""
    await scene.chat.click(user=AMARA, channel=APPROVALS, ts=message["ts"], action_id=action_id)


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


@pytest.mark.parametrize("error", ["unknown_method", "invalid_arguments"])
async def test_where_no_window_opens_the_pages_come_as_messages(
    sqlite_url: str, error: str
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("error", "views.*", error=error)
        card = await scene.submitted(action=LONG)
        approve = vote_id(card.item.id, "approve", card.item.choices)

        await card.read(AMARA)
        page = await card.told(AMARA, "")
        count = int(str(page).split("Page 1 of ")[1].split(",")[0])
        assert count > 2
        for number in range(2, count + 1):
            assert approve not in buttons_of(page)
            turn_to = button_id(Act.PAGE, card.item.id, str(number))
            await press_in(scene, page, turn_to)
            (page,) = await scene.chat.until(partial(shown, scene, f"Page {number} of"))
        assert len(scene.chat.ephemerals(AMARA)) == 1
        await press_in(scene, page, approve)

        await card.told(AMARA, "Recorded: Approve")
        assert await card.shows("Approved")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "ratelimited", "retry_after": 7}, "again in 7 seconds"),
        ({"kind": "http_error", "status": 503}, "did not say whether the window opened"),
    ],
)
async def test_a_window_that_may_open_later_is_asked_for_again(
    sqlite_url: str, fault: dict[str, Any], words: str
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.chat.fault(fault.pop("kind"), "views.open", **fault)

        await card.read(AMARA)

        await card.told(AMARA, words)


async def test_a_reason_that_cannot_be_asked_for_is_owned_up_to(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(require_reason="both")) as scene:
        card = await scene.submitted()
        scene.chat.fault("error", "views.open", error="unknown_method")

        await card.click(AMARA, "approve")

        await card.told(AMARA, "Slack refused to show the window (unknown_method)")
        assert (await scene.now(card.item)).votes == ()


async def test_the_last_page_shows_the_pictures_beside_the_votes(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=LONG, evidence=[PICTURE])

        view = await last_page(scene, card)

        (image,) = [block for block in view["blocks"] if block["type"] == "image"]
        assert image["slack_file"]["id"]
        assert vote_id(card.item.id, "approve", card.item.choices) in buttons_of(view)


async def test_nobody_approves_from_a_page_without_its_pictures(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.chat.fault("error", "files.*", error="missing_scope")
        card = await scene.submitted(action=LONG, evidence=[PICTURE])

        view = await last_page(scene, card)

        assert "could not be shown" in str(view)
        votes = [vote_id(card.item.id, each, card.item.choices) for each in card.item.choices]
        assert not {*votes} & {*buttons_of(view)}


async def test_the_full_view_calls_the_queue_by_its_title(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted({**LABEL, "body": "hello\n" * 2_000})

        await card.read(AMARA)

        assert "(Moderation)" in str(await top(scene, AMARA, "Page 1 of"))
