"""A LangChain agent (a LangGraph graph) whose tool calls wait for people. Runs offline.

pip install "agentapprovalprotocol[langgraph]" "signoff[testing]"
python langgraph_agent.py
"""

from agentapprovalprotocol.langgraph import ApprovalMiddleware
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolCall
from langchain_core.tools import tool
from signoff.testing import approve_all, server

files = {"a.log", "b.log"}


@tool
def delete_file(name: str) -> str:
    """Delete a file."""
    files.remove(name)
    return f"{name} is deleted"


class ScriptedModel(FakeMessagesListChatModel):
    """Stands where a real chat model would: first it calls the tool, then it sums up."""

    def bind_tools(self, _tools: object, **_options: object) -> "ScriptedModel":  # type: ignore[override]
        """Itself: it knows its script."""
        return self


def run(url: str, token: str) -> str:
    """What the tool said to the agent, or why it did not run."""
    script = ScriptedModel(
        responses=[
            AIMessage(
                "The disk is full, and a.log is old.",
                tool_calls=[ToolCall(name="delete_file", args={"name": "a.log"}, id="call-1")],
            ),
            AIMessage("I am done."),
        ]
    )
    approvals = ApprovalMiddleware(url, token)  # the one line that makes every call wait
    agent = create_agent(script, tools=[delete_file], middleware=[approvals])
    answer = agent.invoke({"messages": [HumanMessage("Make room on the disk.")]})
    return next(str(each.content) for each in answer["messages"] if each.type == "tool")


if __name__ == "__main__":
    with server("agent-actions", reviewer=approve_all) as box:  # your own server and people instead
        print(run(*box.aap("langgraph-agent")))
