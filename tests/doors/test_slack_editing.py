"""Slack: editing and answering in windows, what is kept when something is wrong, the pause."""

from typing import Any

import pytest

from bot.buttons import Act, button_id
from bot.content import Approval
from bot.flows import pausing, reporting
from bot.rules.editing import base_of
from config.policies import Person, Rulebook
from tests.doors.slack_house import (
    AGENT,
    AMARA,
    APPROVAL,
    APPROVALS,
    JONAS,
    MEI,
    Card,
    Scene,
    a_rulebook,
    a_scene,
)

SCHEMA = {
    "type": "object",
    "properties": {"paths": {"type": "array", "items": {"type": "string"}}},
    "additionalProperties": False,
}
EDITABLE: dict[str, Any] = {
    **APPROVAL,
    "action": APPROVAL["action"] | {"args_schema": SCHEMA},
    "allow": ["edit", "respond"],
}
MINE = '{"paths": ["a.log"]}'


def editors(**rules: Any) -> Rulebook:
    return a_rulebook(editors=("amara",), responders=("amara",), **rules)


async def opened(scene: Scene, card: Card, user: str, act: Act) -> dict[str, Any]:
    """The window that a button of the card opens."""
    item = await scene.now(card.item)
    argument = base_of(item) if act is Act.EDIT else ""
    await card.press(user, button_id(act, item.id, argument))
    views = await scene.chat.until(lambda: scene.chat.views(user))
    return dict(views[-1])


async def content_of(scene: Scene, card: Card) -> Approval:
    known = await scene.house.see(reporting.fetch_known, AGENT, card.item.id)
    assert isinstance(known.content, Approval)
    return known.content


async def test_an_editor_changes_the_arguments_and_approves_that(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors(approvals_needed=2)) as scene:
        card = await scene.submitted(EDITABLE)
        await card.click(JONAS, "approve")
        view = await opened(scene, card, AMARA, Act.EDIT)
        assert '"b.log"' in str(view["blocks"])

        outcome = await scene.chat.submit_view(view["id"], {"args": {"args": MINE}})

        assert outcome.ok, outcome
        assert "1 earlier vote" in str(outcome.response)
        assert (await content_of(scene, card)).action.args == {"paths": ["a.log"]}
        await scene.chat.until(lambda: "Edited by" in str(card.message()))
        assert "Amara" in str(card.message())
        assert "b.log" in str(card.message())
        await card.click(JONAS, "approve")
        await card.shows("Approved")


async def test_what_is_wrong_is_said_below_the_text_and_nothing_is_lost(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)
        view = await opened(scene, card, AMARA, Act.EDIT)

        broken = await scene.chat.submit_view(view["id"], {"args": {"args": '{"paths": ['}})
        misfit = await scene.chat.submit_view(view["id"], {"args": {"args": '{"paths": [1]}'}})
        mended = await scene.chat.submit_view(view["id"], {"args": {"args": MINE}})

        assert "not JSON" in broken.errors["args"]
        assert "paths[0]: 1 is not of type 'string'" in misfit.errors["args"]
        assert mended.ok
        assert (await scene.now(card.item)).is_settled


async def test_who_is_no_editor_gets_no_window(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)

        for act in (Act.EDIT, Act.RESPOND):
            argument = base_of(card.item) if act is Act.EDIT else ""
            await card.press(MEI, button_id(act, card.item.id, argument))

        await card.told(MEI, "does not list you among its editors")
        await card.told(MEI, "does not list you among its responders")
        assert scene.chat.views(MEI) == []


async def test_buttons_to_edit_stand_only_where_both_sides_allow_it(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        both = await scene.submitted(EDITABLE)
        neither = await scene.submitted(APPROVAL)

        edit = button_id(Act.EDIT, both.item.id, base_of(both.item))
        assert edit in both.votes()
        assert button_id(Act.RESPOND, both.item.id) in both.votes()
        assert not any(each.startswith(("edit:", "respond:")) for each in neither.votes())


async def test_somebody_answers_in_place_of_the_tool(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, editors()) as scene:
        card = await scene.submitted(EDITABLE)
        view = await opened(scene, card, AMARA, Act.RESPOND)

        outcome = await scene.chat.submit_view(
            view["id"], {"answer": {"answer": "Keep both *files*"}}
        )

        assert outcome.ok, outcome
        assert "your answer goes to the program" in str(outcome.response)
        item = await scene.now(card.item)
        assert item.outcome is not None
        assert item.outcome.words == "Keep both *files*"
        await card.shows("Answered by a person")
        await scene.chat.until(lambda: "Keep both" in str(card.message()))


def with_an_admin() -> Rulebook:
    rulebook = a_rulebook()
    roles = frozenset({"reviewer", "admin"})
    amara = Person(id="amara", name="Amara", slack=AMARA, roles=roles)
    return rulebook.model_copy(update={"people": {**rulebook.people, "amara": amara}})


@pytest.mark.parametrize("line", ["/review pause odd deletions"])
async def test_an_admin_pauses_and_every_open_card_says_so(sqlite_url: str, line: str) -> None:
    rulebook = Rulebook(**dict(with_an_admin()))
    async with a_scene(sqlite_url, rulebook) as scene:
        card = await scene.submitted()

        refused = await scene.chat.command(line, user=JONAS, channel=APPROVALS)
        paused = await scene.chat.command(line, user=AMARA, channel=APPROVALS)

        assert "Only an admin" in str(refused.response)
        assert "Signoff is paused" in str(paused.response)
        pause = await scene.house.see(pausing.current)
        assert pause is not None
        assert (pause.paused_by, pause.reason) == ("amara", "odd deletions")
        await scene.chat.until(lambda: "Signoff is paused" in str(card.message()))
        await scene.chat.command("/review resume", user=AMARA, channel=APPROVALS)
        await scene.chat.until(lambda: "Signoff is paused" not in str(card.message()))
