"""What time alone does to an item."""

from datetime import datetime

from bot.facts import REJECT, UNSURE, Item, Kind, Outcome, Rule, Status


def wake_at(item: Item) -> datetime | None:
    """When the clock must look at the item next; None once it is settled."""
    if item.is_settled:
        return None
    instants = [item.due_at, item.settles_at]
    if item.status is Status.OPEN:
        instants.append(item.escalate_at)
    return min(instant for instant in instants if instant is not None)


def expire(item: Item, now: datetime) -> Outcome:
    """The outcome of an item that nobody settled in time: an approval is always denied."""
    return Outcome(
        choice=_expired_choice(item),
        rule=Rule.TIMEOUT,
        vote_count=sum(vote.choice != UNSURE for vote in item.votes),
        decided_at=now,
    )


def _expired_choice(item: Item) -> str | None:
    if item.kind is Kind.APPROVAL:
        return REJECT
    if item.kind is Kind.AUDIT or item.purpose is not None:
        return None  # silence never agrees with the machine
    return item.predicted if item.policy.expiry == "prediction" else None
