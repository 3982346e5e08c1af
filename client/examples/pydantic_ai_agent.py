"""A Pydantic AI agent whose tool calls wait for people. Runs offline.

pip install "agentapprovalprotocol[pydantic-ai]" "signoff[testing]"
python pydantic_ai_agent.py
"""

from agentapprovalprotocol.pydantic_ai import ApprovalCapability
from pydantic_ai import Agent
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.models.function import AgentInfo, FunctionModel
from signoff.testing import approve_all, server

files = {"a.log", "b.log"}


def delete_file(name: str) -> str:
    """Delete a file."""
    files.remove(name)
    return f"{name} is deleted"


def script(messages: list[ModelMessage], _info: AgentInfo) -> ModelResponse:
    """Stands where a real model would: first it calls the tool, then it repeats what that said."""
    last = messages[-1]
    said = [part for part in last.parts if isinstance(part, ToolReturnPart)]
    if isinstance(last, ModelRequest) and said:
        return ModelResponse([TextPart(str(said[0].content))])
    return ModelResponse(
        [
            TextPart("The disk is full, and a.log is old."),
            ToolCallPart("delete_file", {"name": "a.log"}, tool_call_id="call-1"),
        ]
    )


def run(url: str, token: str) -> str:
    """What the tool said to the agent, or why it did not run."""
    approvals = ApprovalCapability(url, token)  # the one line that makes every call wait
    agent = Agent(FunctionModel(script), tools=[delete_file], capabilities=[approvals])
    return agent.run_sync("Make room on the disk.").output


if __name__ == "__main__":
    with server("agent-actions", reviewer=approve_all) as box:  # your own server and people instead
        print(run(*box.aap("pydantic-agent")))
