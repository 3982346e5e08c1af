"""Votes from Discord, over real sockets: counted once, answered, and shown on every card."""

from tests.doors.discord_house import (
    AMARA,
    a_scene,
    buttons_of,
    words_of,
)


async def test_a_click_is_a_vote_and_the_card_shows_it_with_the_answer(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "approve")

        assert outcome.ok
        assert outcome.type == 7
        assert card.headline().startswith("**Approved: Delete files")
        assert buttons_of(card.message()) == []
        assert "Recorded: Approve" in words_of(await card.told(AMARA, "Recorded"))
        assert (await scene.now(card.item)).outcome is not None
