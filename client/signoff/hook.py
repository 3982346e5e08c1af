"""`signoff hook`: Claude Code's tool calls wait for people.

As a PreToolUse hook it asks, waits, and redeems the approval just before it says "allow"; as a
PostToolUse or PostToolUseFailure hook it reports what became of the call. Whatever goes wrong, the
answer is "deny", with a reason that Claude can use. Nothing is kept between the two: the call's own
ids name the question.

Source: https://code.claude.com/docs/en/hooks
"""

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from signoff.answers import Action, Decision, Execution
from signoff.canonical import as_json
from signoff.client import SignoffSync
from signoff.errors import (
    Cancelled,
    Denied,
    Expired,
    Misconfigured,
    NotBindable,
    Paused,
    Refused,
    SignoffError,
    Unreachable,
)
from signoff.keys import stable_key
from signoff.matching import Rules, duration_of, read_rules
from signoff.redeeming import fresh

NOTE_MAX = 200  # characters of what went wrong, for the card
DESCRIPTION = "description"  # of a Bash call: Claude's own words, which change nothing
DESCRIBED = {"Bash"}
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array",
         dict: "object", type(None): "null"}  # fmt: skip
AFTER = {"PostToolUse", "PostToolUseFailure"}
REASONS: dict[type[Exception], str] = {  # why a call did not run, and what Claude is to do about it
    Denied: "A person denied this call. Do not try it another way.",
    Expired: "Nobody approved this call in time, so it was not run. Go on without it.",
    Cancelled: "The question about this call was taken back, so it was not run.",
    Paused: "Signoff is paused: nothing that needs approval may run until it is resumed.",
    Unreachable: "Signoff cannot be reached, so this call was not run. Tell the user; do not try "
    "it another way.",
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One tool call, as Claude Code tells of it."""

    event: str
    session_id: str
    tool_use_id: str
    tool: str
    given: Json  # its input
    cwd: str | None
    told: Mapping[str, Any]  # all that came

    @property
    def key(self) -> str:
        """The question's stable key: the same call again, after a crash, is the same question."""
        return stable_key(self.session_id, self.tool_use_id)

    @property
    def words(self) -> str:
        """What Claude says about its call."""
        said = self.given.get(DESCRIPTION) if self.tool in DESCRIBED else None
        return said if isinstance(said, str) else ""

    @property
    def args(self) -> Json:
        """What the call does, without Claude's words about it.

        Raises:
            NotBindable: it has no exact form.
        """
        bound: Json = as_json(self.given, "input")
        if self.words:
            del bound[DESCRIPTION]
        return bound


def main(argv: list[str] | None = None) -> None:
    """Reads one event from standard input and answers on standard output, as Claude Code has it."""
    asked = _parser().parse_args(argv)  # a wrong option exits with 2, which denies as well
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopped)
    answer = run(sys.stdin, Path(asked.rules) if asked.rules else None, _overrides(asked))
    if answer is not None:
        json.dump(answer, sys.stdout)


def _stopped(_number: int, _frame: object) -> None:
    """Nobody waits any more: the question is taken back on the way out, and 2 denies the call."""
    sys.exit(2)


def run(stream: TextIO, rules_path: Path | None, overrides: Mapping[str, Any]) -> Json | None:
    """The answer to one event; None: there is nothing to say."""
    event = ""
    try:
        told = json.load(stream)
        event = str(told["hook_event_name"])
        rules = read_rules(rules_path).changed(**overrides)
        call = _call(told)
        if not rules.wants(call.tool, call.given):
            return None
        with SignoffSync() as client:
            if call.event == "PreToolUse":
                return _ask(client, call, rules)
            _report(client, call)
            return None
    except Exception as problem:  # noqa: BLE001  whatever it is, the call must not run
        return None if event in AFTER else _deny(_reason(problem))


def _ask(client: SignoffSync, call: ToolCall, rules: Rules) -> Json:
    """Asks people, and uses their approval up before the call may run."""
    began = time.monotonic()
    action = Action(
        name=call.tool,
        args=call.args,
        environment=rules.environment,
        target=call.cwd,
        args_schema=_schema(call.args),
    )
    with _withdrawn(client, call):
        item = client.submit(
            rules.queue,
            action=action,
            allow=("edit", "respond"),
            reason=call.words,
            requester="claude-code",
            within=rules.within,
            key=call.key,
        )
        left = rules.within - timedelta(seconds=time.monotonic() - began)
        decision = client.wait(item, within=left)
    if decision.response is not None:
        return _deny(f"A person answered instead of running this call: {decision.response}")
    decision = fresh(decision.checked())
    approved = _approved(action, decision)
    client.redeem(decision, approved)
    return _allow(call, decision, approved)


