"""What people are told, and how soon we are back, after the gateway was away for a while."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from discord.utils import time_snowflake

from handlers.discord import answering, gateway
from localchat.discord.gateway.session import Connection
from localchat.discord.options import Options
from localchat.discord.rest import door as rest
from tests.doors.discord_house import AMARA, LABEL, Scene, a_rulebook, a_scene, a_server, words_of
from tests.patience import PATIENCE

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
AWAY = 3.2  # seconds; Discord gives up on an interaction after three


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are asked for without Discord's five seconds between them."""
    monkeypatch.setattr(gateway, "IDENTIFY_EVERY", 0.05)


async def told_directly(scene: Scene) -> str:
    (told,) = await scene.chat.until(lambda: scene.discord.direct_messages(AMARA))
    return words_of(told)


# -- clicks that were made while we were away ------------------------------------------------------


async def test_a_click_that_is_old_when_a_resume_brings_it_is_counted_and_the_person_told(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_server(Options()) as chat, a_scene(sqlite_url, chat=chat) as scene:
        card = await scene.submitted(LABEL)
        scene.discord.refuse_connections(AWAY)

        await scene.discord.drop("abort")
        outcome = await card.click(AMARA, "spam")

        assert not outcome.ok
        assert "Recorded" in await told_directly(scene)
        await card.shows("1 of 2 votes in")
        assert "another process has answered" not in caplog.text


async def test_a_click_that_discord_delivers_late_is_counted_and_the_person_told(
    sqlite_url: str,
) -> None:
    async with a_server(Options()) as chat, a_scene(sqlite_url, chat=chat) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam", late_by=AWAY)

        assert "Recorded" in await told_directly(scene)
        await card.shows("1 of 2 votes in")


async def test_a_click_too_late_for_its_window_is_not_a_vote_and_the_person_hears_it(
    sqlite_url: str,
) -> None:
    rulebook = a_rulebook(require_reason="both")
    async with a_server(Options()) as chat, a_scene(sqlite_url, rulebook, chat) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam", late_by=AWAY)

        assert "Press the button again" in await told_directly(scene)
        assert not (await scene.now(card.item)).votes


@pytest.mark.parametrize(("made_before", "age"), [(3.0, 3.0), (-60.0, 0.0), (3_600.0, 3_600.0)])
def test_an_interactions_age_is_in_its_id_and_never_negative(
    made_before: float, age: float
) -> None:
    made = time_snowflake(NOON - timedelta(seconds=made_before))

    assert answering.age_of(made, NOON) == pytest.approx(age, abs=0.01)


# -- the way back ----------------------------------------------------------------------------------


async def seconds_until_back(scene: Scene, how: Any = "abort") -> float:
    scene.door.connected.clear()
    started = time.monotonic()
    await scene.discord.drop(how)
    async with asyncio.timeout(PATIENCE):
        await scene.door.connected.wait()
    return time.monotonic() - started


@pytest.mark.parametrize("how", ["abort", "invalid_session"])
async def test_each_loss_after_a_greeting_is_mended_at_once_however_many_came_before(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    waits: list[float] = []
    wait = gateway.Pause.wait

    async def note(pause: gateway.Pause, at_least: float, at_most: float) -> None:
        waits.append(pause.seconds)
        await wait(pause, at_least, at_most)

    monkeypatch.setattr(gateway.Pause, "wait", note)
    async with a_scene(sqlite_url) as scene:
        for _ in range(4):
            await seconds_until_back(scene, how)

    assert waits == [0, 0, 0, 0]


async def test_a_session_that_can_be_resumed_waits_only_shortly_between_attempts(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "RESUME_PAUSE_MAX", 0.3)
    most: list[float] = []
    wait = gateway.Pause.wait

    async def note(pause: gateway.Pause, at_least: float, at_most: float) -> None:
        most.append(at_most)
        await wait(pause, at_least, at_most)

    monkeypatch.setattr(gateway.Pause, "wait", note)
    async with a_scene(sqlite_url) as scene:
        scene.discord.refuse_connections(1.5)

        await seconds_until_back(scene)

    assert len(most) > 1
    assert set(most) == {0.3}


async def test_new_sessions_are_asked_for_slowly_when_few_are_left_today(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "STARTS_FEW", 1_000)
    monkeypatch.setattr(gateway, "PAUSE_MAX", 2.5)
    async with a_scene(sqlite_url) as scene:
        await seconds_until_back(scene, "invalid_session")

        assert await seconds_until_back(scene, "invalid_session") > 2.0


async def test_why_there_is_no_connection_is_said_with_the_close_code(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def shut(connection: Connection) -> None:
        await connection.ws.close(code=4000)

    async with a_scene(sqlite_url) as scene:
        monkeypatch.setattr(scene.discord.service.gateway, "_talk", shut)
        await scene.discord.drop("abort")

        await scene.chat.until(lambda: "no connection to the gateway" in caplog.text)

        assert "no connection to the gateway: ReconnectWebSocket: closed with 4000" in caplog.text


# -- a server that says more of its answers' type --------------------------------------------------


async def test_answers_and_errors_may_name_their_charset(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    respond = rest._respond

    def with_charset(answer: rest.Answer) -> web.Response:
        response = respond(answer)
        if response.content_type == "application/json":
            response.headers["Content-Type"] = "Application/JSON; charset=utf-8"
        return response

    monkeypatch.setattr(rest, "_respond", with_charset)
    async with a_server(Options()) as chat, a_scene(sqlite_url, chat=chat) as scene:
        card = await scene.submitted(LABEL)

        assert (await card.click(AMARA, "spam")).ok
        await card.told(AMARA, "Recorded")
        scene.discord.fault("error", "POST /interactions/*", code=10062, status=404, count=1)
        monkeypatch.setattr(answering, "LATE_AFTER", 0.0)
        await card.click(AMARA, "unsure")
        assert "Recorded: Not sure" in await told_directly(scene)
