"""`/review next` and `/review inbox` on Discord: claims, votes by command, settings, breaks."""

from bot.buttons import ME, Act, button_id, vote_id
from bot.commands_help import COMMANDS
from bot.flows import settings
from handlers.commanding import ANSWERS
from handlers.discord.commands import line_of
from tests.doors.discord_house import (
    AMARA,
    GENERAL,
    JONAS,
    LABEL,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
    words_of,
)


async def command(scene: Scene, user: str, name: str, **options: str) -> dict[str, object]:
    """What a person sees for a command."""
    before = len(scene.discord.ephemerals(user))
    outcome = await scene.discord.command(
        f"review {name}", user=user, channel=GENERAL, options=options
    )
    assert outcome.ok, outcome
    await scene.chat.until(lambda: len(scene.discord.ephemerals(user)) > before)
    return scene.discord.ephemerals(user)[-1]


async def press(scene: Scene, message: dict[str, object], custom_id: str) -> None:
    """Presses a button of a private message."""
    outcome = await scene.discord.click(custom_id, user=AMARA, message=str(message["id"]))
    assert outcome.ok, outcome


def test_what_help_lists_is_answered_and_nothing_else() -> None:
    assert {each.name for each in COMMANDS} | {"help"} == set(ANSWERS)


def test_a_command_reads_alike_whatever_was_filled_in_first() -> None:
    filled = [{"name": "reason", "value": "not now"}, {"name": "request", "value": "7K3M"}]

    line = line_of({"options": [{"name": "reject", "options": filled}]})

    assert line == "reject 7K3M not now"


async def test_a_claim_is_nobody_elses_and_is_given_back(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()

        card = await command(scene, AMARA, "next")
        other = await command(scene, JONAS, "next")
        await press(scene, card, button_id(Act.RELEASE, item.id))
        given_back = await scene.told(AMARA, "Given back")

        assert "You hold this until" in words_of(card)
        assert "somebody has it in hand" in words_of(other)
        assert buttons_of(given_back) == [button_id(Act.NEXT, ME)]
        assert "Delete files" in words_of(await command(scene, JONAS, "next"))


async def test_a_skipped_request_makes_room_for_the_next(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        first = await scene.submit()
        second = await scene.submit(LABEL)
        card = await command(scene, AMARA, "next")

        await press(scene, card, button_id(Act.SKIP, first.id))
        skipped = await scene.told(AMARA, "Skipped")
        await press(scene, skipped, button_id(Act.NEXT, ME))

        assert second.id in words_of(await scene.told(AMARA, "You hold this until"))


async def test_a_vote_by_command_has_its_reason_whatever_was_filled_in_first(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()

        told = await command(scene, AMARA, "reject", reason="not now", request=item.id.lower())

        assert "Recorded: Reject" in words_of(told)
        (vote,) = (await scene.now(item)).votes
        assert vote.reason == "not now"


async def test_an_approval_that_asks_twice_gets_its_card(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        item = await scene.submit()

        card = await command(scene, AMARA, "approve", request=item.id)

        assert vote_id(item.id, "approve", item.choices) in buttons_of(card)
        assert (await scene.now(item)).votes == ()


async def test_the_inbox_shows_and_sets_everything(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(approvals_needed=2)) as scene:
        held = await scene.submit()
        await command(scene, AMARA, "next")
        voted = await scene.submit()
        await command(scene, AMARA, "approve", request=voted.id)
        waiting = await scene.submit(LABEL)

        inbox = await command(scene, AMARA, "inbox")
        assert all(each.id in words_of(inbox) for each in (held, voted, waiting))
        await press(scene, inbox, button_id(Act.PREFER, ME, "off"))
        inbox = await scene.told(AMARA, "you are told not at all")
        await press(scene, inbox, button_id(Act.QUIET, ME))
        await scene.chat.until(lambda: scene.discord.modals(AMARA))
        await scene.discord.submit_modal(
            {"hours": "22:00-07:00", "zone": "America/New_York"}, user=AMARA
        )
        await scene.told(AMARA, "in America/New_York.")

        wish = await scene.house.see(settings.wishes, scene.house.rulebook, "amara")
        assert (wish.ping_by, wish.zone) == ("off", "America/New_York")
        assert wish.quiet is not None


async def test_a_break_is_taken_and_ended_by_buttons(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.submit()
        inbox = await command(scene, AMARA, "inbox")

        await press(scene, inbox, button_id(Act.BREAK, ME))
        on_break = await scene.told(AMARA, "Enjoy your break")
        resting = await command(scene, AMARA, "next")
        await press(scene, on_break, button_id(Act.BACK, ME))
        await scene.told(AMARA, "Welcome back")

        assert "on a break" in words_of(resting)
