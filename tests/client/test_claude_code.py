"""The real Claude Code with `signoff hook`: only the model is a script."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from signoff.testing import Box, Reviewer, approve_all, edit, reject

COMMAND = {"command": "rm a.log", "description": "Make room"}
HOOK = {
    "type": "command",
    "command": f"{sys.executable} -m signoff hook --within 60s",
    "timeout": 120,
    "onFailure": "block",
}


class ScriptedApi(BaseHTTPRequestHandler):
    """The Messages API: first the model calls Bash, then it says that it is done."""

    protocol_version = "HTTP/1.1"
    results: list[dict[str, Any]]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = [part for turn in asked["messages"] for part in _parts(turn["content"])]
        results = [part for part in said if part.get("type") == "tool_result"]
        self.results.extend(results)
        call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": COMMAND}
        is_over = bool(results) or not asked.get("tools")
        content = {"type": "text", "text": "Done."} if is_over else call
        body = _stream(content, "end_turn" if is_over else "tool_use").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _parts(content: Any) -> list[dict[str, Any]]:
    return content if isinstance(content, list) else []


def _stream(content: dict[str, Any], stop: str) -> str:
    """One message as server-sent events. Source: https://docs.anthropic.com/en/api/messages-streaming"""
    nothing: dict[str, Any] = {"text": ""} if "text" in content else {"input": {}}
    delta = (
        {"type": "text_delta", "text": content["text"]}
        if "text" in content
        else {"type": "input_json_delta", "partial_json": json.dumps(content["input"])}
    )
    used = {"input_tokens": 1, "output_tokens": 1}
    message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant"}
    message |= {"model": "scripted", "content": [], "stop_reason": None, "usage": used}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": content | nothing},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": used},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events)


@pytest.fixture
def api() -> Iterator[ThreadingHTTPServer]:
    ScriptedApi.results = []
    with ThreadingHTTPServer(("127.0.0.1", 0), ScriptedApi) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("says", "left", "told"),
    [
        (approve_all, [], "no output"),
        (lambda _asked: reject("it is needed"), ["a.log"], "it is needed"),
        (lambda _asked: edit(command="touch b.log"), ["a.log", "b.log"], "no output"),
    ],
)
def test_claude_code_runs_what_people_approved_and_nothing_else(
    box: Box,
    api: ThreadingHTTPServer,
    tmp_path: Path,
    says: Reviewer,
    left: list[str],
    told: str,
) -> None:
    sdk = pytest.importorskip("claude_agent_sdk")
    claude = Path(sdk.__file__).parent / "_bundled" / "claude"
    if not claude.exists():
        pytest.skip("claude-agent-sdk brings no Claude Code for this machine")
    box.reviewer = says
    work, home = tmp_path / "work", tmp_path / "home"
    (work / ".claude").mkdir(parents=True)
    home.mkdir()
    (work / "a.log").touch()
    matched = [{"matcher": "Bash", "hooks": [HOOK]}]
    hooks = dict.fromkeys(("PreToolUse", "PostToolUse", "PostToolUseFailure"), matched)
    settings = work / ".claude" / "settings.json"
    settings.write_text(json.dumps({"hooks": hooks}))

    subprocess.run(
        [claude, "-p", "Make room.", "--settings", settings],
        cwd=work,
        env={**os.environ, "HOME": str(home), "ANTHROPIC_API_KEY": "sk-scripted",
             "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{api.server_address[1]}",
             "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=100,
    )  # fmt: skip
    found = sorted(path.name for path in work.iterdir() if path.is_file())
    asked = box.asked[-1]
    report = box.client_sync().look(asked.item_id).report

    assert found == left
    assert told in str(ScriptedApi.results[-1]["content"])
    assert (asked.action.args if asked.action else None) == {"command": "rm a.log"}
    assert (report.execution if report else None) == ("executed" if told == "no output" else None)
