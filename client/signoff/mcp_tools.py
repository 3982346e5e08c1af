"""What a model may do: ask for approval, ask a question, look for the answer, say how it ended.

Nothing here can stop a model from acting without asking, or from doing something else than what
was approved: an approval is worth what the model's obedience is. What can be held is held. An
approval is bound to the action, and is handed out once: telling the model of it uses it up.
"""

import time
from datetime import timedelta
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from signoff.access import VERSION
from signoff.answers import Action, Decision, Execution, Item
from signoff.canonical import as_json
from signoff.client import Signoff
from signoff.errors import AlreadyRan, Expired, SignoffError
from signoff.mcp import Setup
from signoff.redeeming import fresh

WAIT = 25.0  # seconds that a call waits by itself; many clients give a tool a minute
WAIT_MAX = 50.0
SAYS_EVERY = 5.0  # seconds between two words of progress
INSTRUCTIONS = (
    "People approve risky actions here. Call ask_approval with exactly what you are about to do, "
    "and do it only when the answer says may_run; do exactly that, once, and then call "
    "report_outcome. When it is still pending, go on with other work, or call get_decision with "
    "the item_id later. Never act on a pending or denied request, nor in another way."
)

Status = Literal[
    "pending", "approved", "denied", "expired", "cancelled", "answered", "undecided", "used"
]
Wait = Annotated[
    float, Field(ge=0, le=WAIT_MAX, description="Seconds to wait here; then it is pending.")
]
ItemId = Annotated[str, Field(description="As ask_approval or ask_question gave it.")]


class Told(BaseModel):
    """How a question stands, and what to do about it."""

    status: Status
    item_id: str
    may_run: bool = False  # true exactly once for each approved action
    next: str  # what to do now
    arguments: dict[str, Any] | None = None  # what may run; a reviewer may have changed it
    answer: str | None = None  # to a question, or in place of an action
    reason: str = ""  # people's own words


def server(setup: Setup) -> MCPServer:
    """The server, with its tools.

    Raises:
        Misconfigured: SIGNOFF_URL or SIGNOFF_API_KEY is missing.
    """
    served = MCPServer("signoff", version=VERSION, instructions=INSTRUCTIONS, log_level="WARNING")
    tools = Tools(setup, Signoff())
    for tool in (tools.ask_approval, tools.get_decision, tools.report_outcome):
        served.add_tool(tool)
    if setup.questions:
        served.add_tool(tools.ask_question)
    return served


