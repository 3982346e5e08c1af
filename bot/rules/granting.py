"""What an approval permits: one run of exactly the approved action, soon, and while not paused."""

from dataclasses import replace
from datetime import datetime

from bot.errors import (
    GrantExpiredError,
    GrantMismatchError,
    GrantUsedError,
    NotApprovedError,
    NotRedeemedError,
    PausedError,
)
from bot.facts import APPROVE, Execution, Grant, Item, Kind, Report, Standing

GIVEN_UP = "No report came in time."


def is_approved(item: Item) -> bool:
    """Whether people said yes to an action, for good."""
    outcome = item.outcome
    is_action = item.kind is Kind.APPROVAL and not item.is_probe  # of a probe, nothing ever runs
    return is_action and outcome is not None and outcome.choice == APPROVE


def grant_of(item: Item, settles_at: datetime | None = None) -> Grant | None:
    """What a freshly settled item permits; None when it permits nothing.

    Args:
        item: with its outcome.
        settles_at: when its grace window ended. After an outage that was long ago, and what people
            approved then is not permitted anew now.
    """
    if not is_approved(item) or item.outcome is None or item.action_digest is None:
        return None
    decided_at = min(item.outcome.decided_at, settles_at or item.outcome.decided_at)
    expires_at = decided_at + item.policy.grant_for
    return Grant(item.action_digest, Standing.READY, expires_at)


def redeem(item: Item, digest: str, attempt: str, now: datetime, *, paused: bool) -> Item:
    """The item with its grant redeemed; the very same one when this attempt had redeemed it.

    Args:
        item: as it stands, held by the caller.
        digest: of the action that is about to run.
        attempt: the redeemer's own name of this attempt.
        now: the instant of asking.
        paused: whether all grants are withheld.

    Raises:
        SignoffError: it may not run; each reason has its class.
    """
    grant = item.grant
    if grant is None or not is_approved(item):
        raise NotApprovedError(_why_not_approved(item))
    if paused:
        raise PausedError("Signoff is paused: no approved action may run until it is resumed.")
    _refuse_used(item, grant, attempt)
    if digest != grant.action_digest or digest != item.action_digest:
        raise GrantMismatchError(
            f"Item {item.id} was approved for another action than the one that is about to run: "
            f"approved is {grant.action_digest}, asked for is {digest[:64]}."
        )
    if grant.standing is Standing.EXPIRED or now >= grant.expires_at:
        raise GrantExpiredError(
            f"The approval of item {item.id} was to be used by {grant.expires_at:%H:%M:%S} UTC. "
            "Ask again."
        )
    if grant.standing is Standing.REDEEMED:
        return item
    redeemed = replace(grant, standing=Standing.REDEEMED, attempt=attempt, redeemed_at=now)
    return replace(item, grant=redeemed)


def reported(
    item: Item, execution: Execution, note: str, attempt: str | None, now: datetime
) -> Item:
    """The item with what became of its action; only who redeemed the grant can know.

    Raises:
        NotApprovedError: nobody approved it, so nothing may have run.
        NotRedeemedError: its grant was never redeemed, or not by this attempt.
    """
    grant = item.grant
    if not is_approved(item):
        raise NotApprovedError(f"Item {item.id} is not approved: there is nothing to report.")
    if grant is None or grant.standing in (Standing.READY, Standing.EXPIRED):
        raise NotRedeemedError(
            f"The grant of item {item.id} was never redeemed, so nothing may have run."
        )
    if attempt is not None and attempt != grant.attempt:
        raise NotRedeemedError(f"Another attempt redeemed the grant of item {item.id}.")
    if item.report and (item.report.execution, item.report.note) == (execution, note):
        return item
    used = replace(grant, standing=Standing.USED)
    return replace(item, grant=used, report=Report(execution, now, note))


def after_time(item: Item, now: datetime) -> Item:
    """The item with what time alone does to its grant: never used, or used without a word."""
    wake_at = wakes_at(item)
    if item.grant is None or wake_at is None or now < wake_at:
        return item
    if item.grant.standing is Standing.READY:
        return replace(item, grant=replace(item.grant, standing=Standing.EXPIRED))
    used = replace(item.grant, standing=Standing.USED)
    return replace(item, grant=used, report=Report(Execution.UNKNOWN, now, GIVEN_UP))


def voided(item: Item, now: datetime) -> Item:
    """The item with its ready grant ended now, as if its time were over."""
    if item.grant is None or not item.grant.is_ready:
        return item
    expires_at = min(now, item.grant.expires_at)
    grant = replace(item.grant, standing=Standing.EXPIRED, expires_at=expires_at)
    return replace(item, grant=grant)


def wakes_at(item: Item) -> datetime | None:
    """When time changes something about the grant; None when it never will again."""
    grant = item.grant
    if grant is None or grant.standing in (Standing.USED, Standing.EXPIRED):
        return None
    if grant.standing is Standing.READY:
        return grant.expires_at
    return None if grant.redeemed_at is None else grant.redeemed_at + item.policy.report_within


def _refuse_used(item: Item, grant: Grant, attempt: str) -> None:
    """An attempt may ask again until it has reported; everybody else comes too late."""
    mine = grant.standing is Standing.REDEEMED and grant.attempt == attempt
    if grant.standing in (Standing.REDEEMED, Standing.USED) and not mine:
        raise GrantUsedError(
            f"The grant of item {item.id} was redeemed already, and permits one run only."
        )


def _why_not_approved(item: Item) -> str:
    if item.kind is not Kind.APPROVAL:
        return f"Item {item.id} is a {item.kind}: there is no action to permit."
    if item.outcome is None:
        return f"Item {item.id} is not decided yet: nothing may run."
    if not is_approved(item):
        return f"Item {item.id} was not approved: nothing may run."
    return f"Item {item.id} has no grant: nothing may run."
