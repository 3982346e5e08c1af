"""What goes wrong between us and Discord, and what must hold all the same. Numbers: docs/trust."""

import asyncio
import time
from typing import Any

import pytest

from bot.buttons import vote_id
from bot.facts import Status
from bot.flows.delivering import CLAIMED_FOR
from handlers.discord import api, failures, gateway
from localchat.discord.options import Options
from localchat.discord.permissions import SEND_MESSAGES, VIEW_CHANNEL
from storage import engine
from tests.doors.discord_house import (
    AMARA,
    APPROVAL,
    APPROVALS,
    GUILD,
    JONAS,
    LABEL,
    LABELS,
    MEI,
    RUTH,
    Card,
    Scene,
    a_house,
    a_rulebook,
    a_scene,
    a_server,
    buttons_of,
    words_of,
)
from tests.doors.discord_process import a_process, a_server_without_a_bot
from tests.doors.locks import a_lock_from, a_lock_on
from tests.patience import PATIENCE

VOTERS = (AMARA, JONAS, MEI)
LAPSED = CLAIMED_FOR.total_seconds() + 1


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are asked for without Discord's five seconds between them."""
    monkeypatch.setattr(gateway, "IDENTIFY_EVERY", 0.05)


async def the_card(scene: Scene, item: Any, channel: str = APPROVALS) -> Card:
    cards = await scene.chat.until(lambda: scene.cards(item, channel))
    return Card(scene, item, str(cards[0]["id"]), channel)


def _is_post(request: Any, version: str, path: str, *_: Any) -> bool:
    return request.method == "POST" and path.endswith("/messages")


# -- clicks ----------------------------------------------------------------------------------------


