import asyncio
import json
import subprocess
import zlib
from shutil import which
from typing import Any

import aiohttp
import discord
import pytest

from localchat.discord import permissions
from localchat.discord.gateway.compression import Zstd
from localchat.discord.options import Options as DiscordOptions
from localchat.discord.world import Application, Person, default_discord
from localchat.slack.options import Options
from localchat.testing import LocalChat
from localchat.world import default_world
from tests.localchat.discord_bot import (
    AMARA,
    APPROVALS,
    GUILD,
    JONAS,
    LEADS,
    REVIEWER,
    Bot,
    Rest,
    buttons,
    running,
    socket,
)

CONTENT = 1 << 15
MESSAGES = 1 | 1 << 9


async def test_d21_content_is_hidden_without_the_intent(chat: LocalChat, rest: Rest) -> None:
    bot_id = chat.discord.bot_user_id
    async with socket(chat.discord) as blind, socket(chat.discord) as seeing:
        await blind.identify(MESSAGES | 1 << 12)
        await seeing.identify(MESSAGES | CONTENT)
        await chat.discord.say("secret", user=AMARA, channel=APPROVALS)
        await chat.discord.say(f"hello <@{bot_id}>", user=AMARA, channel=APPROVALS)
        await rest.post(content="my own")
        await chat.discord.say("direct", user=AMARA, channel=chat.discord.direct_channel(AMARA))

        told = [(await blind.until("MESSAGE_CREATE"))["d"]["content"] for _ in range(4)]
        read = (await seeing.until("MESSAGE_CREATE"))["d"]["content"]

    assert told == ["", f"hello <@{bot_id}>", "my own", "direct"]
    assert read == "secret"


async def test_d21_intents_that_were_not_granted_close_the_connection(options: Options) -> None:
    world = default_world()
    world.discord = default_discord(Application(may_read_content=False))
    async with LocalChat(world, options) as chat, socket(chat.discord) as ws:
        assert await ws.identify(CONTENT) == {"op": "closed", "code": 4014}


