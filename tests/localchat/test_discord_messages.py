import io
from typing import Any

import aiohttp
import discord
import pytest

from localchat.discord import permissions
from localchat.discord.options import Options as DiscordOptions
from localchat.testing import LocalChat
from tests.localchat.discord_bot import (
    AMARA,
    ANNOUNCEMENTS,
    APPROVALS,
    GENERAL,
    GUILD,
    JONAS,
    LEADS,
    MEI,
    NADIA,
    REVIEWER,
    RUTH,
    Bot,
    Rest,
    button,
    row,
)

V2 = 1 << 15
TEXT = {"type": 10, "content": "x"}


def path_of(message: Any, channel: str = APPROVALS) -> str:
    return f"/channels/{channel}/messages/{message['id']}"


async def test_d5_an_empty_message_is_refused(chat: LocalChat, rest: Rest) -> None:
    posted = await rest.post(content="x")

    assert await rest.code("POST", f"/channels/{APPROVALS}/messages", {}) == (400, 50006)
    assert await rest.code("POST", f"/channels/{APPROVALS}/messages", {"content": " "}) == (
        400,
        50006,
    )
    assert await rest.code("PATCH", path_of(posted), {"content": ""}) == (400, 50006)
    assert chat.discord.message(posted["id"])["content"] == "x"


async def test_d6_a_deleted_message_is_unknown(chat: LocalChat, rest: Rest) -> None:
    posted = await rest.post(content="x")
    chat.discord.delete_message(posted["id"])

    for method, body in (("PATCH", {"content": "y"}), ("DELETE", None), ("GET", None)):
        assert await rest.code(method, path_of(posted), body) == (404, 10008)


async def test_d7_channels_can_be_unknown_hidden_or_read_only(chat: LocalChat, rest: Rest) -> None:
    async def post_to(channel: str) -> tuple[int, int]:
        return await rest.code("POST", f"/channels/{channel}/messages", {"content": "x"})

    assert await post_to("1100000000000000299") == (404, 10003)
    assert await post_to(LEADS) == (403, 50001)
    assert await post_to(ANNOUNCEMENTS) == (403, 50013)
    chat.discord.set_channel_permissions(APPROVALS, GUILD, deny=permissions.SEND_MESSAGES)
    assert await post_to(APPROVALS) == (403, 50013)
    chat.discord.set_channel_permissions(APPROVALS, GUILD)
    assert await rest.post(content="x")
    chat.discord.leave(chat.discord.bot_user_id)
    assert await post_to(APPROVALS) == (403, 50001)


async def test_d8_some_people_take_no_direct_messages(chat: LocalChat, rest: Rest) -> None:
    async def write_to(person: str) -> tuple[int, Any]:
        _, place = await rest("POST", "/users/@me/channels", {"recipient_id": person})
        status, body = await rest("POST", f"/channels/{place['id']}/messages", {"content": "x"})
        return status, body.get("code")

    assert await write_to(AMARA) == (200, None)
    assert await write_to(RUTH) == (403, 50007)
    assert await write_to(NADIA) == (403, 50278)
    chat.discord.set_person(AMARA, takes_dms=False)
    assert await write_to(AMARA) == (403, 50007)
    chat.discord.leave(JONAS)
    assert await write_to(JONAS) == (403, 50278)


async def test_d9_another_s_message_cannot_be_edited(chat: LocalChat, rest: Rest) -> None:
    said = await chat.discord.say("mine", user=AMARA, channel=APPROVALS)

    assert await rest.code("PATCH", path_of(said.response), {"content": "x"}) == (403, 50005)
    assert await rest.code("DELETE", path_of(said.response)) == (403, 50013)


class TestOldMessages:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(old_edits_max=1)

    async def test_d10_old_messages_take_few_edits(self, chat: LocalChat, rest: Rest) -> None:
        old = await rest.post(content="x")
        chat.clock.advance(3601)
        young = await rest.post(content="x")

        statuses = [(await rest("PATCH", path_of(old), {"content": "y"}))[0] for _ in range(2)]
        refused = await rest("PATCH", path_of(old), {"content": "z"})
        fresh, _ = await rest("PATCH", path_of(young), {"content": "y"})

        assert statuses == [200, 429]
        assert refused[1]["code"] == 30046
        assert fresh == 200


async def test_d12_a_nonce_posts_once(chat: LocalChat, bot: Bot, rest: Rest) -> None:
    first = await rest.post(content="x", nonce="7", enforce_nonce=True)
    again = await rest.post(content="x", nonce="7", enforce_nonce=True)
    careless = await rest.post(content="x", nonce="7")
    chat.clock.advance(301)
    later = await rest.post(content="x", nonce="7", enforce_nonce=True)

    assert first["id"] == again["id"]
    assert len({first["id"], careless["id"], later["id"]}) == 3
    chat.discord.fault("lost_response", "POST /channels/*/messages", count=1)
    before = len(chat.discord.messages(APPROVALS))
    with pytest.raises(aiohttp.ClientError):
        await bot.room().send("Did it arrive?", nonce=42)
    await bot.room().send("Did it arrive?", nonce=42)
    assert len(chat.discord.messages(APPROVALS)) == before + 1


