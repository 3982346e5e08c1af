"""A guarded call, from the question to the report: what was approved is what runs, once."""

import inspect
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from signoff import asking, hooks
from signoff.answers import RESPOND, Action, Decision, Execution, Item
from signoff.canonical import digest_of, dumps
from signoff.errors import (
    Changed,
    Expired,
    GrantExpired,
    GrantUsed,
    KeyTaken,
    SignoffError,
    Undecided,
)
from signoff.guard import RESOLVED, Guard
from signoff.keys import key_for
from signoff.questions import Question
from signoff.redeeming import REPORTED_WITHIN, fresh, new_attempt, redeem, tell, unknown
from signoff.steps import Flow, Ran, Run

STOPPED_WITHIN = 2.0  # seconds that a call which is being stopped may still take to say so
log = logging.getLogger("signoff")


def guarded(guard: Guard, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flow[Ran]:
    """The call's own result, if people let it run.

    Raises:
        NotApproved: nobody said yes (Denied, Expired, Cancelled, Undecided).
        Changed: what would run is not what was approved.
        AlreadyRan: an earlier call under this key ran it.
        NotBindable, CheckFailed: it could not even be asked.
        Refused, Unreachable: Signoff said no, or nothing.
    """
    bound = guard.bind(args, kwargs)
    if guard.when and not (yield from hooks.call("when", guard.when, bound)):
        return (yield from _run(lambda: guard.function(*bound.args, **bound.kwargs)))
    action = yield from guard.action_of(bound)
    item = yield from _asked(guard, bound, action)
    if guard.asked:
        yield from hooks.tell("asked", guard.asked, item)
    decision = yield from asking.wait(item)
    if guard.respond and decision.outcome == RESPOND and decision.response is not None:
        respond, words = guard.respond, decision.response
        return (yield from _run(lambda: respond(words)))
    approved = _approved(guard, bound, action, decision)
    return (yield from _run_once(guard, bound, approved, decision))


def _asked(guard: Guard, bound: inspect.BoundArguments, action: Action) -> Flow[Item]:
    """The item that asks for this call; an earlier one when the key names it."""
    digest = digest_of(action)
    stated = (yield from hooks.call("key", guard.key, bound)) if guard.key else None
    shown = (yield from hooks.call("preview", guard.preview, bound)) if guard.preview else None
    schema = guard.editing.schema(bound, action.args) if guard.editing else None
    question = Question(
        guard.queue,
        action=replace(action, args_schema=schema),
        allow=guard.allow,
        reason=(yield from guard.text_of("reason", bound)) or "",
        evidence=hooks.evidence_of(shown),
        requester=(yield from guard.text_of("requester", bound)),
        within=guard.within,
        key=stated or key_for(digest),
    )
    try:
        return (yield from asking.submit(question))
    except KeyTaken as problem:
        if problem.item_id is None:
            raise
        known = yield from asking.look(problem.item_id)
        if known.action_digest != digest:
            raise
        return known  # the same action, asked for in other words: its preview may have changed


def _approved(
    guard: Guard, bound: inspect.BoundArguments, asked: Action, decision: Decision
) -> Action:
    """What people said yes to; `bound` then holds a reviewer's edits.

    Raises:
        NotApproved: they did not.
        AlreadyRan: an earlier call ran it.
        Changed: it was edited, and may not be, or not like that.
    """
    decision.checked()
    if not decision.is_approved:
        raise Undecided(f"Item {decision.item_id} was answered, and not with yes or no.", decision)
    fresh(decision)
    grant = decision.item.grant
    if grant and grant.status == "expired":
        raise Expired(f"Item {decision.item_id} was approved, and not used in time.", decision)
    if decision.edited is None:
        return asked
    if guard.editing is None:
        raise Changed(f"Item {decision.item_id} was edited, and may not be. Nothing ran.")
    args = dict(decision.edited)
    without = {name: value for name, value in args.items() if name != RESOLVED}
    guard.editing.apply(bound, _plain(asked.args), without)
    return replace(asked, args=args)


def _plain(args: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in args.items() if name != RESOLVED}


def _run_once(
    guard: Guard, bound: inspect.BoundArguments, approved: Action, decision: Decision
) -> Flow[Ran]:
    """Checks, uses the grant up, checks again, runs, and says what came of it."""
    yield from _unchanged(guard, bound, approved)
    attempt = new_attempt()
    try:
        yield from _redeemed(decision, approved, attempt)
        yield from _unchanged(guard, bound, approved, attempt, decision.item_id)
    except (GeneratorExit, SignoffError):
        raise
    except BaseException:
        why = "It did not run: it was stopped before."
        yield from tell(decision.item_id, "failed", why, attempt, STOPPED_WITHIN)
        raise
    ran = _sound((yield from _run(lambda: guard.function(*bound.args, **bound.kwargs))), guard)
    execution, note = _ending(guard, ran)
    within = STOPPED_WITHIN if execution == "unknown" else REPORTED_WITHIN
    yield from tell(decision.item_id, execution, note, attempt, within)
    return ran


def _run(call: Callable[[], Any]) -> Flow[Ran]:
    ran: Ran = yield Run(call)
    return ran


def _redeemed(decision: Decision, approved: Action, attempt: str) -> Flow[None]:
    try:
        yield from redeem(decision, approved, attempt=attempt)
    except GrantUsed as problem:
        raise unknown(decision, problem) from problem
    except GrantExpired as problem:
        raise Expired(f"{problem} Nothing ran.", decision) from problem


def _unchanged(
    guard: Guard,
    bound: inspect.BoundArguments,
    approved: Action,
    attempt: str | None = None,
    item_id: str = "",
) -> Flow[None]:
    """Refuses when the call is no longer what was approved; tells so once the grant is used up.

    Raises:
        Changed: an argument, a target or what it resolves to is another one now.
    """
    try:
        again = yield from guard.action_of(bound)
        if changed := ", ".join(_differences(approved, again)):
            raise Changed(f"{changed} changed after {guard.name} was approved. Nothing ran.")
    except SignoffError as problem:
        if attempt is not None:
            yield from tell(item_id, "failed", f"It did not run: {problem}", attempt)
        raise


def _differences(approved: Action, again: Action) -> Iterator[str]:
    """The names of what differs."""
    for name in sorted(approved.args.keys() | again.args.keys()):
        missing = object()
        before, now = approved.args.get(name, missing), again.args.get(name, missing)
        if missing in (before, now) or dumps(before) != dumps(now):
            yield name
    for what in ("name", "version", "environment", "target"):
        if getattr(approved, what) != getattr(again, what):
            yield what


def _sound(ran: Ran, guard: Guard) -> Ran:
    """The same, unless a function that was not awaited only gave something to be awaited."""
    if ran.problem is None and not guard.is_async and inspect.isawaitable(ran.value):
        if inspect.iscoroutine(ran.value):
            ran.value.close()
        return Ran(problem=TypeError(f"{guard.name} is not async, and returned an awaitable."))
    return ran


def _ending(guard: Guard, ran: Ran) -> tuple[Execution, str]:
    """What became of the call, and a few words for its card."""
    if ran.problem is None:
        return "executed", _note(guard, ran.value)
    if isinstance(ran.problem, Exception):
        return "failed", f"{type(ran.problem).__name__}: {ran.problem}"
    return "unknown", f"It was stopped while it ran ({type(ran.problem).__name__})."


def _note(guard: Guard, value: Any) -> str:
    """The caller's words about a result; a failure to find any does not undo what ran."""
    if guard.note is None:
        return ""
    try:
        return str(guard.note(value))
    except Exception as problem:  # noqa: BLE001  the caller's code, after the fact
        log.warning("note= of %s failed: %s", guard.name, type(problem).__name__)
        return ""
