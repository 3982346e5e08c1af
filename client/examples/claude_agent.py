"""An agent of the Claude Agent SDK whose tool calls wait for people. Runs offline.

pip install "agentapprovalprotocol[claude-agent-sdk]" "signoff[testing]"
python claude_agent.py
"""

import asyncio

from agentapprovalprotocol.claude_agent_sdk import ApprovalHooks
from claude_agent_sdk import ClaudeAgentOptions, ResultMessage, query
from scripted_claude import ScriptedClaude
from signoff.testing import approve_all, server

files = {"a.log", "b.log"}


def delete_file(name: str) -> str:
    """Delete a file."""
    files.remove(name)
    return f"{name} is deleted"


async def ask(url: str, token: str) -> str:
    """What the tool said to the agent, or why it did not run."""
    approvals = ApprovalHooks(url, token)
    options = approvals.options(ClaudeAgentOptions())  # the one line that makes every call wait
    claude = ScriptedClaude(delete_file, {"name": "a.log"})  # leave it out, and Claude itself runs
    said = ""
    async for message in query(prompt="Make room.", options=options, transport=claude):
        if isinstance(message, ResultMessage):
            said = message.result or ""
    return said


def run(url: str, token: str) -> str:
    """The same for those who do not await."""
    return asyncio.run(ask(url, token))


if __name__ == "__main__":
    with server("agent-actions", reviewer=approve_all) as box:  # your own server and people instead
        print(run(*box.aap("claude-agent")))
