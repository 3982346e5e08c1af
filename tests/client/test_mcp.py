"""`signoff mcp`, spoken to by the SDK's own client: as a process on standard input and output."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from signoff.mcp import Setup
from signoff.mcp_tools import server
from signoff.testing import Box, approve_all, choose, reject, respond

DELETE = {"action": "delete_files", "arguments": {"paths": ["a.log"]}, "reason": "disk is full"}


@asynccontextmanager
async def _connected(**stated: Any) -> AsyncIterator[Client]:
    """The server in this process; what it would say on its pipes is the same."""
    async with Client(server(Setup(**stated))) as client:
        yield client


async def test_a_process_asks_waits_and_says_how_it_ended(box: Box) -> None:
    box.reviewer = approve_all
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "signoff", "mcp", "--questions", "moderation"],
        env=dict(os.environ),
    )
    async with Client(parameters) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        told = await _call(client, "ask_approval", DELETE)
        ended = await client.call_tool(
            "report_outcome", {"item_id": told["item_id"], "execution": "executed", "note": "gone"}
        )

    item = await asyncio.to_thread(box.client_sync().look, told["item_id"])
    assert tools == {"ask_approval", "ask_question", "get_decision", "report_outcome"}
    assert (told["status"], told["may_run"]) == ("approved", True)
    assert told["arguments"] == DELETE["arguments"]
    assert not ended.is_error
    assert item.report is not None
    assert (item.report.execution, item.report.note) == ("executed", "gone")


async def test_an_approval_is_given_out_once(box: Box) -> None:
    box.reviewer = approve_all
    async with _connected() as client:
        told = await _call(client, "ask_approval", DELETE)
        again = await _call(client, "get_decision", {"item_id": told["item_id"]})

    assert told["may_run"] is True
    assert (again["status"], again["may_run"]) == ("used", False)


async def test_a_long_wait_gives_a_handle_to_ask_with_later(box: Box) -> None:
    async with _connected() as client:
        pending = await _call(client, "ask_approval", DELETE | {"wait_seconds": 0})
        item_id = pending["item_id"]
        still = await _call(client, "get_decision", {"item_id": item_id, "wait_seconds": 0})
        await asyncio.to_thread(box.answer, item_id, choose("approve"))
        approved = await _call(client, "get_decision", {"item_id": item_id})

    assert (pending["status"], pending["may_run"]) == ("pending", False)
    assert item_id in pending["next"] or "item_id" in pending["next"]
    assert still["status"] == "pending"
    assert (approved["status"], approved["may_run"]) == ("approved", True)


async def test_who_waits_hears_that_it_goes_on(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signoff.mcp_tools.SAYS_EVERY", 0.1)
    heard: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async with _connected() as client:
        told = await client.call_tool(
            "ask_approval", DELETE | {"wait_seconds": 1}, progress_callback=hear
        )

    assert told.structured_content is not None
    assert told.structured_content["status"] == "pending"
    assert len(heard) > 2
    assert heard == sorted(heard)


@pytest.mark.parametrize(
    ("says", "status"),
    [
        (lambda _asked: reject("it is in use"), "denied"),
        (lambda _asked: respond("Use make clean."), "answered"),
    ],
)
async def test_anything_but_a_yes_may_not_run(
    box: Box, says: Callable[[Any], Any], status: str
) -> None:
    box.reviewer = says
    async with _connected() as client:
        told = await _call(client, "ask_approval", DELETE)

    assert (told["status"], told["may_run"]) == (status, False)
    assert told["arguments"] is None
    assert told["reason"] == "it is in use" or told["answer"] == "Use make clean."


async def test_nobody_in_time_may_not_run(box: Box) -> None:
    async with _connected() as client:
        pending = await _call(client, "ask_approval", DELETE | {"wait_seconds": 0})
        await asyncio.to_thread(box.forward, timedelta(hours=1))
        told = await _call(client, "get_decision", {"item_id": pending["item_id"]})

    assert (told["status"], told["may_run"]) == ("expired", False)


async def test_an_approval_that_was_left_lying_is_no_longer_good(box: Box) -> None:
    async with _connected() as client:
        pending = await _call(client, "ask_approval", DELETE | {"wait_seconds": 0})
        await asyncio.to_thread(box.answer, pending["item_id"], choose("approve"))
        await asyncio.to_thread(box.forward, timedelta(hours=1))
        told = await client.call_tool("get_decision", {"item_id": pending["item_id"]})

    assert told.is_error
    assert "Do not act" in _text(told)


async def test_a_question_is_answered(box: Box) -> None:
    box.reviewer = lambda _asked: choose("ham")
    async with _connected(questions="moderation") as client:
        told = await _call(
            client, "ask_question", {"question": "Is it spam?", "choices": ["spam", "ham"]}
        )

    assert (told["status"], told["answer"], told["may_run"]) == ("answered", "ham", False)


async def test_the_model_chooses_neither_queue_nor_place(box: Box) -> None:
    async with _connected(environment="production") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        pending = await _call(client, "ask_approval", DELETE | {"wait_seconds": 0})
        bad = await client.call_tool("ask_approval", {"action": "x", "arguments": {"n": 2**70}})

    item = await asyncio.to_thread(box.client_sync().look, pending["item_id"])
    assert "ask_question" not in tools
    assert not {"queue", "environment", "context"} & set(
        tools["ask_approval"].input_schema["properties"]
    )
    assert item.action is not None
    assert item.action.environment == "production"
    assert bad.is_error


async def test_another_programs_item_is_not_there(box: Box) -> None:
    other = box.client_sync(box.new_key("other"))
    asked = await asyncio.to_thread(
        lambda: other.submit("moderation", body="x", choices=["a", "b"])
    )
    async with _connected() as client:
        told = await client.call_tool("get_decision", {"item_id": asked.id})

    assert told.is_error


async def _call(client: Client, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    result = await client.call_tool(name, arguments)
    assert not result.is_error, _text(result)
    assert result.structured_content is not None
    return dict(result.structured_content)


def _text(result: Any) -> str:
    return " ".join(part.text for part in result.content)
