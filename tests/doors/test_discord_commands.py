"""Commands, windows and the full view on Discord, over real sockets."""

import json
import re
from pathlib import Path
from typing import Any

import discord
import pytest
from click.testing import CliRunner

from bot.buttons import Act, button_id, vote_id
from handlers.cli.commands.manifest import command as manifest_command
from handlers.discord.client import intents
from handlers.discord.manifest import INTENTS, PERMISSIONS, SHOW_ITEM, invitation, manifest
from handlers.discord.registering import is_known, register_once
from tests.doors.discord_house import (
    AMARA,
    APPROVAL,
    APPROVALS,
    GENERAL,
    JONAS,
    LABEL,
    LIAM,
    RUTH,
    Card,
    Scene,
    a_rulebook,
    a_scene,
    a_server,
    buttons_of,
    words_of,
)
from tests.doors.discord_truth import COMMANDS, assert_discord_takes

LONG = {**APPROVAL, "action": {"name": "run_script", "args": {"script": "echo 1\n" * 3_000}}}


async def command(
    scene: Scene, user: str, name: str, channel: str = GENERAL, **options: str
) -> str:
    """What a person is told for a command."""
    before = len(scene.discord.ephemerals(user))
    outcome = await scene.discord.command(name, user=user, channel=channel, options=options)
    assert outcome.ok, outcome
    await scene.chat.until(lambda: len(scene.discord.ephemerals(user)) > before)
    return words_of(scene.discord.ephemerals(user)[-1])


# -- the slash command -----------------------------------------------------------------------------