class Tools:
    """The tools, as a model calls them; their docstrings are what it reads."""

    def __init__(self, setup: Setup, client: Signoff) -> None:
        self._setup = setup
        self._client = client

    async def ask_approval(
        self,
        context: Context,
        action: Annotated[str, Field(description="The tool or command you are about to use.")],
        arguments: Annotated[dict[str, Any], Field(description="All of its arguments, exactly.")],
        reason: Annotated[str, Field(description="Why; shown to people as your own words.")] = "",
        target: Annotated[str | None, Field(description="Where: a host, a repository.")] = None,
        wait_seconds: Wait = WAIT,
    ) -> Told:
        """Ask people whether you may do something. Do it only if the answer has may_run: true."""
        asked = Action(action, arguments, environment=self._setup.environment, target=target)
        item = await self._opened(
            self._setup.queue, action=asked, reason=reason, allow=("respond",)
        )
        return await self._told(context, item, wait_seconds)

    async def ask_question(
        self,
        context: Context,
        question: Annotated[str, Field(description="What you want to know.")],
        choices: Annotated[list[str], Field(min_length=2, description="The possible answers.")],
        details: Annotated[str, Field(description="What people need to know to answer.")] = "",
        wait_seconds: Wait = WAIT,
    ) -> Told:
        """Ask people a question with given answers."""
        item = await self._opened(
            str(self._setup.questions),
            body=details or question,
            question=question[:200],
            choices=choices,
        )
        return await self._told(context, item, wait_seconds)

    async def get_decision(
        self, context: Context, item_id: ItemId, wait_seconds: Wait = WAIT
    ) -> Told:
        """Look whether people have answered. An approval is given out once: use it, or lose it."""
        try:
            item = await self._client.look(item_id)
        except SignoffError as problem:
            raise ToolError(str(problem)) from problem
        return await self._told(context, item, wait_seconds)

    async def report_outcome(
        self,
        item_id: ItemId,
        execution: Annotated[Execution, Field(description="What became of the action.")],
        note: Annotated[str, Field(description="A few words for people.")] = "",
    ) -> str:
        """Say what became of an approved action, after doing it."""
        try:
            await self._client.report(item_id, execution, note)
        except SignoffError as problem:
            raise ToolError(str(problem)) from problem
        return "Noted; people see it on the card."

    async def _opened(self, queue: str, **asked: Any) -> Item:
        try:
            as_json(asked.get("action"), "the action")  # what cannot be bound is not asked
            return await self._client.submit(queue, requester=self._setup.requester, **asked)
        except SignoffError as problem:
            raise ToolError(f"It could not be asked, so do not do it: {problem}") from problem

    async def _told(self, context: Context, item: Item, within: float) -> Told:
        try:
            decision = await self._waited(context, item, within)
            if decision is None:
                return _pending(item)
            if decision.item.kind == "label":
                return _answered(decision)
            return await self._given(decision)
        except SignoffError as problem:
            raise ToolError(f"Do not act: {problem}") from problem

    async def _waited(self, context: Context, item: Item, within: float) -> Decision | None:
        """The decision, or None when there is none by then; says now and then that it waits."""
        began = time.monotonic()
        while (decision := item.decision) is None:
            waited = time.monotonic() - began
            if waited >= within:
                return None
            await context.report_progress(waited, within, "People have not decided yet.")
            try:
                span = timedelta(seconds=min(SAYS_EVERY, within - waited))
                return await self._client.wait(item, within=span)
            except Expired:
                item = await self._client.look(item.id)
        return decision

    async def _given(self, decision: Decision) -> Told:
        """What was decided about an action. Telling of an approval uses it up, here and now."""
        if not decision.is_approved:
            return _refused(decision)
        try:
            await self._client.redeem(fresh(decision))
        except AlreadyRan as problem:
            return _about(decision, "used", f"This approval was given out before. {problem}")
        action = decision.action
        edited = " A reviewer changed the arguments: use these." if decision.edited else ""
        told = _about(
            decision,
            "approved",
            f"Do exactly this now, once, with these arguments.{edited} Then call report_outcome.",
        )
        return told.model_copy(
            update={"may_run": True, "arguments": dict(action.args) if action else None}
        )


def _about(decision: Decision, status: Status, then: str) -> Told:
    return Told(status=status, item_id=decision.item_id, next=then, reason=decision.reason)


def _pending(item: Item) -> Told:
    then = (
        "Do not act. Go on with other work, or call get_decision with this item_id later; people "
        f"may answer until {item.due_at:%Y-%m-%d %H:%M} UTC."
    )
    return Told(status="pending", item_id=item.id, next=then)


def _answered(decision: Decision) -> Told:
    if decision.outcome is None:
        return _about(decision, "undecided", "Nobody decided. Go on without an answer.")
    told = _about(decision, "answered", "This is what people answered.")
    return told.model_copy(update={"answer": decision.outcome})


def _refused(decision: Decision) -> Told:
    if decision.response is not None:
        told = _about(decision, "answered", "Do not do it: a person answered instead.")
        return told.model_copy(update={"answer": decision.response})
    if decision.rule == "timeout":
        return _about(decision, "expired", "Nobody approved it in time. Do not do it.")
    if decision.rule == "cancelled":
        return _about(decision, "cancelled", "The question was taken back. Do not do it.")
    return _about(decision, "denied", "People said no. Do not do it, nor in another way.")
