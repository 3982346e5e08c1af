"""What the page and the control API are served about Discord."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from localchat.testing import LocalChat
from tests.localchat.discord_bot import (
    AMARA,
    APPROVALS,
    GUILD,
    JONAS,
    LEADS,
    REVIEWER,
    SOFIA,
    Bot,
    Rest,
    button,
    buttons,
    row,
)
from tests.localchat.test_control import Remote


@pytest.fixture
async def remote(chat: LocalChat) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession() as session:
        yield Remote(session, chat.url)


@asynccontextmanager
async def following(chat: LocalChat, person: str) -> AsyncIterator[Any]:
    """Reads one person's events."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{chat.url}/page/events", params={"as": person}) as response,
    ):
        await response.content.readline()
        await response.content.readline()

        async def next_event() -> Any:
            while not (line := await response.content.readline()).startswith(b"data: "):
                pass
            return json.loads(line[6:])

        yield next_event


async def thank(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Thanks", ephemeral=True)


@pytest.fixture
async def reviewer(bot: Bot) -> Bot:
    """A bot that knows /review show and the menu entry Show."""
    group = app_commands.Group(name="review", description="Review")

    @group.command(name="show", description="Show an item")
    async def show(interaction: discord.Interaction, item: str, count: int = 1) -> None:
        await interaction.response.send_message(f"{item} x {count}", ephemeral=True)

    @show.autocomplete("item")
    async def items(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed.upper(), value=typed)]

    @app_commands.context_menu(name="Show")
    async def this(interaction: discord.Interaction, message: discord.Message) -> None:
        await thank(interaction)

    bot.tree.add_command(group)
    bot.tree.add_command(this)
    await bot.tree.sync()
    return bot


async def test_both_workspaces_are_listed(remote: Remote, reviewer: Bot) -> None:
    slack, space = (await remote.get("/page/state"))["workspaces"]

    assert (slack["platform"], space["platform"], space["id"]) == ("slack", "discord", GUILD)
    rooms = {each["name"]: each["kind"] for each in space["channels"]}
    assert (rooms["approvals"], rooms["leads"]) == ("channel", "private")
    people = {each["id"]: each for each in space["people"]}
    assert people[JONAS]["real_name"] == "Jonas Weber"
    assert REVIEWER in people[JONAS]["roles"]
    assert {"id": REVIEWER, "name": "reviewer", "color": "3498db"} in space["roles"]
    (command,) = space["commands"]
    assert (command["command"], command["usage_hint"]) == ("/review show", "item: [count:]")
    assert [menu["name"] for menu in space["context_menus"]] == ["Show"]


async def test_messages_are_native_json_with_what_the_frame_needs(
    chat: LocalChat, remote: Remote, bot: Bot
) -> None:
    message = str((await bot.room().send("x", view=buttons(yes=thank))).id)
    clicked = await remote.post("/page/action", **{"as": AMARA}, message=message, custom_id="yes")

    seen = (await remote.get(f"/page/messages?as={AMARA}&channel={APPROVALS}"))["messages"]
    others = (await remote.get(f"/page/messages?as={JONAS}&channel={APPROVALS}"))["messages"]
    hidden = await remote.get(f"/page/messages?as={SOFIA}&channel={LEADS}")

    assert clicked["ok"]
    assert [m["content"] for m in seen] == ["x", "Thanks"]
    assert seen[0]["components"][0]["components"][0]["custom_id"] == "yes"
    assert (seen[0]["ts"], seen[0]["user"]) == (message, chat.discord.bot_user_id)
    assert seen[1]["ephemeral"]
    assert [m["content"] for m in others] == ["x"]
    assert hidden["error"] == "channel_not_found"


async def test_events_reach_those_who_may_see(chat: LocalChat, rest: Rest) -> None:
    async with following(chat, AMARA) as amara, following(chat, SOFIA) as sofia:
        await chat.discord.say("for leads", user=AMARA, channel=LEADS)
        posted = await rest.post(content="for all")
        await rest("PATCH", f"/channels/{APPROVALS}/messages/{posted['id']}", {"content": "new"})
        chat.discord.delete_message(posted["id"])
        chat.discord.set_roles(JONAS, [])

        told = [await amara() for _ in range(5)]
        first = await sofia()

    assert [event["type"] for event in told] == [
        "message",
        "message",
        "message_changed",
        "message_deleted",
        "state",
    ]
    assert told[2]["message"]["content"] == "new"
    assert told[3] == {"type": "message_deleted", "channel": APPROVALS, "ts": posted["id"]}
    assert first["message"]["content"] == "for all"


async def test_commands_can_be_typed_chosen_and_completed(
    remote: Remote, chat: LocalChat, reviewer: Bot
) -> None:
    where = {"as": AMARA, "channel": APPROVALS}

    typed = await remote.post("/page/message", **where, text="/review show count:2 item:the cat")
    bare = await remote.post("/page/message", **where, text="/review show dog")
    wrong = await remote.post("/page/message", **where, text="/review show dog count:many")
    unknown = await remote.post("/page/message", **where, text="/nothing")
    chosen = await remote.post(
        "/page/command", **where, command="review show", options={"item": "ant"}
    )
    offered = await remote.post(
        "/page/autocomplete", **where, command="review show", option="item", typed="a"
    )
    known = await remote.get(f"/page/commands?as={AMARA}&channel={APPROVALS}")

    said = [m["content"] for m in chat.discord.ephemerals(AMARA)]
    assert said == ["the cat x 2", "dog x 1", "ant x 1"]
    assert typed["ok"] == bare["ok"] == chosen["ok"] is True
    assert (wrong["error"], unknown["error"]) == ("invalid_entry", "unknown_command")
    assert offered["choices"] == [{"name": "A", "value": "a"}]
    assert {command["name"] for command in known["commands"]} == {"review", "Show"}


