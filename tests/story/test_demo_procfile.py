"""The Procfile's processes, each its own, on one database: a question, a click, an answer."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from localchat.testing import LocalChat, ThreadedLocalChat
from tests.patience import PATIENCE
from tests.ports import free_port

pytest.importorskip("honcho", reason="needs the extra `demo`")

ROOT = Path(__file__).parents[2]
CHANNEL = "C0APPROVE1"
PROCESSES = ("web", "slack", "discord", "clock")
QUESTION = {
    "queue": "agent-actions",
    "kind": "approval",
    "key": "run-1",
    "action": {"name": "restart", "args": {"service": "web"}},
}
QUEUES = f"""
[queues.agent-actions]
preset = "llm_agent"
due_in = "5m"
cost_per_review_usd = 0.4
reviewers = ["amara", "jonas"]
seniors = ["ruth"]
slack = "{CHANNEL}"
"""
PEOPLE = """
[people]
amara = { name = "Amara", slack = "U0AMARA01" }
jonas = { name = "Jonas", slack = "U0JONAS01" }
ruth = { name = "Ruth", slack = "U0RUTH001", roles = ["senior"] }
"""


def test_a_click_in_one_process_answers_a_program_that_waits_in_another(tmp_path: Path) -> None:
    with LocalChat.in_thread() as chat:
        settings = installation(tmp_path, chat)
        key = signoff("keys", "add", "agent", settings=settings)
        with processes(settings, tmp_path / "log"):
            port = int(settings["SIGNOFF_HTTP_PORT"])
            asked = call(port, key, "POST", "/v1/items", QUESTION)

            card = chat.until(lambda c: c.messages(CHANNEL))[0]
            click = chat.local.click(
                user="U0JONAS01",
                channel=CHANNEL,
                ts=card["ts"],
                action_id=f"vote:0:{asked['id']}",
            )
            assert chat.call(click).ok
            answer = call(port, key, "GET", f"/v1/items/{asked['id']}?wait=20")

    assert answer["outcome"]["choice"] == "approve"
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert all(f"{name}.1 stopped" in log for name in PROCESSES)


def installation(folder: Path, chat: ThreadedLocalChat) -> dict[str, str]:
    """Rules and a database in a folder, and the environment that names them."""
    (folder / "rules").mkdir()
    (folder / "rules/queues.toml").write_text(QUEUES)
    (folder / "rules/people.toml").write_text(PEOPLE)
    port = free_port()
    settings = {
        "SIGNOFF_DATABASE_URL": f"sqlite:///{folder}/signoff.db",
        "SIGNOFF_CONFIG": str(folder / "rules"),
        "SIGNOFF_HTTP_PORT": str(port),
        "SIGNOFF_SLACK_API_URL": chat.local.api_url,
        "SLACK_BOT_TOKEN": chat.local.bot_token,
        "SLACK_APP_TOKEN": chat.local.app_token,
    }
    signoff("migrate", settings=settings)
    return settings


def signoff(*arguments: str, settings: dict[str, str]) -> str:
    """What a command prints."""
    command = [sys.executable, "-m", "handlers.cli", *arguments]
    env = {**os.environ, **settings}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@contextmanager
def processes(settings: dict[str, str], log: Path) -> Iterator[None]:
    """`honcho start` with the project's Procfile, ended as by Ctrl-C."""
    bin_folder = Path(sys.executable).parent
    path = os.pathsep.join([str(bin_folder), os.environ["PATH"]])
    with log.open("w") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "start"],
            cwd=log.parent,
            env={**os.environ, **settings, "PATH": path, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            started.send_signal(signal.SIGINT)
            started.wait(timeout=PATIENCE)


def call(port: int, key: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """One request, repeated while nobody listens yet."""
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            payload = None if body is None else json.dumps(body)
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            connection.request(method, path, payload, headers)
            answer: dict[str, Any] = json.load(connection.getresponse())
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return answer
        finally:
            connection.close()
    raise AssertionError("the HTTP door did not open")
