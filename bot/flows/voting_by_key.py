"""A person votes by a program of their own: a key that is bound to them and to nobody else."""

from datetime import datetime

from bot.errors import ChangedError
from bot.facts import Identity
from bot.flows.voting import Ballot, Receipt, cast, mark_read
from config.policies import Rulebook
from storage.unit import Unit

PLATFORM = "http"  # where such a person's account is their own id
CHANGED = "The item is another by now than the one with this digest. Your vote was not counted."


def identity_of(person_id: str, rulebook: Rulebook) -> Identity:
    """The account behind a voting key; barred when its person is gone."""
    gone = "The person whose key this is does not stand in people.toml any more."
    return Identity(PLATFORM, person_id, barred="" if person_id in rulebook.people else gone)


def cast_by_key(
    unit: Unit,
    rulebook: Rulebook,
    person_id: str,
    item_id: str,
    choice: str,
    reason: str | None,
    digest: str | None,
    now: datetime,
) -> Receipt:
    """What became of the vote: the same rules as for a click, in one unit.

    Args:
        unit: the transaction.
        rulebook: who may judge.
        person_id: whose vote it is.
        item_id: the item.
        choice: one of its choices, or `unsure`.
        reason: in the person's words.
        digest: of the item as they had it before them, whole; None when they do not say.
        now: this instant.
    """
    who = identity_of(person_id, rulebook)
    if digest is not None:
        read = mark_read(unit, rulebook, item_id, who, digest, now)
        if read.refusal is not None:
            return read
        if read.item is not None and read.item.digest != digest:
            return Receipt(read.item, refusal=ChangedError(CHANGED))
    return cast(unit, rulebook, Ballot(item_id, choice, who, reason), now)
