"""The Home tab: one's claims, what waits, one's last votes with undo, one's settings."""

from datetime import time
from typing import Any

import pytest

from bot.buttons import ME, Act, button_id
from bot.flows import settings
from bot.rules.fatigue import Quiet, Wishes
from tests.doors.slack_house import (
    AMARA,
    APPROVALS,
    LABEL,
    LIAM,
    Scene,
    a_rulebook,
    a_scene,
    buttons_of,
)


async def home_with(scene: Scene, words: str, user: str = AMARA) -> dict[str, Any]:
    """The Home tab, once it says this."""
    found = await scene.chat.until(
        lambda: [each for each in [scene.chat.home(user)] if each and words in str(each)]
    )
    return found[0]


async def press(scene: Scene, home: dict[str, Any], action_id: str) -> None:
    """Presses a button of the Home tab."""
    outcome = await scene.chat.click(user=AMARA, view_id=home["id"], action_id=action_id)
    assert outcome.ok, outcome


async def wishes_of(scene: Scene, person: str = "amara") -> Wishes:
    """What somebody has set."""
    return await scene.house.see(settings.wishes, scene.house.rulebook, person)


async def test_shows_claims_what_waits_votes_and_settings(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(approvals_needed=2)) as scene:
        held = await scene.submit()
        await scene.chat.command("/review next", user=AMARA, channel=APPROVALS)
        voted = await scene.submit()
        await scene.chat.command(f"/review approve {voted.id}", user=AMARA, channel=APPROVALS)
        waiting = await scene.submit(LABEL)

        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, waiting.id)

        assert all(each.id in str(home) for each in (held, voted))
        assert "Moderation: 1" in str(home)
        assert "1 of 200 in the last hour." in str(home)
        assert buttons_of(home) == [
            button_id(Act.OPEN, held.id),
            button_id(Act.NEXT, ME),
            button_id(Act.BREAK, ME),
            button_id(Act.UNDO, voted.id),
            button_id(Act.PREFER, ME, "dm"),
            button_id(Act.PREFER, ME, "off"),
            button_id(Act.QUIET, ME),
        ]


async def test_hands_out_the_next_request_in_a_window_that_takes_votes(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()
        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, item.id)

        await press(scene, home, button_id(Act.NEXT, ME))
        view = (await scene.chat.until(lambda: scene.chat.views(AMARA)))[-1]
        await home_with(scene, "yours until")

        assert any(each.startswith("vote:") for each in buttons_of(view))
        assert item.id in str(view)


async def test_takes_a_vote_back(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(approvals_needed=2)) as scene:
        item = await scene.submit()
        await scene.chat.command(f"/review approve {item.id}", user=AMARA, channel=APPROVALS)
        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, f"Undo {item.id}")

        await press(scene, home, button_id(Act.UNDO, item.id))
        await scene.chat.until(lambda: f"Undo {item.id}" not in str(scene.chat.home(AMARA)))

        assert (await scene.now(item)).votes == ()
        assert "Withdrawn" in str(scene.chat.views(AMARA)[-1])


async def test_keeps_how_somebody_wants_to_be_told(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, "in the channel")

        await press(scene, home, button_id(Act.PREFER, ME, "dm"))
        await home_with(scene, button_id(Act.PREFER, ME, "channel"))

        assert (await wishes_of(scene)).ping_by == "dm"


async def test_keeps_quiet_hours_and_the_zone_or_says_what_to_mend(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, "Quiet hours")
        await press(scene, home, button_id(Act.QUIET, ME))
        window = (await scene.chat.until(lambda: scene.chat.views(AMARA)))[-1]

        def filled(hours: str, zone: str) -> dict[str, Any]:
            return {"hours": {"hours": hours}, "zone": {"zone": zone}}

        for hours, zone in (("late", "UTC"), ("22:00-25:00", "UTC"), ("22-7", "Europe/Berln")):
            await scene.chat.submit_view(window["id"], filled(hours, zone))
            assert (await wishes_of(scene)).quiet is None
        await scene.chat.submit_view(window["id"], filled("22:00-7:00", "Europe/Berlin"))
        await home_with(scene, "22:00-07:00, in Europe/Berlin")

        wishes = await wishes_of(scene)
        assert wishes.quiet == Quiet(*(time(hour) for hour in (22, 7)))
        assert wishes.zone == "Europe/Berlin"


@pytest.mark.parametrize(("user", "words"), [(LIAM, "not on the list")])
async def test_says_what_to_do_to_whom_it_is_not_for(
    sqlite_url: str, user: str, words: str
) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.chat.open_home(user=user)

        assert "people.toml" in str(await home_with(scene, words, user))


async def test_a_stranger_to_the_rules_gets_an_answer_to_every_button(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        item = await scene.submit()
        await scene.chat.open_home(user=AMARA)
        home = await home_with(scene, item.id)
        stranger = scene.house.rulebook.model_copy(update={"people": {}})
        scene.house.rulebook = type(stranger).model_validate(stranger.model_dump())

        await press(scene, home, button_id(Act.NEXT, ME))

        assert "not on the list" in str(
            (await scene.chat.until(lambda: scene.chat.views(AMARA)))[-1]
        )