@contextmanager
def _withdrawn(client: SignoffSync, call: ToolCall) -> Iterator[None]:
    """Takes the question back when nobody waits for its answer any more."""
    try:
        yield
    except (Expired, SystemExit):
        with suppress(SignoffError):  # then it ends by itself
            for item in client.items(key=call.key):
                client.cancel(item.id, "Claude Code stopped waiting")
        raise


def _approved(action: Action, decision: Decision) -> Action:
    """What may run: the call as it came, or with the arguments that a reviewer set."""
    if decision.edited is None:
        return action
    return Action(action.name, dict(decision.edited), action.version, action.environment,
                  action.target)  # fmt: skip


def _allow(call: ToolCall, decision: Decision, approved: Action) -> Json:
    who = ", ".join(person.name or person.id for person in decision.who) or "the rules"
    output: Json = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "allow",
        "permissionDecisionReason": f"Approved by {who} (Signoff item {decision.item_id}).",
    }
    if decision.edited is not None:
        words = {DESCRIPTION: call.words} if call.words else {}
        output["updatedInput"] = {**approved.args, **words}
        output["additionalContext"] = (
            "A reviewer changed the input of this call before approving it; what runs is: "
            + json.dumps(approved.args, ensure_ascii=False)
        )
    return {"hookSpecificOutput": output}


def _report(client: SignoffSync, call: ToolCall) -> None:
    """Tells what became of a call that was approved here; others are nobody's business."""
    found = next(iter(client.items(key=call.key)), None)
    if found is None or found.grant is None or found.grant.status not in ("redeemed", "used"):
        return
    execution, note = _execution(call)
    client.report(found.id, execution, note)


def _execution(call: ToolCall) -> tuple[Execution, str]:
    if call.event == "PostToolUse":
        return "executed", ""
    if call.told.get("is_interrupt") is True:
        return "unknown", "interrupted"
    lines = str(call.told.get("error") or "").strip().splitlines()
    return "failed", lines[0][:NOTE_MAX] if lines else ""


def _call(told: Any) -> ToolCall:
    """The tool call that an event is about.

    Raises:
        Misconfigured: it is about none.
    """
    event = told.get("hook_event_name")
    if event != "PreToolUse" and event not in AFTER:
        raise Misconfigured(f"signoff hook is for PreToolUse, PostToolUse and PostToolUseFailure, "
                            f"not for {event}.")  # fmt: skip
    session, use, tool = (told.get(name) for name in ("session_id", "tool_use_id", "tool_name"))
    given = told.get("tool_input")
    if not (session and use and tool) or not isinstance(given, dict):
        raise Misconfigured("the event names no session, tool use, tool and input")
    return ToolCall(event, str(session), str(use), str(tool), given, told.get("cwd") or None, told)


def _schema(args: Json) -> Json:
    """What an edit must keep to: the same fields, each of the same JSON type."""
    return {
        "type": "object",
        "properties": {name: {"type": TYPES[type(value)]} for name, value in args.items()},
        "required": sorted(args),
        "additionalProperties": False,
    }


def _deny(reason: str) -> Json:
    output = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": reason,
    }
    return {"hookSpecificOutput": output}


def _reason(problem: Exception) -> str:
    """Why the call did not run, for Claude to go on with."""
    if isinstance(problem, Denied) and problem.decision and problem.decision.reason:
        return f"A person denied this call: {problem.decision.reason}. Do not try it another way."
    for kind, words in REASONS.items():
        if isinstance(problem, kind):
            return words
    if isinstance(problem, (Refused, Misconfigured, NotBindable)):
        return f"This call could not be put before people, so it was not run: {problem}"
    if isinstance(problem, SignoffError):
        return f"This call was not run: {problem}"
    return f"This call was not run: signoff hook failed ({type(problem).__name__})."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signoff hook",
        description="A hook for Claude Code: reads an event on standard input. "
        "SIGNOFF_URL and SIGNOFF_API_KEY say where to ask; docs/agents.md has the settings.",
    )
    parser.add_argument("--rules", metavar="FILE", help="which calls are asked about; TOML")
    parser.add_argument("--queue", help="which queue is asked (agent-actions)")
    parser.add_argument("--within", type=_duration, help="how long Claude waits, such as 9m")
    parser.add_argument("--environment", help="where it runs, such as production; is approved too")
    return parser


def _duration(stated: str) -> timedelta:
    try:
        return duration_of(stated)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def _overrides(asked: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in ("queue", "within", "environment")}
