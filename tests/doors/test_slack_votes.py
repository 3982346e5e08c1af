"""A person clicks: it is recorded, the card shows it, and they are told."""

from tests.doors.slack_house import AMARA, a_scene


async def test_an_approval_settles_the_card_that_was_clicked(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "approve")

        assert outcome.ok
        assert (await card.shows("Approved")).startswith("Approved: Delete files")
        await card.told(AMARA, "Recorded: Approve")
        assert card.votes() == []