async def test_d16_messages_mention_everybody_unless_told_otherwise(
    chat: LocalChat, rest: Rest
) -> None:
    chat.discord.set_role(
        "1100000000000000390", permissions=permissions.BOT | permissions.MENTION_EVERYONE
    )
    text = f"@everyone <@{AMARA}> <@&{REVIEWER}>"
    usual = await rest.post(content=text)
    quiet = await rest.post(content=text, allowed_mentions={"parse": []})
    some = await rest.post(content=text, allowed_mentions={"users": [JONAS], "parse": ["roles"]})

    assert usual["mention_everyone"] is True
    assert [user["id"] for user in usual["mentions"]] == [AMARA]
    assert usual["mention_roles"] == [REVIEWER]
    assert (quiet["mention_everyone"], quiet["mentions"], quiet["mention_roles"]) == (False, [], [])
    assert (some["mentions"], some["mention_roles"]) == ([], [REVIEWER])


async def test_d17_an_edit_parses_mentions_anew(rest: Rest) -> None:
    posted = await rest.post(content=f"<@{AMARA}>", allowed_mentions={"parse": []})

    _, edited = await rest("PATCH", path_of(posted), {"content": f"<@{MEI}>"})

    assert posted["mentions"] == []
    assert [user["id"] for user in edited["mentions"]] == [MEI]


async def test_d18_files_that_an_edit_does_not_list_vanish(chat: LocalChat, bot: Bot) -> None:
    files = [discord.File(io.BytesIO(b"12345"), f"{name}.txt") for name in ("a", "b")]
    sent = await bot.room().send("x", files=files)

    untouched = await sent.edit(content="y")
    fewer = await untouched.edit(attachments=untouched.attachments[:1])
    more = await fewer.add_files(discord.File(io.BytesIO(b"6"), "c.txt"))
    content = await more.attachments[0].read()

    assert [a.filename for a in untouched.attachments] == ["a.txt", "b.txt"]
    assert [a.filename for a in more.attachments] == ["a.txt", "c.txt"]
    assert content == b"12345"


async def test_d19_a_v2_message_stays_one(rest: Rest) -> None:
    posted = await rest.post(flags=V2, components=[TEXT])

    unset, _ = await rest("PATCH", path_of(posted), {"flags": 0})
    texts, tree = await rest("PATCH", path_of(posted), {"content": "plain"})
    fine, edited = await rest("PATCH", path_of(posted), {"components": [TEXT, row()]})

    assert (unset, texts, fine) == (400, 400, 200)
    code = tree["errors"]["content"]["_errors"][0]["code"]
    assert code == "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    assert edited["flags"] == V2


async def test_d19_a_message_becomes_v2_when_it_gives_its_content_up(rest: Rest) -> None:
    posted = await rest.post(content="plain")

    mixed = await rest.code("PATCH", path_of(posted), {"flags": V2, "components": [TEXT]})
    changed, edited = await rest(
        "PATCH", path_of(posted), {"flags": V2, "content": None, "components": [TEXT]}
    )

    assert mixed == (400, 50035)
    assert (changed, edited["content"], edited["flags"]) == (200, "", V2)


async def test_d21_history_is_empty_for_apps_that_may_not_read(rest: Rest) -> None:
    rest.chat.application.may_read_content = False
    said = await rest.chat.say("secret", user=AMARA, channel=APPROVALS)
    await rest.post(content="own")

    _, seen = await rest("GET", f"/channels/{APPROVALS}/messages")

    assert said.response
    assert [message["content"] for message in seen] == ["own", ""]


async def test_d25_answers_are_exactly_json(rest: Rest) -> None:
    await rest.post(content="x")

    assert rest.headers["Content-Type"] == "application/json"
    assert rest.headers["Via"]


async def test_d26_ids_are_text_beyond_javascript_s_numbers(rest: Rest) -> None:
    posted = await rest.post(content="x")

    assert isinstance(posted["id"], str)
    assert int(posted["id"]) > 2**53


async def test_d28_an_archived_thread_is_closed(chat: LocalChat, rest: Rest) -> None:
    posted = await rest.post(content="x")
    status, thread = await rest("POST", path_of(posted) + "/threads", {"name": "Why"})
    inside = await rest.post(thread["id"], content="Because")
    chat.discord.set_channel(thread["id"], is_archived=True)

    posting = await rest.code("POST", f"/channels/{thread['id']}/messages", {"content": "x"})
    editing = await rest.code("PATCH", path_of(inside, thread["id"]), {"content": "x"})
    again = await rest.code("POST", path_of(posted) + "/threads", {"name": "Why"})

    assert (status, thread["id"]) == (201, posted["id"])
    assert posting == editing == (400, 50083)
    assert again == (400, 160004)


