"""Discord: editing and answering in windows, what is kept when something is wrong, the pause."""

from typing import Any

from bot.buttons import Act, button_id
from bot.content import Approval
from bot.flows import pausing, reporting
from bot.rules.editing import base_of
from config.policies import Person, Rulebook
from tests.doors.discord_house import (
    AMARA,
    APPROVALS,
    JONAS,
    Card,
    Scene,
    a_rulebook,
    a_scene,
    words_of,
)
from tests.doors.slack_house import AGENT
from tests.doors.test_slack_editing import EDITABLE, MINE


def editors(**rules: Any) -> Rulebook:
    return a_rulebook(editors=("amara",), responders=("amara",), **rules)


async def opened(scene: Scene, card: Card, user: str, act: Act) -> dict[str, Any]:
    """The window that a button of the card opens."""
    item = await scene.now(card.item)
    argument = base_of(item) if act is Act.EDIT else ""
    outcome = await card.press(user, button_id(act, item.id, argument))
    assert outcome.ok, outcome
    return dict((await scene.chat.until(lambda: scene.discord.modals(user)))[-1])


async def content_of(scene: Scene, card: Card) -> Approval:
    known = await scene.house.see(reporting.fetch_known, AGENT, card.item.id)
    assert isinstance(known.content, Approval)
    return known.content


async def test_an_editor_changes_the_arguments_and_approves_that(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors(approvals_needed=2)) as scene:
        card = await scene.submitted(EDITABLE)
        await card.click(JONAS, "approve")
        window = await opened(scene, card, AMARA, Act.EDIT)
        assert "b.log" in str(window)

        outcome = await scene.discord.submit_modal({"args": MINE}, user=AMARA)

        assert outcome.ok, outcome
        await card.told(AMARA, "your version stands")
        assert (await content_of(scene, card)).action.args == {"paths": ["a.log"]}
        shown = await card.shows("Edited by")
        assert "Amara" in shown
        assert '-    "b.log"' in shown
        await card.click(JONAS, "approve")
        await card.shows("Approved")


async def test_what_is_wrong_is_said_and_what_was_typed_comes_back_as_a_file(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)
        await opened(scene, card, AMARA, Act.EDIT)

        await scene.discord.submit_modal({"args": '{"paths": [1]}'}, user=AMARA)

        told = await card.told(AMARA, "is not of type")
        assert told["attachments"][0]["filename"] == "arguments.json"
        assert "edit:" in str(told["components"])
        assert (await scene.now(card.item)).edit is None


async def test_who_is_no_editor_gets_no_window(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)

        await card.press(JONAS, button_id(Act.EDIT, card.item.id, base_of(card.item)))

        await card.told(JONAS, "does not list you among its editors")
        assert scene.discord.modals(JONAS) == []


async def test_somebody_answers_in_place_of_the_tool(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)
        await opened(scene, card, AMARA, Act.RESPOND)

        await scene.discord.submit_modal({"answer": "Keep both @everyone"}, user=AMARA)

        await card.told(AMARA, "your answer goes to the program")
        item = await scene.now(card.item)
        assert item.outcome is not None
        assert item.outcome.words == "Keep both @everyone"
        await card.shows("Answered by a person")


async def test_an_admin_pauses_and_every_open_card_says_so(sqlite_url: str) -> None:
    rulebook = a_rulebook()
    roles = frozenset({"reviewer", "admin"})
    amara = Person(id="amara", name="Amara", discord=AMARA, roles=roles)
    people = {**rulebook.people, "amara": amara}
    rulebook = Rulebook(queues=rulebook.queues, people=people)
    async with a_scene(sqlite_url, rulebook) as scene:
        card = await scene.submitted()

        await scene.discord.command("review pause", user=JONAS, channel=APPROVALS)
        await scene.discord.command(
            "review pause", user=AMARA, channel=APPROVALS, options={"reason": "odd deletions"}
        )

        await scene.chat.until(lambda: "Only an admin" in _told(scene, JONAS))
        await scene.chat.until(lambda: "Signoff is paused" in _told(scene, AMARA))
        pause = await scene.house.see(pausing.current)
        assert pause is not None
        assert (pause.paused_by, pause.reason) == ("amara", "odd deletions")
        await card.shows("Signoff is paused")
        await scene.discord.command("review resume", user=AMARA, channel=APPROVALS)
        await scene.chat.until(lambda: "Signoff is paused" not in words_of(card.message()))


def _told(scene: Scene, user: str) -> str:
    return " ".join(words_of(each) for each in scene.discord.ephemerals(user))
