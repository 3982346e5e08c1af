"""Claims follow their item: what a vote, another round or an outcome leaves of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.facts import Item
from bot.rules.claims import Claim, standing, votes_wanted
from storage import claims
from storage.ledger import Line
from storage.unit import Unit


def changes_of_claims(
    unit: Unit, before: Item, after: Item, lines: Sequence[Line]
) -> dict[str, Any]:
    """The item's columns that follow from its claims, which are brought in line first.

    Args:
        unit: holds the item locked.
        before: the item as it is kept.
        after: the item with its new votes or status.
        lines: what is said about the change; they know when it was.
    """
    changed: dict[str, Any] = {}
    count = before.claim_count
    if count:
        held = [claim_from(row) for row in claims.of_item(unit.connection, after.id)]
        kept = standing(before, after, held)
        claims.remove(
            unit.connection, after.id, [each.person_id for each in held if each not in kept]
        )
        count = changed["claim_count"] = len(kept)
    if votes_wanted(after) > count and _is_news(before, after):
        changed["available_at"] = _instant_of(lines, before)
    return changed


def _is_news(before: Item, after: Item) -> bool:
    """Whether somebody may want the item who had passed it, or could not have it."""
    return (
        votes_wanted(before) <= before.claim_count
        or after.status is not before.status
        or len(after.votes) < len(before.votes)
    )


def claim_from(row: Any) -> Claim:
    """The facts in a claim's row."""
    return Claim(row.item_id, row.person_id, row.claimed_at, row.until)


def _instant_of(lines: Sequence[Line], before: Item) -> datetime:
    return max((line.at for line in lines), default=before.settles_at or before.opened_at)
