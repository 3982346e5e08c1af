"""Stands where the Claude Code process would, for claude_agent.py: speaks the SDK's own protocol.

It wants to call one tool, asks the hooks before, runs it if they allow that, and tells them after.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from claude_agent_sdk import Transport

Json = dict[str, Any]


class ScriptedClaude(Transport):
    """One tool call, and what comes of it."""

    def __init__(self, tool: Callable[..., str], arguments: Json) -> None:
        self._tool = tool
        self._arguments = arguments
        self._heard: asyncio.Queue[Json] = asyncio.Queue()

    async def read_messages(self) -> AsyncIterator[Json]:
        """What the process says."""
        begun = await self._heard.get()
        hooks = begun["request"]["hooks"]
        ready = {"subtype": "success", "request_id": begun["request_id"], "response": {}}
        yield {"type": "control_response", "response": ready}
        yield self._asks(hooks, "PreToolUse")
        decided = (await self._answered())["hookSpecificOutput"]
        said = decided.get("permissionDecisionReason", "")
        if decided["permissionDecision"] == "allow":
            said = self._tool(**self._arguments)
            yield self._asks(hooks, "PostToolUse", tool_response=said)
            await self._answered()
        ended = {"is_error": False, "num_turns": 1, "duration_ms": 1, "duration_api_ms": 1}
        yield {"type": "result", "subtype": "success", "result": said, "session_id": "s-1", **ended}

    async def write(self, data: str) -> None:
        """What the SDK says to the process."""
        await self._heard.put(json.loads(data))

    async def connect(self) -> None:
        """Nothing is to be started."""

    async def close(self) -> None:
        """Nothing is open."""

    async def end_input(self) -> None:
        """The prompt was all there is."""

    def is_ready(self) -> bool:
        """Always."""
        return True

    def _asks(self, hooks: Json, event: str, **more: Any) -> Json:
        call = {"session_id": "s-1", "tool_use_id": "toolu_1", "cwd": "/srv",
                "tool_name": self._tool.__name__, "tool_input": self._arguments}  # fmt: skip
        request = {"subtype": "hook_callback", "callback_id": hooks[event][0]["hookCallbackIds"][0],
                   "input": {**call, "hook_event_name": event, **more},
                   "tool_use_id": "toolu_1"}  # fmt: skip
        return {"type": "control_request", "request_id": event, "request": request}

    async def _answered(self) -> Json:
        while (heard := await self._heard.get())["type"] != "control_response":
            pass
        answer: Json = heard["response"]["response"]
        return answer