async def test_a_wrong_token_is_no_login(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        assert await ws.identify(token="wrong") == {"op": "closed", "code": 4004}
    async with running(chat.discord) as bot:
        stranger = Bot()
        with pytest.raises(discord.LoginFailure):
            await stranger.login("wrong")
        await stranger.close()
        assert bot.user


async def test_hidden_channels_are_silent(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        await ws.identify()
        guild = (await ws.until("GUILD_CREATE"))["d"]
        await chat.discord.say("x", user=AMARA, channel=LEADS)
        await chat.discord.say("y", user=AMARA, channel=APPROVALS)
        message = (await ws.until("MESSAGE_CREATE"))["d"]

    assert LEADS not in {channel["id"] for channel in guild["channels"]}
    assert message["channel_id"] == APPROVALS
    assert [member["user"]["id"] for member in guild["members"]] == [chat.discord.bot_user_id]


class TestHeartbeats:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(heartbeat_interval=0.1)

    async def test_d22_silence_ends_the_connection(self, chat: LocalChat) -> None:
        async with socket(chat.discord) as ws:
            await ws.identify()
            await ws.until("GUILD_CREATE")
            await ws.send(1, 2)

            assert (await ws.next())["op"] == 11
            assert await ws.next() == {"op": "closed", "code": 4009}


async def resumed(chat: LocalChat, session: str, sequence: int) -> list[Any]:
    async with socket(chat.discord) as ws:
        await ws.send(6, {"token": chat.discord.bot_token, "session_id": session, "seq": sequence})
        payloads = [await ws.next()]
        while payloads[-1].get("t") != "RESUMED" and payloads[-1]["op"] == 0:
            payloads.append(await ws.next())
        return [(each.get("t") or each["op"], each.get("s"), each.get("d")) for each in payloads]


async def test_d22_a_resume_brings_what_was_missed_in_order(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        session = (await ws.identify())["d"]["session_id"]
        last = (await ws.until("GUILD_CREATE"))["s"]
        await chat.discord.drop("abort")
    for text in ("one", "two"):
        await chat.discord.say(text, user=AMARA, channel=APPROVALS)

    told = await resumed(chat, session, last)
    again = await resumed(chat, session, last)

    assert [(name, number) for name, number, _ in told] == [
        ("MESSAGE_CREATE", last + 1),
        ("MESSAGE_CREATE", last + 2),
        ("RESUMED", last + 3),
    ]
    assert again[-1][0] == 9  # `socket` closed the connection with 1000


async def test_d22_unknown_old_and_future_sessions_cannot_be_resumed(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        session = (await ws.identify())["d"]["session_id"]
        await chat.discord.drop("abort")
    future = await resumed(chat, session, 99)
    chat.clock.advance(181)
    old = await resumed(chat, session, 1)
    unknown = await resumed(chat, "nonsense", 1)

    assert future[0][0] == "closed"
    assert old[0] == unknown[0] == (9, None, False)


async def test_d22_discord_py_resumes_after_op_7(chat: LocalChat, bot: Bot) -> None:
    async def yes(interaction: discord.Interaction) -> None:
        await interaction.response.defer()

    sent = await bot.room().send("x", view=buttons(yes=yes))
    await chat.discord.drop("reconnect")
    await chat.until(lambda: bot.heard_of("resumed"))

    click = await chat.discord.click("yes", user=AMARA, message=str(sent.id))

    assert click.ok


class TestPatience:
    async def test_d22_a_click_during_an_outage_is_answered_after_it(
        self, chat: LocalChat, bot: Bot
    ) -> None:
        async def yes(interaction: discord.Interaction) -> None:
            await interaction.response.defer()

        sent = await bot.room().send("x", view=buttons(yes=yes))
        await chat.discord.drop("abort")
        click = await chat.discord.click("yes", user=AMARA, message=str(sent.id))

        assert click.ok
        assert bot.heard_of("resumed")


@pytest.mark.parametrize(("code", "first"), [(1000, 9), (1001, 9), (4000, "RESUMED")])
async def test_d22_goodbye_ends_the_session(chat: LocalChat, code: int, first: int | str) -> None:
    async with socket(chat.discord) as ws:
        session = (await ws.identify())["d"]["session_id"]
        last = (await ws.until("GUILD_CREATE"))["s"]
        await ws.ws.close(code=code)

    assert (await resumed(chat, session, last))[0][0] == first


async def test_protocol_errors_have_their_codes(chat: LocalChat) -> None:
    async def closed_after(op: int, data: Any, *, identified: bool = True) -> Any:
        async with socket(chat.discord) as ws:
            if identified:
                await ws.identify()
                await ws.until("GUILD_CREATE")
            await ws.send(op, data)
            return (await ws.next())["code"]

    again = {"token": chat.discord.bot_token, "intents": 0}
    assert await closed_after(99, None) == 4001
    assert await closed_after(1, "x" * 5000) == 4002
    assert await closed_after(3, None, identified=False) == 4003
    assert await closed_after(2, again) == 4005
    assert await closed_after(2, {**again, "intents": 1 << 40}, identified=False) == 4013
    async with aiohttp.ClientSession() as session:
        ws = await session.ws_connect(chat.discord.gateway_url + "?v=6")
        await ws.receive()
        assert ws.close_code == 4012


async def test_120_payloads_a_minute_are_enough(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        await ws.identify()
        for _ in range(120):
            await ws.send(1, None)
        codes = []
        while (payload := await ws.next())["op"] != "closed":
            codes.append(payload["op"])

    assert payload["code"] == 4008


class TestIdentifyBudget:
    @pytest.fixture
    def discord_options(self) -> DiscordOptions:
        return DiscordOptions(rate_limits="discord", identifies_per_day=2)

    async def test_sessions_begin_slowly_and_seldom(self, chat: LocalChat, rest: Rest) -> None:
        ops = []
        for seconds in (0, 0, 6, 6):
            chat.clock.advance(seconds)
            async with socket(chat.discord) as ws:
                ops.append((await ws.identify()).get("op"))
        _, body = await rest("GET", "/gateway/bot")

        assert ops == [0, 9, 0, "closed"]
        assert body["session_start_limit"]["remaining"] == 0


async def test_zlib_and_zstd_streams_carry_the_same(chat: LocalChat) -> None:
    inflate = zlib.decompressobj()
    async with socket_with(chat, "zlib-stream") as ws:
        first = json.loads(inflate.decompress((await ws.receive()).data))
        await ws.send_str(json.dumps({"op": 1, "d": None}))
        second = json.loads(inflate.decompress((await ws.receive()).data))
    async with socket_with(chat, "zstd-stream") as ws:
        frame = (await ws.receive()).data

    assert (first["op"], second["op"]) == (10, 11)
    assert frame.startswith(b"\x28\xb5\x2f\xfd")
    assert b'"op":10' in frame


def socket_with(chat: LocalChat, compress: str) -> Any:
    url = f"{chat.discord.gateway_url}?v=10&encoding=json&compress={compress}"
    return _Connecting(url)


class _Connecting:
    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> aiohttp.ClientWebSocketResponse:
        self._session = aiohttp.ClientSession()
        self._ws = await self._session.ws_connect(self._url)
        return self._ws

    async def __aexit__(self, *_: object) -> None:
        await self._ws.close()
        await self._session.close()


@pytest.mark.skipif(which("zstd") is None, reason="needs the program zstd")
def test_a_real_zstd_unpacks_our_stream() -> None:
    packing = Zstd()
    texts = ["a", "b" * 300_000, "ü"]
    end = b"\x01\x00\x00"  # an empty last block

    packed = b"".join(packing.pack(text) for text in texts) + end
    done = subprocess.run(["zstd", "-dc"], input=packed, capture_output=True, check=True)

    assert done.stdout.decode() == "".join(texts)


async def test_people_roles_and_channels_change_before_the_bot_s_eyes(chat: LocalChat) -> None:
    intents = discord.Intents(guilds=True, members=True, guild_messages=True)
    async with running(chat.discord, Bot(intents)) as bot:
        chat.discord.set_roles(JONAS, [])
        chat.discord.set_role(REVIEWER, name="voter")
        chat.discord.leave(JONAS)
        said = await chat.discord.say("x", user=AMARA, channel=APPROVALS)
        assert said.response
        chat.discord.delete_message(said.response["id"])
        chat.discord.set_channel(APPROVALS, name="votes")
        await chat.until(lambda: bot.heard_of("delete"))
        await chat.until(lambda: bot.room().name == "votes")

    assert [member.roles[1:] for member in bot.heard_of("member")] == [[]]
    assert [role.name for role in bot.heard_of("role")] == ["voter"]
    assert [member.id for member in bot.heard_of("left")] == [int(JONAS)]
    assert [message.content for message in bot.heard_of("message")] == [""]


async def test_newcomers_new_names_and_the_bot_s_own_return(chat: LocalChat) -> None:
    intents = discord.Intents(guilds=True, members=True)
    async with running(chat.discord, Bot(intents)) as bot:
        zoe = Person("1100000000000000555", "zoe", "Zoe Zhu")
        chat.discord.add_person(zoe, [REVIEWER])
        await chat.until(lambda: bot.guilds[0].get_member(int(zoe.id)))
        chat.discord.set_person(JONAS, display_name="Jonas W.")
        chat.discord.leave(chat.discord.bot_user_id)
        await chat.until(lambda: not bot.guilds)
        chat.discord.join(chat.discord.bot_user_id, guild=GUILD)
        await chat.until(lambda: bot.guilds)

    assert [member.global_name for member in bot.heard_of("member")] == ["Jonas W."]


async def test_permissions_can_be_lost(chat: LocalChat, bot: Bot) -> None:
    chat.discord.set_channel_permissions(APPROVALS, GUILD, deny=permissions.SEND_MESSAGES)

    with pytest.raises(discord.Forbidden) as caught:
        await bot.room().send("x")

    assert caught.value.code == 50013


async def test_events_can_come_twice_late_or_never(chat: LocalChat, bot: Bot) -> None:
    chat.discord.fault("duplicate", "MESSAGE_CREATE", count=1)
    await chat.discord.say("twice", user=AMARA, channel=APPROVALS)
    chat.discord.fault("lost", "MESSAGE_CREATE", count=1)
    await chat.discord.say("never", user=AMARA, channel=APPROVALS)
    chat.discord.fault("late", "MESSAGE_CREATE", count=1, seconds=0.1)
    await chat.discord.say("late", user=AMARA, channel=APPROVALS)
    await chat.discord.say("in between", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(bot.heard_of("message")) == 4)
    ids = [message.id for message in bot.heard_of("message")]

    assert ids[0] == ids[1]
    assert ids[3] < ids[2]


async def test_a_malformed_dispatch_kills_discord_py(chat: LocalChat) -> None:
    async with running(chat.discord) as bot:
        chat.discord.fault("malformed", "MESSAGE_CREATE", count=1)
        await chat.discord.say("x", user=AMARA, channel=APPROVALS)
        await chat.until(bot.task.done)


async def test_the_gateway_can_be_closed_for_a_while(chat: LocalChat) -> None:
    chat.discord.refuse_connections(1.0)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(chat.discord.gateway_url)
        await asyncio.sleep(1.05)
        async with socket(chat.discord) as ws:
            assert (await ws.identify())["t"] == "READY"


async def test_op_9_begins_a_new_session(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        session = (await ws.identify())["d"]["session_id"]
        await ws.until("GUILD_CREATE")
        await chat.discord.drop("invalid_session")

        assert (await ws.next())["d"] is False
        assert (await ws.identify())["d"]["session_id"] != session


async def test_members_can_be_asked_for(chat: LocalChat) -> None:
    async with socket(chat.discord) as ws:
        await ws.identify()
        await ws.send(8, {"guild_id": GUILD, "query": "jo", "limit": 5, "nonce": "1"})
        chunk = (await ws.until("GUILD_MEMBERS_CHUNK"))["d"]

    assert [member["user"]["id"] for member in chunk["members"]] == [JONAS]
    assert chunk["nonce"] == "1"