async def test_a_click_that_is_dispatched_three_times_is_one_vote_and_one_answer(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam", times=3)
        await scene.quiet()

        assert len((await scene.now(card.item)).votes) == 1
        assert len(scene.discord.ephemerals(AMARA)) == 1
        assert len(scene.discord.requests("POST /interactions/*")) == 1


@pytest.mark.parametrize("count", [10, pytest.param(34, marks=pytest.mark.soak)])
async def test_many_clicks_at_once_are_all_counted_and_answered(
    sqlite_url: str, count: int
) -> None:  # `python -m bench discord` measures two hundred, and how soon they are answered
    async with a_scene(sqlite_url, a_rulebook(votes_needed=4)) as scene:
        items = [await scene.submit(LABEL) for _ in range(count)]
        cards = [await the_card(scene, item, LABELS) for item in items]
        await scene.quiet()

        outcomes = await asyncio.gather(
            *(card.click(user, "spam") for user in VOTERS for card in cards)
        )

        assert len(outcomes) == 3 * count
        assert all(outcome.ok for outcome in outcomes)
        for card in cards:
            assert len((await scene.now(card.item)).votes) == 3
        await scene.chat.until(
            lambda: all(len(scene.discord.ephemerals(user)) == count for user in VOTERS)
        )
        for card in cards:
            await card.shows("“spam”: 3 (Amara, Jonas and Mei)")


async def test_three_people_at_one_card_bring_it_to_its_newest_state(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(votes_needed=4)) as scene:
        card = await scene.submitted(LABEL)

        await asyncio.gather(*(card.click(user, "spam") for user in (AMARA, JONAS, MEI)))

        await card.shows("“spam”: 3 (Amara, Jonas and Mei)")


async def test_clicks_while_the_database_is_locked_for_a_while_count(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SQLITE_BUSY_MS", 30_000)  # the while may be long on this machine
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await scene.quiet()

        with a_lock_on(sqlite_url):
            clicking = asyncio.create_task(card.click(AMARA, "spam"))
            await asyncio.sleep(0.5)
        outcome = await clicking

        assert outcome.ok
        await card.told(AMARA, "Recorded")


async def test_a_database_that_stays_locked_is_said_and_nothing_is_recorded(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await scene.quiet()

        with a_lock_on(sqlite_url):
            outcome = await card.click(AMARA, "spam")
            await card.told(AMARA, "Not recorded: the database is busy")

        assert outcome.ok
        assert (await scene.now(card.item)).votes == ()


async def test_a_slow_flow_is_acknowledged_first_and_the_card_follows(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.discord import voting

    monkeypatch.setattr(voting, "DEFER_AFTER", 0.1)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        await scene.quiet()

        with a_lock_on(sqlite_url):
            outcome = await card.click(AMARA, "approve")

        assert outcome.type == 6
        await card.told(AMARA, "Recorded: Approve")
        await card.shows("Approved")


async def test_an_answer_that_comes_too_late_is_sent_as_a_direct_message(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.discord import answering

    monkeypatch.setattr(answering, "LATE_AFTER", 0.0)
    async with a_server(Options()) as chat, a_scene(sqlite_url, chat=chat) as scene:
        card = await scene.submitted(LABEL)
        scene.discord.fault("error", "POST /interactions/*", code=10062, status=404, count=1)

        await card.click(AMARA, "spam")

        told = await scene.chat.until(lambda: scene.discord.direct_messages(AMARA))
        assert "Recorded" in words_of(told[-1])
        await card.shows("1 of 2 votes in")


def altered(scene: Scene, monkeypatch: pytest.MonkeyPatch, alter: Any) -> None:
    """Has every interaction altered before it is read."""
    parsers = scene.door.client._connection.parsers
    parse = parsers["INTERACTION_CREATE"]

    def altering(payload: dict[str, Any]) -> None:
        alter(payload)
        parse(payload)

    monkeypatch.setitem(parsers, "INTERACTION_CREATE", altering)


async def test_an_interaction_that_cannot_be_read_is_answered_all_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        altered(scene, monkeypatch, lambda payload: payload["member"].update(roles=7))

        outcome = await card.click(AMARA, "spam")

        assert outcome.ok
        await card.told(AMARA, "Something broke on our side")


async def test_a_click_without_the_fields_that_nobody_needs_counts(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = {"id", "type", "token", "data", "guild_id", "channel_id", "member", "message"}

    def strip(payload: dict[str, Any]) -> None:
        for name in set(payload) - needed:
            del payload[name]
        payload["message"] = {"id": payload["message"]["id"], "channel_id": payload["channel_id"]}
        member = payload["member"]
        payload["member"] = {"user": {"id": member["user"]["id"]}, "roles": member["roles"]}

    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        altered(scene, monkeypatch, strip)

        outcome = await card.click(AMARA, "spam")

        assert outcome.ok
        await card.told(AMARA, "Recorded")
        assert len((await scene.now(card.item)).votes) == 1


async def test_what_nobody_foresaw_is_answered_with_an_id_that_the_log_knows(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from handlers import pressing

    def explode(*_: Any) -> Any:
        raise ZeroDivisionError("surprise")

    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        monkeypatch.setattr(pressing, "Ballot", explode)

        await card.click(RUTH, "approve")

        told = words_of(await card.told(RUTH, "Something broke on our side"))
        assert told.split()[-1].strip("*") in caplog.text
        assert "ZeroDivisionError" in caplog.text


async def test_a_first_answer_that_gets_lost_is_followed_by_another(sqlite_url: str) -> None:
    async with a_server(Options()) as chat, a_scene(sqlite_url, chat=chat) as scene:
        card = await scene.submitted(LABEL)
        scene.discord.fault("lost_request", "POST /interactions/*", count=1)

        await card.click(AMARA, "spam")

        told = await scene.chat.until(lambda: scene.discord.direct_messages(AMARA))
        assert "Recorded" in words_of(told[-1])
        await card.shows("1 of 2 votes in")


# -- the gateway -----------------------------------------------------------------------------------


async def test_an_event_that_makes_no_sense_costs_nothing_but_itself(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        for name in ("INTERACTION_CREATE", "GUILD_UPDATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE"):
            scene.discord.dispatch(name, {"surprise": True})
        outcome = await card.click(AMARA, "spam")

        assert outcome.ok
        assert len(identified(scene)) == 1


def identified(scene: Scene) -> list[Any]:
    return scene.discord.requests("GET /gateway/bot")  # asked once for each session


async def test_a_click_of_the_meantime_is_replayed_after_a_resume_and_counted_once(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        scene.door.connected.clear()
        scene.discord.refuse_connections(0.4)

        await scene.discord.drop("abort")
        outcome = await card.click(AMARA, "spam")
        await card.click(AMARA, "spam")
        await scene.quiet()

        assert outcome.ok
        assert len((await scene.now(card.item)).votes) == 1
        assert len(identified(scene)) == 1
        assert scene.door.connected.is_set()


@pytest.mark.parametrize(
    ("how", "sessions"), [("reconnect", 1), ("resumable_session", 1), ("invalid_session", 2)]
)
async def test_the_gateway_may_ask_for_a_new_connection_or_a_new_session(
    sqlite_url: str, how: Any, sessions: int
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        scene.door.connected.clear()

        await scene.discord.drop(how)
        async with asyncio.timeout(PATIENCE):
            await scene.door.connected.wait()

        assert (await card.click(AMARA, "spam")).ok
        assert len(identified(scene)) == sessions


async def test_first_connections_that_fail_are_tried_again(sqlite_url: str) -> None:
    async with a_server() as chat:
        chat.discord.refuse_connections(1.2)
        async with a_scene(sqlite_url, chat=chat) as scene:
            card = await scene.submitted(LABEL)

            assert (await card.click(AMARA, "spam")).ok


async def test_answers_of_another_shape_keep_nobody_from_connecting(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def a_number(*_: Any) -> Any:
        return 7

    async def a_gap(*_: Any) -> Any:
        raise KeyError("session_start_limit")

    monkeypatch.setattr(api.Api, "commands", a_number)
    monkeypatch.setattr(api.Api, "starts_left", a_gap)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)

        assert (await card.click(AMARA, "spam")).ok
        assert "the commands are not registered" in caplog.text


async def test_sessions_are_asked_for_sparingly(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "IDENTIFY_EVERY", 0.5)
    async with a_scene(sqlite_url) as scene:
        started = time.monotonic()
        for _ in range(3):
            scene.door.connected.clear()
            await scene.discord.drop("invalid_session")
            async with asyncio.timeout(PATIENCE):
                await scene.door.connected.wait()

        assert time.monotonic() - started > 1.4
        assert len(identified(scene)) == 4


async def test_a_bad_token_is_said_once_and_not_hammered_with(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gateway, "TOKEN_PAUSE", 0.2)
    async with a_server() as chat:
        real, chat.discord.application.bot_token = chat.discord.bot_token, "another"
        house = a_house(sqlite_url, chat.discord, a_rulebook())
        chat.discord.application.bot_token = real
        from handlers.discord.door import run_discord

        async with run_discord(house) as door:
            await asyncio.sleep(1.0)
            tries = len(chat.discord.requests("GET /users/@me"))
            assert not door.connected.is_set()
        house.close()

    assert tries <= 6  # they double: the seventh would come after a quarter of a minute
    assert caplog.text.count("refuses our token") == 1


async def test_a_token_that_is_reset_meanwhile_closes_one_door_until_it_works_again(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gateway, "TOKEN_PAUSE", 0.2)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        scene.door.connected.clear()
        token = scene.discord.bot_token

        scene.discord.application.bot_token = "reset"
        await scene.discord.drop("close", code=4004)
        await asyncio.sleep(0.5)
        scene.discord.application.bot_token = token
        async with asyncio.timeout(PATIENCE):
            await scene.door.connected.wait()

        assert (await card.click(AMARA, "spam")).ok
        assert "refuses our token" in caplog.text


# -- cards -----------------------------------------------------------------------------------------


async def test_a_post_whose_answer_is_lost_is_found_by_its_nonce(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.fault("lost_response", "POST /channels/*/messages", count=1)

        card = await scene.submitted()
        await card.click(AMARA, "approve")

        await card.shows("Approved")
        assert len(scene.cards(card.item)) == 1


async def test_a_card_that_is_deleted_comes_back_while_it_is_open(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await scene.submitted(LABEL)
        scene.discord.delete_message(card.id)

        await scene.discord.command("review show", user=AMARA, channel=LABELS,
                                    options={"request": card.item.id})  # fmt: skip
        handed = await scene.told(AMARA, "Which class")
        await scene.discord.click(
            vote_id(card.item.id, "spam", card.item.choices), user=AMARA, message=handed["id"]
        )

        again = await scene.chat.until(lambda: scene.cards(card.item, LABELS))
        assert "1 of 2 votes in" in words_of(again[0])


async def test_a_channel_that_is_closed_to_us_sends_the_card_to_those_who_may_judge(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.set_channel_permissions(APPROVALS, GUILD, deny=VIEW_CHANNEL | SEND_MESSAGES)

        item = await scene.submit()

        (sent,) = await scene.chat.until(lambda: scene.discord.direct_messages(JONAS))
        assert "Delete files" in words_of(sent)
        assert (await scene.now(item)).status is Status.OPEN


async def test_a_card_in_a_direct_message_is_decided_there_where_the_rules_name_the_server(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url, a_rulebook(guild=GUILD)) as scene:
        scene.discord.set_channel_permissions(APPROVALS, GUILD, deny=VIEW_CHANNEL | SEND_MESSAGES)
        item = await scene.submit()
        (sent,) = await scene.chat.until(lambda: scene.discord.direct_messages(JONAS))

        await Card(scene, item, sent["id"]).click(JONAS, "approve")

        await scene.chat.until(lambda: "Approved" in str(scene.discord.direct_messages(MEI)))
        assert "Approved" in str(scene.discord.direct_messages(JONAS))


async def test_closed_direct_messages_and_strangers_do_not_hold_up_the_others(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.set_person(AMARA, takes_dms=False)
        scene.discord.set_channel_permissions(APPROVALS, GUILD, deny=VIEW_CHANNEL | SEND_MESSAGES)

        await scene.submit()

        assert await scene.chat.until(lambda: scene.discord.direct_messages(MEI))
        assert scene.discord.direct_messages(AMARA) in ([], None)


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_limit_is_waited_for_and_nothing_is_lost(sqlite_url: str, scope: str) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.fault(
            "ratelimited", "POST /channels/*/messages", count=2, retry_after=0.3, scope=scope
        )

        card = await scene.submitted()

        assert (await card.click(AMARA, "approve")).ok
        assert len(scene.cards(card.item)) == 1
        assert scene.discord.invalid_request_count <= 2


async def test_a_ban_closes_the_way_out_for_a_while(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.fault(
            "ratelimited", "POST /channels/*", count=1, retry_after=1.0, scope="cloudflare"
        )

        for _ in range(5):
            await scene.submit()
        await scene.chat.until(lambda: len(scene.discord.messages(APPROVALS)) == 5)

        assert "takes nothing from this address" in caplog.text
        assert len(scene.discord.requests("POST /channels/*/messages")) <= 10


async def test_edits_of_an_old_card_wait_and_then_it_is_posted_anew(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    monkeypatch.setattr(failures, "OLD_PAUSE", timedelta(seconds=0.01))
    monkeypatch.setattr(failures, "OLD_TRIES", 2)
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        scene.discord.fault("error", "PATCH /channels/*", code=30046, status=429)
        await scene.discord.command(
            "review show", user=AMARA, channel=APPROVALS, options={"request": card.item.id}
        )
        twin = await scene.told(AMARA, "Delete files")

        await scene.discord.click(buttons_of(twin)[1], user=AMARA, message=twin["id"])
        cards = await scene.chat.until(
            lambda: [each for each in scene.cards(card.item) if each["id"] != card.id], 20
        )

        assert "Rejected" in words_of(cards[0])
        assert [each["id"] for each in scene.cards(card.item)] == [cards[0]["id"]]


async def test_a_card_that_discord_never_takes_becomes_a_plain_one_and_others_flow(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        scene.discord.fault("error", "POST /channels/*/messages", code=50035, count=1)

        card = await scene.submitted(LABEL)

        assert "cannot be shown as a card here" in words_of(card.message())
        assert [each.split(":")[0] for each in buttons_of(card.message())] == ["read"]


async def test_hostile_words_travel_and_change_nothing(sqlite_url: str) -> None:
    evil = "@everyone <@1> [x](https://e) ```\n# h\n`b` \u202eabc\u200b \x00 \ufeff ||s|| <t:0>"
    async with a_scene(sqlite_url) as scene:
        action = {**APPROVAL["action"], "args": {"x" + evil: evil}}
        evidence = [{"kind": "text", "text": evil, "title": "x"}]

        card = await scene.submitted(action=action, reason=evil, evidence=evidence)

        message = card.message()
        assert "\u202e" not in str(message)
        assert [message["mentions"], message["mention_everyone"]] == [[], False]
        await card.click(AMARA, "approve")
        await card.shows("Approved")


async def test_every_message_that_we_send_or_change_says_whom_it_may_ping(
    sqlite_url: str,
) -> None:
    async with a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        await card.click(JONAS, "unsure")
        await scene.quiet()

        bodies = [
            request.body.get("data", request.body) if request.body else {}
            for pattern in ("POST /channels/*/messages", "PATCH /*", "POST /webhooks/*",
                            "POST /interactions/*")
            for request in scene.discord.requests(pattern)
        ]  # fmt: skip

        said = [body for body in bodies if "content" in body]
        assert len(said) >= 5
        assert all(body["allowed_mentions"]["parse"] == [] for body in said)


# -- processes -------------------------------------------------------------------------------------


async def test_after_a_restart_the_buttons_of_old_cards_work(sqlite_url: str) -> None:
    async with a_server() as chat:
        async with a_scene(sqlite_url, chat=chat) as scene:
            old = await scene.submitted()

        async with a_scene(sqlite_url, chat=chat) as scene:
            card = Card(scene, old.item, old.id)
            outcome = await card.click(AMARA, "approve")

            assert outcome.ok
            await card.shows("Approved")


async def test_a_crash_between_the_post_and_its_bookkeeping_posts_no_second_card(
    sqlite_url: str,
) -> None:
    async with a_server_without_a_bot(sqlite_url) as scene:
        async with a_process(scene, sqlite_url) as process:
            door = scene.discord.service.door
            with a_lock_from(door, "_answer", _is_post, sqlite_url):
                item = await scene.submit()
                await the_card(scene, item)
                await asyncio.sleep(0.1)  # it has the answer, and cannot write it down
                process.kill()
                await process.wait()

        async with a_process(scene, sqlite_url, LAPSED):
            card = await the_card(scene, item)
            await card.click(AMARA, "approve")
            await card.shows("Approved")

        assert len(scene.cards(item)) == 1


async def test_a_crash_after_the_vote_leaves_a_card_that_converges(sqlite_url: str) -> None:
    async with a_server_without_a_bot(sqlite_url) as scene:
        async with a_process(scene, sqlite_url) as process:
            card = await the_card(scene, await scene.submit())
            await asyncio.sleep(0.3)
            scene.discord.fault("lost_request", "P*")
            clicking = asyncio.create_task(card.click(AMARA, "approve"))
            while (await scene.now(card.item)).status is Status.OPEN:  # noqa: ASYNC110  then killed
                await asyncio.sleep(0.005)
            process.kill()
            await process.wait()
            await clicking
        scene.discord.heal()

        async with a_process(scene, sqlite_url, LAPSED):
            await card.shows("Approved")
            await card.click(JONAS, "reject")
            item = await scene.now(card.item)

        assert item.outcome is not None
        assert item.outcome.choice == "approve"


async def test_two_processes_with_one_token_make_one_vote_and_one_answer(
    sqlite_url: str,
) -> None:
    async with (
        a_server_without_a_bot(sqlite_url) as scene,
        a_process(scene, sqlite_url) as first,
        a_process(scene, sqlite_url) as second,
    ):
        card = await the_card(scene, await scene.submit())

        outcome = await card.click(AMARA, "approve")
        await scene.quiet()

        assert outcome.ok
        assert len((await scene.now(card.item)).votes) == 1
        assert len(scene.discord.ephemerals(AMARA)) == 1
        assert [first.returncode, second.returncode] == [None, None]
        await card.shows("Approved")
