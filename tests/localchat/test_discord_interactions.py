import asyncio
import re
from typing import Any

import discord
import pytest
from discord import app_commands

from localchat.testing import LocalChat
from tests.localchat.discord_bot import (
    AMARA,
    APPROVALS,
    GUILD,
    JONAS,
    REVIEWER,
    RUTH,
    SOFIA,
    Bot,
    Json,
    Rest,
    answers_within,
    buttons,
    row,
    running,
    socket,
)


async def thank(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Thanks", ephemeral=True)


async def post(bot: Bot, **pressed: Any) -> str:
    """A message with buttons; its id."""
    sent = await bot.room().send("May it run?", view=buttons(**pressed))
    return str(sent.id)


async def raw_click(chat: LocalChat, rest: Rest, ws: Any) -> tuple[Json, asyncio.Task[Any]]:
    """A click that nothing answers by itself: its interaction, and the person who waits."""
    message = await rest.post(content="x", components=[row()])
    waiting = asyncio.create_task(chat.discord.click("yes", user=AMARA, message=message["id"]))
    return (await ws.until("INTERACTION_CREATE"))["d"], waiting


def callback_of(interaction: Json) -> str:
    return f"/interactions/{interaction['id']}/{interaction['token']}/callback"


def webhook_of(interaction: Json) -> str:
    return f"/webhooks/{interaction['application_id']}/{interaction['token']}"


async def test_a_click_is_answered_for_one_person(chat: LocalChat, bot: Bot) -> None:
    message = await post(bot, yes=thank)

    outcome = await chat.discord.click("yes", user=AMARA, message=message)

    assert (outcome.ok, outcome.type) == (True, 4)
    assert [m["content"] for m in chat.discord.ephemerals(AMARA)] == ["Thanks"]
    assert chat.discord.ephemerals(JONAS) == []
    assert len(chat.discord.messages(APPROVALS)) == 1


@answers_within(0.3)
async def test_d1_a_late_callback_finds_no_interaction(chat: LocalChat, rest: Rest) -> None:
    async with socket(chat.discord) as ws:
        await ws.identify()
        interaction, waiting = await raw_click(chat, rest, ws)
        outcome = await waiting

        late = await rest.code("POST", callback_of(interaction), {"type": 6})
        stranger = await rest.code("POST", "/interactions/1/nothing/callback", {"type": 6})

    assert (outcome.ok, outcome.message) == (False, "This interaction failed")
    assert late == stranger == (404, 10062)


@answers_within(0.3)
async def test_d1_an_unknown_button_fails_for_the_person(chat: LocalChat, bot: Bot) -> None:
    sent = await bot.room().send("x", view=buttons(yes=thank))
    restarted = discord.ui.View()
    bot._connection._view_store._views.clear()
    assert restarted.is_dispatching() is False

    outcome = await chat.discord.click("yes", user=AMARA, message=str(sent.id))

    assert outcome.error == "no_callback"


async def test_d2_a_second_callback_is_refused(chat: LocalChat, bot: Bot) -> None:
    codes = []

    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        interaction.response._response_type = None
        with pytest.raises(discord.HTTPException) as caught:
            await interaction.response.send_message("again")
        codes.append((caught.value.status, caught.value.code))

    message = await post(bot, twice=twice)
    await chat.discord.click("twice", user=AMARA, message=message)
    await chat.until(lambda: codes)

    assert codes == [(400, 40060)]


async def test_d3_a_token_dies_after_fifteen_minutes(chat: LocalChat, bot: Bot) -> None:
    kept: list[discord.Interaction] = []

    async def keep(interaction: discord.Interaction) -> None:
        kept.append(interaction)
        await interaction.response.defer()

    message = await post(bot, keep=keep)
    await chat.discord.click("keep", user=AMARA, message=message)
    await kept[0].followup.send("in time")
    chat.clock.advance(901)

    with pytest.raises(discord.HTTPException) as caught:
        await kept[0].followup.send("too late")
    assert caught.value.status == 401


class TestCallbackTypes:
    async def test_d13_a_command_cannot_update_a_message(self, chat: LocalChat, rest: Rest) -> None:
        path = f"/applications/{chat.discord.application_id}/commands"
        await rest("PUT", path, [{"name": "review", "description": "Review"}])
        async with socket(chat.discord) as ws:
            await ws.identify()
            waiting = asyncio.create_task(
                chat.discord.command("review", user=AMARA, channel=APPROVALS)
            )
            interaction = (await ws.until("INTERACTION_CREATE"))["d"]

            status, refusal = await rest("POST", callback_of(interaction), {"type": 6})
            await rest("POST", callback_of(interaction), {"type": 5})
            assert (await waiting).ok

        assert (status, refusal["code"]) == (400, 50035)
        assert refusal["errors"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"

    async def test_d13_no_modal_follows_a_modal(self, chat: LocalChat, rest: Rest) -> None:
        field = {"type": 4, "custom_id": "why", "style": 1, "label": "Why"}
        form = {"custom_id": "form", "title": "Why", "components": [row(field)]}
        async with socket(chat.discord) as ws:
            await ws.identify()
            interaction, waiting = await raw_click(chat, rest, ws)
            await rest("POST", callback_of(interaction), {"type": 9, "data": form})
            assert (await waiting).type == 9
            submitting = asyncio.create_task(chat.discord.submit_modal({"why": "so"}, user=AMARA))
            submission = (await ws.until("INTERACTION_CREATE"))["d"]

            refused = await rest.code("POST", callback_of(submission), {"type": 9, "data": form})
            await rest("POST", callback_of(submission), {"type": 6})
            assert (await submitting).ok

        assert refused == (400, 50035)
        assert submission["data"]["components"][0]["components"][0]["value"] == "so"
        assert chat.discord.modals(AMARA) == []

    async def test_the_first_answer_can_be_told(self, chat: LocalChat, rest: Rest) -> None:
        async with socket(chat.discord) as ws:
            await ws.identify()
            interaction, waiting = await raw_click(chat, rest, ws)
            data = {"content": "Hi", "flags": 64}
            status, told = await rest(
                "POST", callback_of(interaction) + "?with_response=1", {"type": 4, "data": data}
            )
            await waiting
            second, other = await raw_click(chat, rest, ws)
            silent, nothing = await rest("POST", callback_of(second), {"type": 6})
            await other

        assert (status, silent, nothing) == (200, 204, "")
        assert told["interaction"]["response_message_ephemeral"] is True
        assert told["resource"]["message"]["content"] == "Hi"

    async def test_follow_ups_wait_for_the_first_answer(self, chat: LocalChat, rest: Rest) -> None:
        async with socket(chat.discord) as ws:
            await ws.identify()
            interaction, waiting = await raw_click(chat, rest, ws)
            early = await rest.code("POST", webhook_of(interaction), {"content": "x"})
            await rest("POST", callback_of(interaction), {"type": 6})
            await waiting
            rest.token = None
            status, _ = await rest("POST", webhook_of(interaction), {"content": "x"})

        assert early == (404, 10015)
        assert status == 200


async def test_d14_the_first_follow_up_becomes_the_deferred_reply(
    chat: LocalChat, bot: Bot
) -> None:
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        assert chat.discord.ephemerals(AMARA)[0]["flags"] == 64 | 128
        await interaction.followup.send("Done", ephemeral=False)
        await interaction.followup.send("And more", ephemeral=False)

    message = await post(bot, think=think)
    await chat.discord.click("think", user=AMARA, message=message)
    await chat.until(lambda: len(chat.discord.messages(APPROVALS)) == 2)

    (reply,) = chat.discord.ephemerals(AMARA)
    assert (reply["content"], reply["flags"], reply["edited_timestamp"]) == ("Done", 64, None)
    assert chat.discord.messages(APPROVALS)[1]["content"] == "And more"


async def test_d14_a_deferral_takes_no_other_flag(chat: LocalChat, rest: Rest) -> None:
    async with socket(chat.discord) as ws:
        await ws.identify()
        interaction, waiting = await raw_click(chat, rest, ws)
        deferral = {"type": 5, "data": {"flags": 64 | 1 << 15}}
        await rest("POST", callback_of(interaction), deferral)
        await waiting

    assert chat.discord.ephemerals(AMARA)[0]["flags"] == 64 | 128


async def test_d15_ephemerals_are_reached_through_the_token_only(
    chat: LocalChat, bot: Bot, rest: Rest
) -> None:
    kept: list[discord.Interaction] = []

    async def keep(interaction: discord.Interaction) -> None:
        kept.append(interaction)
        await thank(interaction)

    message = await post(bot, keep=keep)
    await chat.discord.click("keep", user=AMARA, message=message)
    (own,) = chat.discord.ephemerals(AMARA)

    refused = await rest("PATCH", f"/channels/{APPROVALS}/messages/{own['id']}", {"content": "x"})
    await kept[0].edit_original_response(content="Changed")

    assert refused[0] == 404
    assert [m["content"] for m in chat.discord.ephemerals(AMARA)] == ["Changed"]
    await kept[0].delete_original_response()
    assert chat.discord.ephemerals(AMARA) == []


async def test_d6_a_card_that_is_gone_cannot_be_updated(chat: LocalChat, bot: Bot) -> None:
    codes: list[int] = []

    async def vote(interaction: discord.Interaction) -> None:
        chat.discord.delete_message(str(interaction.message and interaction.message.id))
        with pytest.raises(discord.NotFound) as caught:
            await interaction.response.edit_message(content="Counted")
        codes.append(caught.value.code)
        await interaction.response.send_message("Counted, the card is gone", ephemeral=True)

    message = await post(bot, vote=vote)
    outcome = await chat.discord.click("vote", user=AMARA, message=message)

    assert outcome.ok
    assert codes == [10008]
    assert len(chat.discord.ephemerals(AMARA)) == 1


async def test_d16_answers_mention_users_only(chat: LocalChat, bot: Bot) -> None:
    async def shout(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"<@{JONAS}> <@&{REVIEWER}> @everyone")

    message = await post(bot, shout=shout)
    outcome = await chat.discord.click("shout", user=AMARA, message=message)

    assert outcome.response
    assert [user["id"] for user in outcome.response["mentions"]] == [JONAS]
    assert outcome.response["mention_roles"] == []
    assert outcome.response["mention_everyone"] is False


async def test_d20_link_buttons_send_nothing(chat: LocalChat, rest: Rest) -> None:
    link = {"type": 2, "style": 5, "label": "Read", "url": "https://example.com/"}
    message = await rest.post(content="x", components=[row(link)])

    outcome = await chat.discord.click("Read", user=AMARA, message=message["id"])

    assert outcome.error == "component_not_found"


async def test_d24_both_processes_of_a_bot_get_each_click(chat: LocalChat, bot: Bot) -> None:
    codes: list[int] = []

    async def vote(interaction: discord.Interaction) -> None:
        try:
            await interaction.response.send_message("Counted", ephemeral=True)
        except discord.HTTPException as error:
            codes.append(error.code)

    async with running(chat.discord) as other:
        for each in (bot, other):
            each.add_view(buttons(vote=vote))
        message = await post(bot, vote=vote)
        outcome = await chat.discord.click("vote", user=AMARA, message=message)
        await chat.until(lambda: codes)

    assert outcome.ok
    assert codes == [40060]
    assert len(chat.discord.ephemerals(AMARA)) == 1


async def test_a_modal_s_answer_changes_the_card(chat: LocalChat, bot: Bot) -> None:
    class Why(discord.ui.Modal, title="Why?"):
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label="Reason", custom_id="reason", max_length=10
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.edit_message(content=f"Because {self.reason.value}")

    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Why())

    message = await post(bot, ask=ask)
    await chat.discord.click("ask", user=AMARA, message=message)

    too_long = await chat.discord.submit_modal({"reason": "x" * 11}, user=AMARA)
    empty = await chat.discord.submit_modal(user=AMARA)
    outcome = await chat.discord.submit_modal({"reason": "it works"}, user=AMARA)

    assert (too_long.error, empty.error) == ("invalid_entry", "invalid_entry")
    assert outcome.ok
    assert chat.discord.message(message)["content"] == "Because it works"
    assert chat.discord.modals(AMARA) == []


class Vote(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"vote:(?P<item>\d+)"):
    def __init__(self, item: str) -> None:
        super().__init__(discord.ui.Button(label="Vote", custom_id=f"vote:{item}"))
        self.item_id = item

    @classmethod
    async def from_custom_id(  # its arguments are discord.py's
        cls,
        interaction: Any,  # noqa: ARG003
        item: discord.ui.Item[Any],  # noqa: ARG003
        match: re.Match[str],
    ) -> "Vote":
        return cls(match["item"])

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"Voted on {self.item_id}", view=None)


