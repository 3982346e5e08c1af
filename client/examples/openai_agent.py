"""An agent of the OpenAI Agents SDK whose tool calls wait for people. Runs offline.

pip install "agentapprovalprotocol[openai-agents]" "signoff[testing]"
python openai_agent.py
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agentapprovalprotocol.openai_agents import Approvals
from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool, set_tracing_disabled
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)
from signoff.testing import approve_all, server

files = {"a.log", "b.log"}


@function_tool
def delete_file(name: str) -> str:
    """Delete a file."""
    files.remove(name)
    return f"{name} is deleted"


class ScriptedModel(Model):
    """Stands where a real model would: first it calls the tool, then it repeats what that said."""

    async def get_response(self, **asked: Any) -> ModelResponse:  # type: ignore[override]
        """The next line of the script."""
        said = [each for each in asked["input"] if each.get("type") == "function_call_output"]
        call = ResponseFunctionToolCall(
            type="function_call",
            call_id="call-1",
            name="delete_file",
            arguments='{"name": "a.log"}',
        )
        text = ResponseOutputText(
            type="output_text", text="".join(each["output"] for each in said), annotations=[]
        )
        message = ResponseOutputMessage(
            id="m-1", type="message", role="assistant", status="completed", content=[text]
        )
        return ModelResponse(output=[message if said else call], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        """Not in the script."""
        raise NotImplementedError


def run(url: str, token: str) -> str:
    """What the tool said to the agent, or why it did not run."""
    set_tracing_disabled(True)
    agent = Agent("Janitor", model=ScriptedModel(), tools=[delete_file])
    agent = Approvals(url, token).protect(agent)  # the one line that makes every call wait
    return str(asyncio.run(Runner.run(agent, "Make room on the disk.")).final_output)


if __name__ == "__main__":
    with server("agent-actions", reviewer=approve_all) as box:  # your own server and people instead
        print(run(*box.aap("openai-agent")))
