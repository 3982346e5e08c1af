"""A producer no longer wants an answer."""

from datetime import datetime

from bot.errors import SettledError
from bot.facts import UNSURE, Item, Outcome, Rule
from bot.flows.advancing import follow_time, settle
from bot.flows.loading import lock
from bot.flows.opening import Producer
from bot.flows.reporting import fetch
from bot.flows.saving import line
from config.policies import Rulebook
from storage import ledger, notices
from storage.unit import Unit

CHATS = ("slack", "discord")


def cancel(
    unit: Unit,
    rulebook: Rulebook,
    producer: Producer,
    item_id: str,
    reason: str | None,
    now: datetime,
) -> Item:
    """The item, withdrawn; its cards say so, and what was still to be sent about it is not.

    Raises:
        UnknownItemError: there is no such item of this producer.
        SettledError: it has another outcome already, which stays.
    """
    fetch(unit, producer, item_id)
    item = follow_time(unit, rulebook, lock(unit, item_id), now)
    if item.outcome is not None:
        if item.outcome.rule is Rule.CANCELLED:
            return item
        raise SettledError(
            f"Item {item_id} has its outcome already; it cannot be withdrawn any more.",
            item_id,
            item.outcome,
        )
    count = sum(vote.choice != UNSURE for vote in item.votes)
    outcome = Outcome(None, Rule.CANCELLED, count, now, words=reason or None)
    said = {"reason": reason} if reason else {}
    ledger.append(unit.connection, line("cancelled", item.id, now, producer.name, "http", **said))
    notices.drop(unit.connection, item.id, CHATS, "the item was withdrawn")
    return settle(unit, item, outcome)
