"""`/review help`, `next` and `show`, answered to the person who typed it alone."""

import pytest

from bot.buttons import vote_id
from tests.doors.slack_house import AMARA, APPROVALS, LABEL, LIAM, RUTH, a_scene, buttons_of


@pytest.mark.parametrize("by_socket", [True, False], ids=["socket", "http"])
async def test_help_and_what_was_meant(sqlite_url: str, by_socket: bool) -> None:
    async with a_scene(sqlite_url, by_socket=by_socket) as scene:
        for line, words in {
            "/review help": "/review next",
            "/review": "/review next",
            "/review nxt": "Did you mean /review next",
            "/review show": "Say which",
            "/review show ZZZZZZZZ": "no request",
            "/review next": "Nothing waits for you",
        }.items():
            outcome = await scene.chat.command(line, user=AMARA, channel=APPROVALS)

            assert outcome.ok, line
            assert words in scene.chat.ephemerals(AMARA)[-1]["text"], line


async def test_next_hands_out_a_card_that_can_be_voted_on(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await scene.chat.command("/review next", user=AMARA, channel="C0GENERAL1")
        handed = scene.chat.ephemerals(AMARA)[-1]
        approve = vote_id(card.item.id, "approve", card.item.choices)
        await scene.chat.click(user=AMARA, channel="C0GENERAL1", ts=handed["ts"], action_id=approve)

        await card.told(AMARA, "Recorded: Approve")
        assert await card.shows("Approved")


async def test_show_has_no_buttons_for_who_may_not_vote_yet(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await scene.chat.command(f"/review show {card.item.id}", user=RUTH, channel=APPROVALS)
        shown = scene.chat.ephemerals(RUTH)[-1]
        await scene.chat.command(f"/review show {card.item.id}", user=LIAM, channel=APPROVALS)

        assert card.item.id in str(shown["blocks"])
        assert buttons_of(shown) == []
        assert "not on the list" in scene.chat.ephemerals(LIAM)[-1]["text"]


async def test_the_home_tab_shows_what_waits(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await scene.chat.open_home(user=AMARA)

        home = await scene.chat.until(lambda: scene.chat.home(AMARA))
        assert home is not None
        assert card.item.id in str(home)
