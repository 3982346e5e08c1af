"""Logs carry ids, a line each; never a token nor a word of content; nothing waits for them."""

import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot.flows import delivering
from handlers.cli.logs import FORMAT, OneLine, set_up
from tests.doors import discord_house, slack_house
from tests.doors.aap_house import CALL, Clock, open_agents
from tests.doors.http_house import APPROVAL, open_door, vote
from tests.flows.scene import Scene as Flows

WORDS = "drop-the-ledger-of-4711"  # what an item holds
SECRET = "gh" + "p_" + "a1B2" * 9
ACTION = {"name": "delete_file", "args": {"path": WORDS, "token": SECRET}}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process writes that was started with SIGNOFF_LOG_LEVEL=DEBUG."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    root.handlers = []  # else they are closed
    monkeypatch.setattr(sys, "stderr", written)
    set_up("DEBUG")
    yield written
    set_up("WARNING")
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)


def told(written: io.StringIO) -> str:
    """All lines, each of them beginning like one."""
    text = written.getvalue()
    for line in text.splitlines():
        assert line.startswith(("20", "  | ")), line
    return text


def break_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first card breaks on our side, with content in the error's message."""
    whole, tries = delivering.view_for, iter([True])

    def broken(*given: Any) -> Any:
        if next(tries, False):
            raise ValueError(f"cannot show {WORDS!r} {SECRET}\nand so on")
        return whole(*given)

    monkeypatch.setattr(delivering, "view_for", broken)


async def test_slacks_door_logs_ids_only(
    sqlite_url: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_once(monkeypatch)
    async with slack_house.a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=ACTION, reason=WORDS)
        await card.click(slack_house.AMARA, "approve")
        await card.shows("Approved")
        scene.deafen()
        await card.click(slack_house.LIAM, "approve")
        await card.read(slack_house.JONAS)
        await scene.chat.command(f"/review {WORDS}", user=slack_house.MEI, channel="C0APPROVE1")
        await scene.quiet()
        chat, text = scene.chat, told(log)

        assert card.item.id in text
        assert "ValueError" in text
        for secret in (WORDS, SECRET, chat.bot_token, chat.app_token, chat.signing_secret):
            assert secret not in text
        assert not any(each in text for each in ("/response/", "response_url=", "Authorization"))


async def test_discords_door_logs_ids_only(
    sqlite_url: str, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_once(monkeypatch)
    async with discord_house.a_scene(sqlite_url) as scene:
        card = await scene.submitted(action=ACTION, reason=WORDS)
        await card.click(discord_house.LIAM, "approve")
        await card.read(discord_house.JONAS)
        await card.click(discord_house.AMARA, "approve")
        await card.shows("Approved")
        await scene.quiet()
        calls = scene.discord.requests("POST /interactions/*")
        tokens = {call.path.split("/")[3] for call in calls}
        text = told(log)

        assert tokens
        assert "ValueError" in text
        for secret in (WORDS, SECRET, scene.discord.bot_token, *tokens):
            assert secret not in text
        assert "Authorization" not in text


async def test_the_programs_doors_log_ids_only(sqlite_url: str, log: io.StringIO) -> None:
    async with open_door(sqlite_url) as door:
        voter = await door.make_key("voter", "vote", person="ann")
        item = (await door.submit(APPROVAL | {"action": ACTION, "reason": WORDS})).body["id"]
        await vote(door.house, item, "approve", reason=WORDS)
        await door.redeem(item)
        hook = {"url": "https://agents.example/hook", "events": ["item.settled"]}
        made = await door.call("POST", "/v1/webhooks", hook)
        wrong = APPROVAL | {"key": WORDS, "action": {"name": SECRET, "zzz": WORDS}}
        refused = [
            await door.submit(wrong),
            await door.submit(APPROVAL | {"action": {"name": SECRET}, "key": WORDS}),
            await door.submit(key="sgn_" + WORDS),
            await door.call("GET", f"/v1/items/{WORDS}"),
            await door.call("GET", f"/v1/items?{WORDS}=1"),
            await door.send(b'{"key": "' + WORDS.encode() + b'", "key": 1}'),
            await door.call("POST", f"/v1/items/{item}/votes", {"choice": WORDS}, key=voter),
        ]
        text = told(log)

        assert {reply.status // 100 for reply in refused} == {4}
        assert refused[1].faults.keys() == {"action.name"}
        assert item in text
        for secret in (WORDS, SECRET, door.key, voter, str(made.body.get("secret"))):
            assert secret not in text


async def test_the_protocols_door_logs_ids_only(sqlite_url: str, log: io.StringIO) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        token = await agents.credential()
        asked = {**CALL, "arguments": {"path": WORDS, "token": SECRET}}
        reply = await agents.call("POST", "/v1/requests", token, asked, key="k")
        await agents.decide(reply.json()["id"], reason=WORDS)
        await agents.call("POST", "/v1/requests", token, {**CALL, WORDS: 1}, key="other")
        await agents.call("GET", f"/v1/requests/{WORDS}", token)
        await agents.call("GET", "/v1/requests/x", "sgn_aap_" + WORDS)
        text = told(log)

        assert reply.status_code == 201
        assert "/v1/requests" in text
        for secret in (WORDS, SECRET, token):
            assert secret not in text


NASTY = "a\r\n2026-01-01T00:00:00.000Z INFO    handlers: approved\x1b[2J\x00\u2028\u202eb"


def written(**how: Any) -> str:
    record = logging.LogRecord("handlers.x", logging.ERROR, "x.py", 1, "said %s", (NASTY,), None)
    record.__dict__.update(how)
    return OneLine(FORMAT).format(record)


def test_no_field_ends_its_line_or_moves_the_cursor() -> None:
    line = written()

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert r"a\u000d\u000a2026" in line


def test_no_error_begins_a_line_of_its_own() -> None:
    for problem in (OSError(28, NASTY), ValueError(NASTY)):
        later = KeyError(NASTY)
        later.__cause__ = problem
        text = written(exc_info=(KeyError, later, None))

        _, *trace = text.splitlines()
        assert all(line.startswith("  | ") for line in trace)
        assert ("approved" in "\n".join(trace)) == isinstance(problem, OSError)
        assert trace[-1].startswith(f"  | builtins.{type(problem).__name__}")


def fill(disk: io.StringIO) -> None:
    def full(_: str) -> int:
        raise OSError(28, "No space left on device")

    disk.write = full  # type: ignore[method-assign]


def test_a_full_disk_loses_lines_and_decides_nothing(
    sqlite_url: str, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """T31: nothing is approved or held up because a line cannot be written."""
    fill(log)
    scene = Flows(sqlite_url)
    left, denied, approved = (scene.approval() for _ in range(3))

    logging.getLogger("handlers.test").error("said %s", SECRET)
    scene.vote("ann", "reject", denied)
    scene.vote("ann", "approve", approved)
    scene.tick(minutes=31)
    outcomes = [scene.item(each).outcome for each in (left, denied, approved)]
    scene.memory.close()

    assert [outcome and outcome.choice for outcome in outcomes] == ["reject", "reject", "approve"]
    assert SECRET not in "".join(capfd.readouterr())


async def test_a_full_disk_stops_no_door(sqlite_url: str, log: io.StringIO) -> None:
    fill(log)
    async with open_door(sqlite_url) as door:
        replies = [await door.submit(APPROVAL | {"key": f"k{n}"}) for n in range(3)]
        shown = await door.show(replies[0].body["id"])

    assert [reply.status for reply in replies] == [201] * 3
    assert (shown.status, shown.body["status"]) == (200, "open")
