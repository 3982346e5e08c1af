"""`/review oncall` over real sockets, on Slack and on Discord."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from config.policies import Rulebook
from config.schedules import Layer, Schedule
from handlers.discord.manifest import manifest
from localchat.discord.problems import Problems
from localchat.discord.rules.commands import check_commands
from tests.doors import discord_house, slack_house

Told = Callable[[str, str], Awaitable[str]]  # who and what they type -> what they are told
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


def _with_schedules(rulebook: Rulebook) -> Rulebook:
    days = Layer(
        name="days",
        people=("amara", "jonas", "mei"),
        unit="days",
        every=1,
        handoff=time(9),
        starts_on=date(2026, 3, 2),
    )
    ops = Schedule(name="ops", title="Operations", zone="Europe/Berlin", layers=(days,))
    web = Schedule(name="web", title="Web", zone="Asia/Kathmandu", layers=(days,))
    return rulebook.model_copy(update={"schedules": {"ops": ops, "web": web}})


@asynccontextmanager
async def on_slack(url: str) -> AsyncIterator[Told]:
    async with slack_house.a_scene(url, _with_schedules(slack_house.a_rulebook())) as scene:
        scene.house.now = lambda: NOON

        async def told(name: str, line: str) -> str:
            user = getattr(slack_house, name.upper())
            before = len(scene.chat.ephemerals(user))
            outcome = await scene.chat.command(
                f"/review oncall {line}", user=user, channel=slack_house.APPROVALS
            )
            assert outcome.ok, outcome
            await scene.chat.until(lambda: len(scene.chat.ephemerals(user)) > before)
            return str(scene.chat.ephemerals(user)[-1]["text"])

        yield told


PARTS = {"override": ("person", "when", "schedule"), "swap": ("person", "schedule"),
         "away": ("when",), "back": (), "cancel": ("number",), "show": ("schedule",)}  # fmt: skip


@asynccontextmanager
async def on_discord(url: str) -> AsyncIterator[Told]:
    async with discord_house.a_scene(url, _with_schedules(discord_house.a_rulebook())) as scene:
        scene.house.now = lambda: NOON

        async def told(name: str, line: str) -> str:
            user = getattr(discord_house, name.upper())
            part, options = _as_options(line)
            before = len(scene.discord.ephemerals(user))
            outcome = await scene.discord.command(
                f"review oncall {part}", user=user, channel=discord_house.GENERAL, options=options
            )
            assert outcome.ok, outcome
            await scene.chat.until(lambda: len(scene.discord.ephemerals(user)) > before)
            return discord_house.words_of(scene.discord.ephemerals(user)[-1])

        yield told


def _as_options(line: str) -> tuple[str, dict[str, Any]]:
    """What is typed on Slack in one line, as Discord's options have it."""
    words = line.split()
    part = words[0] if words and words[0] in (*PARTS, "help") else "show"
    rest = words[1:] if words and words[0] == part else words
    options: dict[str, Any] = {}
    if rest and (part == "show" or rest[-1] in ("ops", "web")):
        options["schedule"] = rest.pop()
    for name in PARTS.get(part, ()):
        if name == "when" and rest:
            options[name], rest = " ".join(rest), []
        elif name != "schedule" and rest:
            options[name] = rest.pop(0)
    return part, options


@pytest.fixture(params=[on_slack, on_discord], ids=["slack", "discord"])
def platform(request: pytest.FixtureRequest) -> Any:
    return request.param


async def test_who_is_on_call_and_who_is_next(sqlite_url: str, platform: Any) -> None:
    async with platform(sqlite_url) as told:
        answer = await told("liam", "")
        assert "not on the list" in answer

        answer = await told("amara", "")

        assert "Operations" in answer
        assert "Mei" in answer
        assert "until Thu 2026-03-05 09:00 (Europe/Berlin)" in answer
        assert "Then: Amara until Fri 2026-03-06 09:00" in answer
        assert "Web" not in await told("amara", "ops")
        assert "no schedule" in await told("amara", "opps")


async def test_an_override_is_echoed_with_its_zone_and_its_instants(
    sqlite_url: str, platform: Any
) -> None:
    async with platform(sqlite_url) as told:
        answer = await told("ruth", "override @jonas fri 18:00\u2013mon 09:00 ops")

        assert "Jonas" in answer
        assert "Fri 2026-03-06 18:00 to Mon 2026-03-09 09:00 (Europe/Berlin)" in answer
        assert "2026-03-06 17:00 UTC to 2026-03-09 08:00 UTC" in answer
        assert "oncall cancel 1" in answer
        assert "Taken back" in await told("ruth", "cancel 1")
        assert "no override 1" in await told("ruth", "cancel 1")


async def test_what_is_unclear_or_not_theirs_is_refused_in_words(
    sqlite_url: str, platform: Any
) -> None:
    async with platform(sqlite_url) as told:
        for line, words in {
            "override @jonas fri 6 to mon 9:00 ops": "could be 6:00 or 18:00",
            "override @jonas 3/4 9:00 to 3/5 9:00 ops": "day or a month first",
            "override @jonas fri 18:00 to mon 9:00": "Say which schedule: ops, web",
            "override @zoe fri 18:00 to mon 9:00 ops": "is nobody here",
            "override @jonas fri 18:00 to mon 09:00 ops": "not yours to give away",
            "swap @ruth ops": "no shift of their own",
            "cancel twelve": "its number",
        }.items():
            assert words in await told("amara", line), line


async def test_two_people_swap(sqlite_url: str, platform: Any) -> None:
    async with platform(sqlite_url) as told:
        assert "Nothing changes until" in await told("amara", "swap @jonas ops")
        assert "Swapped in" in await told("jonas", "swap @amara ops")


async def test_away_and_back(sqlite_url: str, platform: Any) -> None:
    async with platform(sqlite_url) as told:
        assert "is away and is passed over" in await told("mei", "away now for 2h")
        assert "Amara" in (await told("mei", "ops")).split("until")[0]
        assert "is back" in await told("mei", "back")
        assert "was not away" in await told("mei", "back")


async def test_help_lists_what_can_be_typed(sqlite_url: str, platform: Any) -> None:
    async with platform(sqlite_url) as told:
        answer = await told("mei", "help")

        assert "/review oncall override PERSON WHEN" in answer
        assert len(answer.splitlines()) <= 12


async def test_without_schedules_it_says_so(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        await scene.chat.command(
            "/review oncall", user=slack_house.AMARA, channel=slack_house.APPROVALS
        )

        assert "no on-call schedules" in scene.chat.ephemerals(slack_house.AMARA)[-1]["text"]


async def test_discord_suggests_people_to_those_who_are_known(sqlite_url: str) -> None:
    async with discord_house.a_scene(
        sqlite_url, _with_schedules(discord_house.a_rulebook())
    ) as scene:

        async def offered(user: str, option: str, typed: str) -> list[str]:
            found = await scene.discord.autocomplete(
                "review oncall override",
                user=user,
                channel=discord_house.GENERAL,
                option=option,
                typed=typed,
            )
            return [each["value"] for each in found]

        assert await offered(discord_house.AMARA, "person", "jo") == ["jonas"]
        assert await offered(discord_house.LIAM, "person", "jo") == []
        assert await offered(discord_house.AMARA, "schedule", "") == ["ops", "web"]


def test_discord_takes_the_commands() -> None:
    problems = Problems()

    check_commands(manifest(), problems)

    assert problems.found == []
