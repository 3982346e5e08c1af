"""A queue's money: its channel is told once when a month's budget runs out, and once before."""

from datetime import datetime, timedelta

from bot.flows import outbox
from bot.flows.figures import spending
from bot.measures.cost import Budget
from bot.measures.queue_figures import budget_of, month_of
from config.policies import Queue, Rulebook
from storage import digests
from storage.unit import Unit

LOOK_EVERY = timedelta(minutes=10)
ALARMING = (Budget.NEAR, Budget.OVER)


def look(unit: Unit, rulebook: Rulebook, now: datetime) -> int:
    """Looks at every budget, now and then; how many alarms were given."""
    with_budget = [each for each in rulebook.queues.values() if each.policy.budget_per_month_usd]
    slot = int(now.timestamp() // LOOK_EVERY.total_seconds())
    if not with_budget or not digests.take(unit.connection, f"budget-look:{slot}", now):
        return 0
    return sum(_look_at(unit, queue, now) for queue in with_budget)


def _look_at(unit: Unit, queue: Queue, now: datetime) -> bool:
    month = month_of(now)
    spent = spending(unit, queue.name, month, now).total_usd
    budget = queue.policy.budget_per_month_usd
    if budget is None:
        return False
    state = budget_of(spent, budget, now)
    key = f"budget:{queue.name}:{month:%Y-%m}:{state}"
    if state not in ALARMING or not digests.take(unit.connection, key, now):
        return False
    body = {"queue": queue.name, "spent": str(spent), "budget": str(budget), "state": state}
    outbox.send_to_channels(unit, queue, key=key, template="budget", due_at=now, body=body)
    return True