async def test_help_names_what_a_person_can_type_and_needs_no_account(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        told = await command(scene, LIAM, "review help")

        assert "/review next" in told
        assert "/review show ID" in told


async def test_next_hands_out_the_most_urgent_card_or_says_why_there_is_none(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        assert "no request is open" in await command(scene, AMARA, "review next")
        await scene.submitted(LABEL)
        await scene.submitted()

        assert "Delete files" in await command(scene, AMARA, "review next")


async def test_show_finds_a_request_by_its_id_for_those_whom_it_concerns(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        id_ = card.item.id.lower()

        assert "Delete files" in await command(scene, AMARA, "review show", request=id_)
        assert "not on the list" in await command(scene, LIAM, "review show", request=id_)
        assert "no request “nonsense”" in await command(
            scene, AMARA, "review show", request="nonsense"
        )


async def test_a_senior_sees_the_card_and_no_buttons_while_it_is_the_reviewers(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        await command(scene, RUTH, "review show", request=card.item.id)

        assert buttons_of(scene.discord.ephemerals(RUTH)[-1]) == []


async def test_typing_an_id_suggests_what_waits_for_that_person(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        first, second = await scene.submitted(), await scene.submitted(LABEL)
        await second.click(AMARA, "spam")

        async def offered(user: str, typed: str = "") -> list[str]:
            found = await scene.discord.autocomplete(
                "review show", user=user, channel=GENERAL, option="request", typed=typed
            )
            return [each["value"] for each in found]

        assert await offered(AMARA) == [first.item.id]
        assert set(await offered(JONAS)) == {first.item.id, second.item.id}
        assert await offered(JONAS, "which class") == [second.item.id]
        assert await offered(LIAM) == []


async def test_the_menu_of_a_card_shows_the_item_settled_or_not(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()

        async def shown() -> str:
            await scene.discord.context_menu(
                SHOW_ITEM, user=AMARA, channel=APPROVALS, message=card.id
            )
            return words_of(scene.discord.ephemerals(AMARA)[-1])

        assert "Delete files" in await shown()
        await card.click(JONAS, "reject")
        assert "Rejected: Delete files" in await shown()


async def test_the_menu_of_somebody_elses_message_names_no_item(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        said = await scene.discord.say(f"Request {card.item.id}", user=LIAM, channel=APPROVALS)
        message = (said.response or {})["id"]

        await scene.discord.context_menu(SHOW_ITEM, user=AMARA, channel=APPROVALS, message=message)

        await scene.told(AMARA, "There is no")


# -- registering -----------------------------------------------------------------------------------


def test_the_commands_hold_to_discords_own_description() -> None:
    words = {"de": {"next": "weiter", "What you can type": "Was man tippen kann"}}

    assert_discord_takes(COMMANDS, manifest())
    assert_discord_takes(COMMANDS, manifest(words))


def test_names_and_descriptions_can_be_given_in_other_languages() -> None:
    group = manifest({"de": {"next": "weiter"}})[0]

    assert group["options"][0]["name_localizations"] == {"de": "weiter"}
    assert "name_localizations" not in group["options"][1]


def test_an_invitation_asks_for_the_least() -> None:
    url = invitation("42")

    assert "client_id=42" in url
    assert "permissions=274878024704" in url


def test_the_command_line_prints_the_definitions_and_the_invitation() -> None:
    printed = CliRunner().invoke(manifest_command, ["discord"])
    invited = CliRunner().invoke(manifest_command, ["discord", "--invite", "42"])
    refused = CliRunner().invoke(manifest_command, ["discord", "--invite", "me"])

    assert json.loads(printed.output) == manifest()
    assert invited.output.strip() == invitation("42")
    assert refused.exit_code == 2


def test_every_permission_and_intent_is_justified_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs" / "discord.md").read_text()

    rows = re.findall(r"^\| ([A-Z][A-Za-z ]+) \|", text, re.MULTILINE)

    assert rows == [*PERMISSIONS, *INTENTS]
    assert invitation("YOUR_APPLICATION_ID") in text
    assert intents() == discord.Intents(guilds=True)


async def test_commands_are_registered_once_and_again_only_when_they_change(
    sqlite_url: str,
) -> None:
    async with a_server() as chat:
        for _ in range(2):
            async with a_scene(sqlite_url, chat=chat) as scene:
                await chat.until(lambda: chat.discord.commands())
                await scene.quiet(0.1)
        puts = chat.discord.requests("PUT /applications/*/commands")

        assert len(puts) == 1
        assert is_known(manifest(), chat.discord.commands())

        changed = [{**each, "description": "older"} for each in chat.discord.commands()[:1]]
        assert not is_known(manifest(), changed)


async def test_what_discord_knows_already_is_not_told_again(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        await scene.chat.until(lambda: scene.discord.commands())
        app = scene.door.client.application_ref

        assert await register_once(scene.door.desk.api, app) is False


# -- windows ---------------------------------------------------------------------------------------


async def test_a_reason_is_asked_for_in_a_window_and_saved_with_the_vote(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        receipt = await card.told(AMARA, "Recorded")

        await scene.discord.click(
            button_id(Act.REASON, card.item.id), user=AMARA, message=receipt["id"]
        )
        outcome = await scene.discord.submit_modal({"reason": "obvious"}, user=AMARA)

        assert outcome.ok
        await scene.told(AMARA, "Saved: your reason")
        assert (await scene.now(card.item)).votes[0].reason == "obvious"


async def test_a_queue_that_wants_reasons_asks_before_it_counts(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(require_reason="both")) as scene:
        card = await scene.submitted(LABEL)

        outcome = await card.click(AMARA, "spam")
        before = (await scene.now(card.item)).votes
        await scene.discord.submit_modal({"reason": "links"}, user=AMARA)

        assert outcome.type == 9
        assert before == ()
        await card.told(AMARA, "Recorded")
        assert [vote.reason for vote in (await scene.now(card.item)).votes] == ["links"]


@pytest.mark.parametrize(("typed", "counts"), [("host-1", True), ("HOST-1 ", True), ("ok", False)])
async def test_an_approval_that_wants_confirming_has_the_targets_name_typed(
    sqlite_url: str, typed: str, counts: bool
) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "approve")
        window = scene.discord.modals(AMARA)[0]
        await scene.discord.submit_modal({"typed": typed}, user=AMARA)

        assert outcome.type == 9
        assert "Delete files a.log, b.log on host-1" in str(window)
        assert "'label': 'Type this to approve:', 'description': 'host-1'" in str(window)
        await card.told(AMARA, "Recorded" if counts else "is not “host-1”")
        assert bool((await scene.now(card.item)).outcome) is counts


async def test_rejecting_needs_no_second_step(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(confirm=True)) as scene:
        card = await scene.submitted()

        outcome = await card.click(AMARA, "reject")

        assert outcome.type == 7


async def test_a_reason_without_a_vote_is_refused(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        receipt = await card.told(AMARA, "Recorded")
        press = {"user": AMARA, "message": receipt["id"]}
        reason = button_id(Act.REASON, card.item.id)
        undo = button_id(Act.UNDO, card.item.id)
        await scene.discord.click(reason, **press)
        await scene.discord.click(undo, **press)

        await scene.discord.submit_modal({"reason": "late"}, user=AMARA)

        await scene.told(AMARA, "You have no vote on this item")


# -- the full view ---------------------------------------------------------------------------------


async def read_to_the_end(card: Card, user: str) -> dict[str, Any]:
    """Turns every page; the last one."""
    discord = card.scene.discord
    await card.read(user)
    page = discord.ephemerals(user)[-1]
    while turns := [each for each in buttons_of(page) if each.startswith("page:")]:
        number = turns[-1].split(":")[1]
        if int(number) < page_number(page):
            break
        await discord.click(turns[-1], user=user, message=page["id"])
        page = discord.message(page["id"])
    return page


def page_number(page: dict[str, Any]) -> int:
    return int(page["content"].split("Page ")[1].split(" ")[0])


async def test_what_fits_no_card_is_approved_on_the_last_page_only(sqlite_url: str) -> None:
    """Threat T2."""
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG)
        approve = vote_id(card.item.id, "approve", card.item.choices)
        assert approve not in buttons_of(card.message())

        page = await read_to_the_end(card, AMARA)
        outcome = await scene.discord.click(approve, user=AMARA, message=page["id"])

        assert outcome.ok
        assert "Recorded: Approve" in words_of(scene.discord.message(page["id"]))
        await card.shows("Approved")


async def test_an_approval_without_reading_opens_the_pages_instead(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG)
        approve = vote_id(card.item.id, "approve", card.item.choices)
        row = card.message()["components"][0]
        row["components"][0]["custom_id"] = approve  # a forged button
        scene.discord.edit_message(card.id, components=[row])

        await card.press(AMARA, approve)

        assert "Page 1 of" in words_of(scene.discord.ephemerals(AMARA)[-1])
        assert (await scene.now(card.item)).votes == ()


async def test_the_pages_hold_every_character_and_come_with_a_file(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG)

        await card.read(AMARA)
        page = scene.discord.ephemerals(AMARA)[-1]
        last = await read_to_the_end(card, JONAS)

        assert [each["filename"] for each in page["attachments"]] == [f"request-{card.item.id}.txt"]
        assert page["attachments"][0]["size"] > 21_000
        assert last["attachments"], "turning pages keeps the file"
        assert f"Digest {card.item.digest}" in str(last["embeds"])


async def test_a_stranger_reads_nothing(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LONG)

        await card.read(LIAM)

        await card.told(LIAM, "not on the list of reviewers")
