"""The demo as a visitor meets it: started as a program, looked at and clicked through its page."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from config.reading import read_rulebook
from handlers.cli.demo.world import PEOPLE, demo_world
from tests.patience import PATIENCE
from tests.ports import free_port

pytest.importorskip("PIL", reason="needs the extra `demo`")

ROOT = Path(__file__).parents[2]
ANN, BEN = "U0ANN00001", "U0BEN00001"
ACTIONS, DIGITS = "C0ACTIONS1", "C0DIGITS01"

Json = dict[str, Any]
T = TypeVar("T")


class Visitor:
    """Somebody with the page open."""

    def __init__(self, url: str) -> None:
        self.url = url

    def messages(self, channel: str) -> list[Json]:
        """A channel, as Ann sees it."""
        path = f"/page/messages?as={ANN}&channel={channel}"
        found: list[Json] = self._call("GET", path)["messages"]
        return found

    def card(self, channel: str, words: str) -> Json | None:
        """The newest message that says these words and has buttons."""
        cards = (m for m in self.messages(channel) if words in json.dumps(m) and buttons_of(m))
        return next(cards, None)

    def press(self, who: str, channel: str, card: Json, label: str) -> None:
        """Presses a button as somebody."""
        body = {
            "as": who,
            "container": {"type": "message", "channel": channel, "ts": card["ts"]},
            "action_id": buttons_of(card)[label],
        }
        assert self._call("POST", "/page/action", body)["ok"]

    def words(self, channel: str, card: Json) -> str:
        """What a card says now."""
        return next(json.dumps(m) for m in self.messages(channel) if m["ts"] == card["ts"])

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body or {}), headers)
            answer: Json = json.load(connection.getresponse())
            return answer
        finally:
            connection.close()


def buttons_of(message: Json) -> dict[str, str]:
    elements = [
        e for b in message.get("blocks", []) if b["type"] == "actions" for e in b["elements"]
    ]
    return {element["text"]["text"]: element["action_id"] for element in elements}


def until(look: Callable[[], T | None]) -> T:
    """What `look` returns as soon as it is something."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return seen


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[tuple[Visitor, list[str]]]:
    """A running demo, and the lines that it has printed; stopped as by Ctrl-C."""
    command = [sys.executable, "-m", "handlers.cli", "demo", "--folder", str(folder), *options]
    process = subprocess.Popen(
        [*command, *([] if "--port" in options else ["--port", str(free_port())])],
        cwd=folder.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process:
        printed: list[str] = []
        try:
            for line in process.stdout:
                printed.append(line)
                if "Ctrl-C" in line:
                    break
            url = next((line.split()[-1] for line in printed if "is open" in line), None)
            assert url, "".join(printed)
            yield Visitor(url), printed
        finally:
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in "".join(printed) + rest
    for log in folder.glob("logs/*.log"):
        assert "Traceback" not in log.read_text(), log


def test_an_agent_acts_on_what_was_approved_and_on_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as (visitor, printed):
        logs, settings = folder / "files/logs", folder / "files/config/web.toml"

        digit = until(lambda: visitor.card(DIGITS, "Which digit"))
        delete = until(lambda: visitor.card(ACTIONS, "logs/web-2026-03.log"))
        overwrite = until(lambda: visitor.card(ACTIONS, "config/web.toml"))
        before = settings.read_text()
        assert len(list(logs.iterdir())) == 3
        visitor.press(ANN, ACTIONS, delete, "Approve")
        visitor.press(BEN, ACTIONS, overwrite, "Reject")
        until(lambda: "Executed" in visitor.words(ACTIONS, delete))
        until(lambda: "Rejected" in visitor.words(ACTIONS, overwrite))
        until(lambda: "nothing was touched" in (folder / "logs/agent.log").read_text())
        visitor.press(ANN, DIGITS, digit, "3")
        until(lambda: "Decided" in visitor.words(DIGITS, digit))

        assert sum("http://" in line for line in printed) == 1
        assert list(logs.iterdir()) == []
        assert settings.read_text() == before
        assert not (folder / "files/config/web.toml.bak").exists()
        assert any(block["type"] == "image" for block in digit["blocks"])


def test_a_second_start_finds_the_questions_of_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo(folder) as (visitor, _):
        first = until(lambda: visitor.card(ACTIONS, "logs/web-2026-03.log"))
        approve = buttons_of(first)["Approve"]

    with demo(folder) as (visitor, _):
        again = until(
            lambda: next(
                (m for m in visitor.messages(ACTIONS) if approve in buttons_of(m).values()), None
            )
        )
        visitor.press(ANN, ACTIONS, again, "Reject")
        until(lambda: "Rejected" in visitor.words(ACTIONS, again))


def test_a_taken_port_and_a_taken_folder_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    port = free_port()
    with (
        socket.create_server(("127.0.0.1", port)),
        demo(folder, "--port", str(port)) as (visitor, printed),
    ):
        second = subprocess.run(
            [sys.executable, "-m", "handlers.cli", "demo", "--folder", str(folder)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    assert f"Port {port} is taken" in "".join(printed)
    assert not visitor.url.endswith(f":{port}")
    assert second.returncode == 2
    assert "A demo is running in" in second.stderr


def test_the_simulated_workspace_knows_everybody_that_the_rules_name() -> None:
    rulebook = read_rulebook(ROOT / "config/demo")
    world = demo_world()

    accounts = {person.slack for person in rulebook.people.values()}
    channels = {queue.slack for queue in rulebook.queues.values()}

    assert accounts < {person.id for person in PEOPLE}  # somebody is no reviewer, to be seen
    assert channels == {channel.id for channel in world.channels}
    assert rulebook.slack_team == world.team_id
