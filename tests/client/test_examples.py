"""The examples run: offline, through the frameworks' own middleware, against the real server."""

import asyncio
import gc
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from signoff.testing import Asked, Box, approve_all, reject

from tests.patience import PATIENCE

FOLDER = Path(__file__).parents[2] / "client" / "examples"
EXAMPLES = {  # example -> what must be installed for it
    "langgraph_agent": "langchain",
    "pydantic_ai_agent": "pydantic_ai",
    "openai_agent": "agents",
    "claude_agent": "claude_agent_sdk",
}
pytestmark = pytest.mark.filterwarnings(  # what the frameworks leave open or warn of is theirs
    "ignore::DeprecationWarning",
    "ignore:unclosed:ResourceWarning",
    "ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(params=EXAMPLES)
def example(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    pytest.importorskip("agentapprovalprotocol")
    pytest.importorskip(EXAMPLES[request.param])
    monkeypatch.syspath_prepend(str(FOLDER))
    yield _loaded(request.param)
    gc.collect()  # connections that the integrations keep for as long as their process lives


def test_a_yes_lets_the_tool_run_once_and_is_reported(box: Box, example: ModuleType) -> None:
    box.reviewer = approve_all
    url, token = box.aap(example.__name__)

    said = example.run(url, token)
    (asked,) = [each for each in box.asked if each.requester == example.__name__]
    item = box.client_sync(_observer(box)).look(asked.item_id)

    assert said == "a.log is deleted"
    assert example.files == {"b.log"}
    assert asked.action is not None
    assert (asked.action.name, asked.action.args) == ("delete_file", {"name": "a.log"})
    assert item.report is not None
    assert item.report.execution == "executed"


def test_a_no_reaches_the_agent_and_nothing_runs(box: Box, example: ModuleType) -> None:
    box.reviewer = lambda _asked: reject("a.log is needed")
    url, token = box.aap(f"{example.__name__}-denied")

    said = example.run(url, token)

    assert "a.log is needed" in said
    assert example.files == {"a.log", "b.log"}


async def test_a_langgraph_run_pauses_and_is_woken_by_the_decision(box: Box) -> None:
    """The pausing mode: nothing of the agent waits meanwhile, and its process might have ended."""
    pytest.importorskip("langchain")
    from agentapprovalprotocol import AsyncClient
    from agentapprovalprotocol.langgraph import INTERRUPT_KEY, ApprovalMiddleware, resumer
    from langchain.agents import create_agent
    from langchain_core.messages import AIMessage
    from langgraph.checkpoint.memory import InMemorySaver

    module = _loaded("langgraph_agent")
    url, token = box.aap("pausing")
    call = {"name": "delete_file", "args": {"name": "a.log"}, "id": "call-1"}
    script = module.ScriptedModel(responses=[AIMessage("", tool_calls=[call]), AIMessage("Done.")])
    agent: Any = create_agent(
        script,
        tools=[module.delete_file],
        middleware=[ApprovalMiddleware(url, token, mode="async")],
        checkpointer=InMemorySaver(),
    )
    thread: Any = {"configurable": {"thread_id": "t-1"}}

    paused = await agent.ainvoke({"messages": [("user", "Make room.")]}, thread)
    (interrupt,) = paused["__interrupt__"]
    still = set(module.files)
    asked = await _asked_by(box, "pausing")
    await asyncio.to_thread(box.answer, asked.item_id, approve_all(asked))
    client = AsyncClient(url, token)
    request = await client.get(interrupt.value[INTERRUPT_KEY])
    await resumer(agent)((request.context or {})["resume"], request)
    await client.aclose()
    state = await agent.aget_state(thread)

    assert still == {"a.log", "b.log"}
    assert module.files == {"b.log"}
    assert state.values["messages"][-1].content == "Done."
    del agent, script
    gc.collect()


def _loaded(name: str) -> ModuleType:
    """A fresh copy of the example, with all of its files."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.pop(name, None)
    spec.loader.exec_module(module)
    return module


async def _asked_by(box: Box, requester: str) -> Asked:
    """What this agent asked, as soon as people have seen it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if found := [each for each in box.asked if each.requester == requester]:
                return found[0]
            await asyncio.sleep(0.02)


def _observer(box: Box) -> str:
    return box.new_key(f"observer-{len(box.asked)}", scopes=("observe",))