async def test_buttons_outlive_the_process(chat: LocalChat) -> None:
    async with running(chat.discord) as first:
        view = discord.ui.View(timeout=None).add_item(Vote("42"))
        message = str((await first.room().send("x", view=view)).id)

    async with running(chat.discord) as second:
        second.add_dynamic_items(Vote)
        outcome = await chat.discord.click("vote:42", user=AMARA, message=message)

    assert (outcome.ok, outcome.type) == (True, 7)
    shown = chat.discord.message(message)
    assert (shown["content"], shown["components"]) == ("Voted on 42", [])


@pytest.fixture
async def synced(bot: Bot) -> Bot:
    """A bot with /review show and a context menu, registered."""
    group = app_commands.Group(name="review", description="Review", guild_only=True)

    @group.command(name="show", description="Show an item")
    async def show(interaction: discord.Interaction, item: str, loud: bool = False) -> None:
        await interaction.response.send_message(f"{item} {loud}", ephemeral=True)

    @show.autocomplete("item")
    async def items(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"Item {typed}7", value=f"{typed}7")]

    @app_commands.context_menu(name="Show this item")
    async def this(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"It says {message.content}", ephemeral=True)

    @app_commands.context_menu(name="Who is it")
    @app_commands.default_permissions(manage_guild=True)
    async def who(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(member.display_name, ephemeral=True)

    for command in (group, this, who):
        bot.tree.add_command(command)
    await bot.tree.sync()
    return bot


async def test_commands_have_options_and_suggestions(chat: LocalChat, synced: Bot) -> None:
    where: Any = {"user": AMARA, "channel": APPROVALS}

    offered = await chat.discord.autocomplete("review show", **where, option="item", typed="4")
    outcome = await chat.discord.command(
        "review show", **where, options={"item": offered[0]["value"], "loud": True}
    )
    missing = await chat.discord.command("review show", **where)

    assert offered == [{"name": "Item 47", "value": "47"}]
    assert outcome.response
    assert outcome.response["content"] == "47 True"
    assert missing.message == "The option 'item' is required."


async def test_context_menus_know_their_target(chat: LocalChat, synced: Bot) -> None:
    where: Any = {"user": AMARA, "channel": APPROVALS}
    said = await chat.discord.say("hello", user=JONAS, channel=APPROVALS)
    assert said.response

    shown = await chat.discord.context_menu("Show this item", **where, message=said.response["id"])
    named = await chat.discord.context_menu("Who is it", **where, target=JONAS)
    refused = await chat.discord.context_menu(
        "Who is it", user=SOFIA, channel=APPROVALS, target=JONAS
    )

    assert shown.response
    assert shown.response["content"] == "It says hello"
    assert named.response
    assert named.response["content"] == "Jonas Weber"
    assert refused.error == "unknown_command"


async def test_d23_commands_are_absent_until_they_are_registered(chat: LocalChat, bot: Bot) -> None:
    outcome = await chat.discord.command("review", user=AMARA, channel=APPROVALS)

    assert outcome.error == "unknown_command"


async def test_d23_same_names_are_overwritten_and_bulks_replace(
    chat: LocalChat, rest: Rest
) -> None:
    path = f"/applications/{chat.discord.application_id}/commands"
    first, made = await rest("POST", path, {"name": "a", "description": "One"})
    second, same = await rest("POST", path, {"name": "a", "description": "Two"})
    await rest("PUT", path, [{"name": "b", "description": "B"}])
    own = f"/applications/{chat.discord.application_id}/guilds/{GUILD}/commands"
    await rest("POST", own, {"name": "b", "description": "The guild's"})

    assert (first, second, made["id"]) == (201, 200, same["id"])
    assert [c["name"] for c in chat.discord.commands()] == ["b"]
    assert chat.discord.commands(GUILD)[0]["description"] == "The guild's"
    assert await rest.code("DELETE", f"{path}/{made['id']}") == (404, 10063)


async def test_a_direct_message_has_buttons_too(chat: LocalChat, bot: Bot) -> None:
    seen: list[discord.Interaction] = []

    async def yes(interaction: discord.Interaction) -> None:
        seen.append(interaction)
        await interaction.response.edit_message(content="Done", view=None)

    person = await bot.fetch_user(int(AMARA))
    await person.send("Your turn", view=buttons(yes=yes))
    (sent,) = chat.discord.direct_messages(AMARA)

    outcome = await chat.discord.click("yes", user=AMARA, message=sent["id"])

    assert outcome.ok
    assert seen[0].guild_id is None
    assert seen[0].user.id == int(AMARA)
    assert chat.discord.direct_messages(AMARA)[0]["content"] == "Done"


async def test_roles_travel_with_the_click(chat: LocalChat, bot: Bot) -> None:
    roles: list[list[str]] = []

    async def look(interaction: discord.Interaction) -> None:
        assert isinstance(interaction.user, discord.Member)
        roles.append([role.name for role in interaction.user.roles[1:]])
        await interaction.response.defer()

    message = await post(bot, look=look)
    await chat.discord.click("look", user=JONAS, message=message)
    chat.discord.set_roles(JONAS, [])
    await chat.discord.click("look", user=JONAS, message=message)

    assert roles == [["on-call", "reviewer"], []]


async def test_menus_take_what_is_on_offer(chat: LocalChat, bot: Bot) -> None:
    chosen: list[Any] = []
    view = discord.ui.View(timeout=None)
    words: discord.ui.Select[Any] = discord.ui.Select(
        custom_id="word", options=[discord.SelectOption(label=w) for w in ("ham", "spam")]
    )
    people: discord.ui.UserSelect[Any] = discord.ui.UserSelect(custom_id="who", max_values=2)

    async def pick(interaction: discord.Interaction) -> None:
        assert interaction.data
        chosen.append(interaction.data["values"])  # type: ignore[typeddict-item]  # a menu's
        await interaction.response.defer()

    for menu in (words, people):
        menu.callback = pick  # type: ignore[method-assign]  # as discord.py's guides do
        view.add_item(menu)
    message = str((await bot.room().send("x", view=view)).id)

    await chat.discord.click("word", user=AMARA, message=message, values="spam")
    await chat.discord.click("who", user=AMARA, message=message, values=[JONAS, RUTH])
    wrong = await chat.discord.click("word", user=AMARA, message=message, values="eggs")

    assert chosen == [["spam"], [JONAS, RUTH]]
    assert wrong.message == "'eggs' is not on offer."


class TestStorms:
    async def test_a_storm_of_clicks_is_answered(self, chat: LocalChat, bot: Bot) -> None:
        message = await post(bot, yes=thank)

        outcomes = await asyncio.gather(
            *(chat.discord.click("yes", user=AMARA, message=message) for _ in range(200))
        )

        assert all(outcome.ok for outcome in outcomes)
        assert len(chat.discord.ephemerals(AMARA)) == 200
