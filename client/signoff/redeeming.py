"""The grant behind an approval: redeemed just before the action runs, reported on after it."""

import logging
from urllib.parse import quote
from uuid import uuid4

from signoff.answers import Action, Decision, Execution, Item
from signoff.canonical import digest_of
from signoff.errors import (
    AlreadyRan,
    Changed,
    GrantUsed,
    NotGranted,
    OutcomeUnknown,
    SignoffError,
    Unreachable,
)
from signoff.exchange import ask_item, exchange, read_item
from signoff.steps import Flow, LostError, Now, Send

REPORTED_WITHIN = 20.0  # seconds that a report is tried for
NOTE_MAX = 500  # characters of what went wrong
log = logging.getLogger("signoff")


def redeem(decision: Decision, action: Action | None = None, *, attempt: str = "") -> Flow[Item]:
    """Uses the approval up, for exactly this action; from now on it may be run, once.

    Args:
        decision: what was decided; an approval.
        action: what is about to run; None: what the decision says was approved.
        attempt: names this use; the same name again, after a lost answer, is the same use.

    Raises:
        NotGranted: it was not approved, or there is no grant any more.
        Changed, GrantMismatch: what is about to run is not what was approved.
        GrantUsed: another attempt used it.
        GrantExpired: it was not used in time.
        Paused: nothing may run now.
        Unreachable: nobody answered; it may be used up.
    """
    bound = decision.item.action_digest
    about_to_run = action or decision.action
    if not decision.is_approved or bound is None or about_to_run is None:
        raise NotGranted(f"Item {decision.item_id} gives no permission to run.", status=409)
    digest = digest_of(about_to_run)
    if digest != bound:
        raise Changed(
            f"What would run is not what was approved (item {decision.item_id} is bound to "
            f"{bound[:12]}…, this is {digest[:12]}…). Nothing ran."
        )
    body = {"action_digest": digest, "attempt": attempt or new_attempt()}
    answer = yield from exchange(
        Send("POST", f"/v1/items/{quote(decision.item_id, safe='')}/grant/redeem", body)
    )
    item = read_item(answer.get("item"))
    if item.id != decision.item_id or item.action_digest != digest or not _is_redeemed(item):
        raise Unreachable(
            f"The answer to redeeming item {decision.item_id} is about something else: what "
            "answers there is not Signoff. Nothing ran."
        )
    return item


def report(
    item_id: str,
    execution: Execution,
    note: str = "",
    *,
    attempt: str | None = None,
    within: float = REPORTED_WITHIN,
) -> Flow[Item]:
    """Tells what became of an approved action; its card shows it. The last report stands.

    Args:
        item_id: the item that was approved.
        execution: `unknown` when it began, and nobody can tell whether it was done.
        note: a few words for the card.
        attempt: the name of the use that this is about.
        within: seconds that it is tried for.

    Raises:
        Refused: the grant was never redeemed.
        Unreachable: nobody answered.
    """
    until = (yield Now()) + within
    body = {"execution": execution, "note": note[:NOTE_MAX].replace("\0", "")}
    body |= {"attempt": attempt} if attempt else {}
    path = f"/v1/items/{quote(item_id, safe='')}/report"
    return (yield from ask_item(Send("POST", path, body, is_last=True), until))


def tell(
    item_id: str, execution: Execution, note: str, attempt: str, within: float = REPORTED_WITHIN
) -> Flow[None]:
    """The same where nobody can do anything about a failure; Signoff then says `unknown` itself."""
    try:
        yield from report(item_id, execution, note, attempt=attempt, within=within)
    except (SignoffError, LostError) as problem:
        log.warning("item %s: %s was not reported: %s", item_id, execution, type(problem).__name__)


def new_attempt() -> str:
    """The name of one use of a grant."""
    return uuid4().hex


def fresh(decision: Decision) -> Decision:
    """The same decision, if no earlier call has begun the action.

    Raises:
        AlreadyRan: it was run, and this is what was reported.
        OutcomeUnknown: it was begun, and nothing was reported.
    """
    item = decision.item
    if item.report and item.report.execution in ("executed", "failed"):
        raise AlreadyRan(
            f"Item {item.id} was run before ({item.report.execution}); it was not run again.",
            decision,
            item.report.execution,
        )
    if item.report or (item.grant and item.grant.status in ("redeemed", "used")):
        raise unknown(decision)
    return decision


def _is_redeemed(item: Item) -> bool:
    return item.grant is not None and item.grant.status == "redeemed"


def unknown(decision: Decision, cause: GrantUsed | None = None) -> OutcomeUnknown:
    """Somebody began, and did not say how it ended."""
    why = f" ({cause})" if cause else ""
    return OutcomeUnknown(
        f"An earlier call began item {decision.item_id} and never said how it ended{why}. It was "
        "not run again: look at what it was to change, then ask anew under a new key.",
        decision,
        "unknown",
    )