class TestBusyChannels:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(writes_per_channel=2)

    async def test_d28_a_channel_takes_so_many_messages(self, chat: LocalChat, rest: Rest) -> None:
        for _ in range(2):
            await rest.post(content="x")

        refused = await rest.code("POST", f"/channels/{APPROVALS}/messages", {"content": "x"})
        await rest.post(GENERAL, content="elsewhere")
        chat.clock.advance(11)
        await rest.post(content="later")

        assert refused == (429, 20028)


async def test_d28_slow_mode_holds_people_back(chat: LocalChat) -> None:
    chat.discord.set_channel(APPROVALS, slowmode=10)
    first = await chat.discord.say("one", user=AMARA, channel=APPROVALS)
    second = await chat.discord.say("two", user=AMARA, channel=APPROVALS)
    other = await chat.discord.say("three", user=JONAS, channel=APPROVALS)

    assert (first.ok, second.error, other.ok) == (True, "slowmode", True)


async def test_a_reply_names_what_it_answers(bot: Bot) -> None:
    sent = await bot.room().send("x")

    reply = await sent.reply("y")
    await sent.delete()
    fetched = await bot.room().fetch_message(reply.id)

    assert reply.reference
    assert reply.reference.message_id == sent.id
    assert fetched.reference
    assert isinstance(fetched.reference.resolved, discord.DeletedReferencedMessage)


async def test_a_layout_view_is_shown_as_it_was_built(chat: LocalChat, bot: Bot) -> None:
    class Card(discord.ui.LayoutView):
        box: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay("# May it run?"),
            discord.ui.Separator(),
            discord.ui.ActionRow(discord.ui.Button(label="Yes", custom_id="yes")),
            discord.ui.File("attachment://log.txt"),
            accent_colour=discord.Colour.green(),
        )

    log = discord.File(io.BytesIO(b"log"), "log.txt")
    sent = await bot.room().send(view=Card(), file=log)
    shown = chat.discord.message(str(sent.id))

    (box,) = shown["components"]
    assert shown["flags"] == V2
    assert [each["type"] for each in box["components"]] == [10, 14, 1, 13]
    assert box["components"][3]["file"]["url"].startswith(f"{chat.url}/cdn/")
    assert box["components"][3]["name"] == "log.txt"
    assert len({each["id"] for each in (box, *box["components"])}) == 5


async def test_the_history_goes_back_page_by_page(bot: Bot) -> None:
    for number in range(5):
        await bot.room().send(str(number))

    newest = [message.content async for message in bot.room().history(limit=2)]
    oldest = [message.content async for message in bot.room().history(limit=2, oldest_first=True)]

    assert newest == ["4", "3"]
    assert oldest == ["0", "1"]


async def test_reactions_come_and_go(chat: LocalChat, bot: Bot) -> None:
    sent = await bot.room().send("x")
    await sent.add_reaction("👍")
    await chat.discord.react("👍", user=AMARA, message=str(sent.id))

    shown = chat.discord.message(str(sent.id))["reactions"]
    await sent.remove_reaction("👍", bot.user or sent.author)

    assert [(r["emoji"]["name"], r["count"], r["me"]) for r in shown] == [("👍", 2, True)]
    assert chat.discord.message(str(sent.id))["reactions"][0]["count"] == 1


async def test_members_roles_and_guilds_can_be_looked_up(bot: Bot) -> None:
    guild = await bot.fetch_guild(int(GUILD))
    member = await guild.fetch_member(int(JONAS))
    found = await guild.query_members("jo")
    roles = await guild.fetch_roles()
    application = await bot.application_info()

    assert member.display_name == "Jonas Weber"
    assert [each.id for each in found] == [int(JONAS)]
    assert "reviewer" in {role.name for role in roles}
    assert application.name == "Helper"
    with pytest.raises(discord.NotFound):
        await guild.fetch_member(int(NADIA))


async def test_too_large_a_file_is_refused(bot: Bot) -> None:
    big = discord.File(io.BytesIO(b"x" * (10 * 1024**2 + 1)), "big.bin")

    with pytest.raises(discord.HTTPException) as caught:
        await bot.room().send(file=big)

    assert (caught.value.status, caught.value.code) == (413, 40005)


async def test_what_looks_like_a_button_in_a_row_is_numbered(rest: Rest) -> None:
    posted = await rest.post(content="x", components=[row(button("a"), button("b", id=9))])

    assert [each["id"] for each in posted["components"][0]["components"]] == [2, 9]
