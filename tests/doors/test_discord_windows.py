"""What cannot be shown whole on Discord cannot be approved there, nor by whom it is not asked."""

from typing import Any

import pytest

from bot.buttons import Act, button_id, vote_id
from handlers.discord import voting
from handlers.discord.identity import NO_ROLE
from tests.cards.hostile import PICTURE
from tests.doors.discord_house import (
    AMARA,
    APPROVAL,
    GENERAL,
    JONAS,
    LABEL,
    LIAM,
    REVIEWER_ROLE,
    RUTH,
    Card,
    a_rulebook,
    a_scene,
    buttons_of,
    words_of,
)

CAT = {"kind": "image", "url": PICTURE, "alt": "a cat"}
LONG = {**APPROVAL, "action": {"name": "run_script", "args": {"script": "echo 1\n" * 3_000}}}


def votes_on(card: Card, message: dict[str, Any]) -> set[str]:
    """The choices that a message offers."""
    ids = {each: vote_id(card.item.id, each, card.item.choices) for each in card.item.choices}
    return {each for each, id_ in ids.items() if id_ in buttons_of(message)}


async def test_the_full_view_shows_the_pictures_beside_the_votes(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(evidence=[CAT, CAT])

        await card.read(AMARA)
        page = await scene.told(AMARA, "Page 1 of 1")

        assert [each["description"] for each in page["attachments"]] == ["a cat"] * 2
        assert votes_on(card, page) == {"approve", "reject"}


async def test_nobody_decides_from_a_full_view_whose_pictures_were_refused(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(evidence=[CAT])
        scene.discord.fault("error", "PATCH /webhooks/*", code=40005, count=1)

        await card.read(AMARA)
        page = await scene.told(AMARA, "Page 1 of 1")

        assert "could not be shown" in words_of(page)
        assert votes_on(card, page) == set()


async def test_a_last_page_without_its_pictures_counts_as_unread(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG, evidence=[CAT])
        await card.read(AMARA)
        page = scene.discord.ephemerals(AMARA)[-1]
        scene.discord.fault("error", "PATCH /webhooks/*", code=40005, count=1)
        last = button_id(Act.PAGE, card.item.id, "99")
        scene.discord.edit_message(page["id"], components=[a_row(last)])

        await scene.discord.click(last, user=AMARA, message=page["id"])
        shown = await scene.told(AMARA, "could not be shown")
        approve = vote_id(card.item.id, "approve", card.item.choices)
        row = a_row(approve)  # a forged button, on the card
        scene.discord.edit_message(card.id, components=[row])
        await card.press(AMARA, approve)

        assert votes_on(card, shown) == set()
        assert (await scene.now(card.item)).votes == ()


def a_row(custom_id: str) -> dict[str, Any]:
    button = {"type": 2, "style": 2, "custom_id": custom_id, "label": "Go"}
    return {"type": 1, "components": [button]}


async def test_turning_back_and_forth_shows_each_picture_once(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG, evidence=[CAT])
        await card.read(AMARA)
        page = scene.discord.ephemerals(AMARA)[-1]
        count = int(words_of(page).split("Page 1 of ")[1].split(",")[0])
        files = []

        for number in (*range(2, count + 1), count - 1, count):
            id_ = button_id(Act.PAGE, card.item.id, str(number))
            await scene.discord.click(id_, user=AMARA, message=page["id"])
            page = await scene.told(AMARA, f"Page {number} of")
            files.append(len(page["attachments"]))

        assert files[-3:] == [2, 1, 2]
        assert votes_on(card, page) == {"approve", "reject"}


async def test_a_vote_on_a_page_that_lost_its_pictures_is_not_counted(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(evidence=[CAT])
        await card.read(AMARA)
        page = await scene.told(AMARA, "Page 1 of 1")
        scene.discord.edit_message(page["id"], attachments=[])

        approve = vote_id(card.item.id, "approve", card.item.choices)
        await scene.discord.click(approve, user=AMARA, message=page["id"])

        await scene.told(AMARA, "did not reach you")
        assert (await scene.now(card.item)).votes == ()


# -- the second step -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "why"),
    [(LIAM, "not on the list of reviewers"), (RUTH, "You are a senior here")],
)
async def test_who_may_not_vote_is_told_before_a_window_opens(
    sqlite_url: str, user: str, why: str
) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        card = await scene.submitted()

        outcome = await card.click(user, "approve")

        assert outcome.type != 9
        assert scene.discord.modals(user) == []
        await card.told(user, why)


async def test_who_asks_is_told_before_a_window_opens(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        card = await scene.submitted(requester="amara")

        outcome = await card.click(AMARA, "approve")

        assert outcome.type != 9
        await card.told(AMARA, "others must judge it")


async def test_who_lost_the_role_is_told_before_a_window_opens(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True, role=REVIEWER_ROLE)) as scene:
        card = await scene.submitted()
        scene.discord.set_roles(JONAS, [])

        outcome = await card.click(JONAS, "approve")

        assert outcome.type != 9
        await card.told(JONAS, NO_ROLE)


async def test_a_window_that_cannot_open_in_time_is_owned_up_to(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        card = await scene.submitted()
        monkeypatch.setattr(voting, "DEFER_AFTER", 0.0)

        await card.click(AMARA, "approve")

        await card.told(AMARA, "took too long")
        assert (await scene.now(card.item)).votes == ()


async def test_a_queue_has_one_title_on_its_card_and_everywhere_else(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(require_reason="both")) as scene:
        card = await scene.submitted({**LABEL, "body": "hello\n" * 2_000})

        await card.click(AMARA, "unsure")
        await card.read(JONAS)
        page = await scene.told(JONAS, "Page 1 of")
        offered = await scene.discord.autocomplete(
            "review show", user=AMARA, channel=GENERAL, option="request", typed=""
        )

        assert "(Moderation)" in card.headline()
        assert "Moderation" in str(scene.discord.modals(AMARA)[0])
        assert "(Moderation)" in page["content"]
        assert "(Moderation)" in offered[0]["name"]