async def test_people_write_react_open_and_delete(
    remote: Remote, chat: LocalChat, reviewer: Bot
) -> None:
    where = {"as": AMARA, "channel": APPROVALS}
    said = await remote.post("/page/message", **where, text="hello")
    message = said["response"]["id"]
    reply = await remote.post("/page/message", **where, text="well", reply_to=message)
    reacted = await remote.post("/page/react", **{"as": JONAS}, message=message, name="👍")
    foreign = await remote.post("/page/delete", **{"as": JONAS}, message=message)
    menu = await remote.post("/page/context_menu", **where, command="Show", message=message)
    opened = await remote.post("/page/dm", **{"as": AMARA, "with": chat.discord.bot_user_id})
    await remote.post("/page/delete", **{"as": AMARA}, message=message)

    assert reply["response"]["message_reference"]["message_id"] == message
    assert reacted["ok"]
    assert foreign["error"] == "missing_permissions"
    assert menu["ok"]
    assert opened["channel"]["id"] == chat.discord.direct_channel(AMARA)
    assert [m["content"] for m in chat.discord.messages(APPROVALS)] == ["well"]


async def test_forms_are_shown_submitted_and_closed(
    remote: Remote, chat: LocalChat, bot: Bot
) -> None:
    class Why(discord.ui.Modal, title="Why?"):
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Why", custom_id="why")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=self.reason.value)

    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Why())

    message = str((await bot.room().send("x", view=buttons(ask=ask))).id)
    click = {"as": AMARA, "message": message, "custom_id": "ask"}
    async with following(chat, AMARA) as events:
        await remote.post("/page/action", **click)
        opened = await events()
        shown = (await remote.get(f"/page/views?as={AMARA}"))["views"]
        empty = await remote.post("/page/view/submit", **{"as": AMARA}, values={})
        sent = await remote.post("/page/view/submit", **{"as": AMARA}, values={"why": "so"})
        changed, closed = await events(), await events()
    await remote.post("/page/action", **click)
    await remote.post("/page/view/close", **{"as": AMARA})

    assert (opened["type"], opened["view"]) == ("view_opened", shown[0])
    assert (empty["error"], sent["ok"]) == ("invalid_entry", True)
    assert (changed["type"], closed["type"]) == ("message_changed", "view_closed")
    assert chat.discord.message(message)["content"] == "so"
    assert (await remote.get(f"/page/views?as={AMARA}"))["views"] == []


async def test_discord_can_be_driven_from_outside(
    remote: Remote, chat: LocalChat, reviewer: Bot
) -> None:
    control = "/control/discord"
    message = str((await reviewer.room().send("x", view=buttons(yes=thank))).id)

    clicked = await remote.post(f"{control}/click", user=AMARA, message=message, custom_id="yes")
    ran = await remote.post(
        f"{control}/command",
        user=AMARA,
        channel=APPROVALS,
        name="review show",
        options={"item": "7"},
    )
    await remote.post(f"{control}/set_roles", user=JONAS, roles=[])
    await remote.post(f"{control}/add_channel", id="1100000000000000777", name="new")
    fault = await remote.post(f"{control}/faults", kind="error", target="PATCH *", code=50013)
    dropped = await remote.post(f"{control}/drop", how="reconnect")
    state = await remote.get(f"{control}/state")
    posts = await remote.get(f"{control}/requests?pattern=POST /channels/*/messages")
    missing = await remote.post(f"{control}/click", user=AMARA)

    assert clicked["ok"]
    assert ran["response"]["content"] == "7 x 1"
    assert state["guilds"][GUILD]["members"][JONAS] == []
    assert state["channels"]["1100000000000000777"]["name"] == "new"
    assert [m["content"] for m in state["ephemerals"][AMARA]] == ["Thanks", "7 x 1"]
    assert state["faults"] == [fault["fault"]]
    assert dropped["dropped"] == 1
    assert [r["body"]["content"] for r in posts["requests"]] == ["x"]
    assert "custom_id" in missing["message"]


async def test_a_reset_begins_both_platforms_again(remote: Remote, chat: LocalChat) -> None:
    await chat.discord.say("x", user=AMARA, channel=APPROVALS)
    await chat.say("x", user="U0AMARA01", channel="C0APPROVE1")

    await remote.post("/control/reset")

    assert chat.discord.messages(APPROVALS) == []
    assert chat.messages("C0APPROVE1") == []


def test_the_harness_runs_on_a_thread_of_its_own() -> None:
    with LocalChat.in_thread() as chat:
        chat.call(chat.local.discord.say("Hello", user=AMARA, channel=APPROVALS))

        texts = chat.ask(lambda c: [m["content"] for m in c.discord.messages(APPROVALS)])

    assert texts == ["Hello"]


async def test_a_disabled_button_cannot_be_used(chat: LocalChat, rest: Rest) -> None:
    posted = await rest.post(content="x", components=[row(button(disabled=True))])

    outcome = await chat.discord.click("yes", user=AMARA, message=posted["id"])

    assert outcome.error == "disabled"
