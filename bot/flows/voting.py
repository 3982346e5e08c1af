"""A person says something about an item: a vote, a change of mind, a reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import (
    NeedsReadingError,
    NotAllowedError,
    ReasonNeededError,
    SettledError,
    SignoffError,
    UnknownChoiceError,
    UnknownItemError,
)
from bot.facts import REJECT, UNSURE, Identity, Item, Kind, Status, Vote
from bot.flows.advancing import follow_time, follow_votes
from bot.flows.loading import lock
from bot.flows.saving import line, save
from bot.rules.authority import authorise
from bot.rules.sampling import left_of
from config.policies import Person, Rulebook
from storage import cards, claims, items, ledger, votes
from storage.unit import Unit

RIDES_FOR = timedelta(seconds=2)  # for a click's own answer to show the card; then couriers may


@dataclass(frozen=True, slots=True)
class Ballot:
    """A click: which item, which choice, whose account."""

    item_id: str
    choice: str | int  # by name, or by its place among the item's choices
    who: Identity
    reason: str | None = None
    message_ref: str = ""  # of the card that was clicked, when the click's answer shows it anew


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a click. Refused or not, it is durable when the caller holds this."""

    item: Item | None  # as it stands now; None when there is no such item
    person: Person | None = None  # None when the click was refused
    vote: Vote | None = None  # the vote that stands
    previous: Vote | None = None  # the one it replaced, or repeats
    withdrawn_count: int = 0  # votes of others that it made void: it changed what they were about
    refusal: SignoffError | None = None

    @property
    def is_new(self) -> bool:
        """Whether the click changed anything: a repeated one does not."""
        return self.refusal is None and self.vote != self.previous


def cast(unit: Unit, rulebook: Rulebook, ballot: Ballot, now: datetime) -> Receipt:
    """Records a vote in place of the person's earlier one, and settles what it settles."""
    try:
        item = follow_time(unit, rulebook, lock(unit, ballot.item_id), now)
    except UnknownItemError as refusal:
        return Receipt(None, refusal=refusal)
    try:
        person = _admit(unit, rulebook, item, ballot)
    except SignoffError as refusal:
        note_refusal(unit, ballot.item_id, ballot.who, refusal, now)
        return Receipt(item, refusal=refusal)
    return _record(unit, rulebook, item, person, ballot, now)


def withdraw(unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, now: datetime) -> Receipt:
    """Takes a person's vote back; the history keeps it."""
    item, person, refusal = _meet(unit, rulebook, item_id, who, now)
    if item is None or person is None:
        return Receipt(item, refusal=refusal)
    vote = item.vote_of(person.id)
    if vote is None:
        return Receipt(item, person)
    votes.take_back(unit.connection, item.id, person.id)
    after = replace(item, votes=tuple(other for other in item.votes if other is not vote))
    said = line("vote-withdrawn", item.id, now, person.id, who.platform, choice=vote.choice)
    return Receipt(follow_votes(unit, rulebook, item, after, now, said), person, None, vote)


def add_reason(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, reason: str, now: datetime
) -> Receipt:
    """Adds a reason to the vote that this person has cast, also after the item settled."""
    item = lock(unit, item_id)
    person = rulebook.person_at(who.platform, who.user_ref)
    vote = item.vote_of(person.id) if person and not who.barred else None
    if person is None or vote is None:
        refusal = NotAllowedError("You have no vote on this item, so there is nothing to explain.")
        return Receipt(item, refusal=refusal)
    explained = replace(vote, reason=words_of(reason))
    keep_vote(unit, item.id, explained, who.platform)
    others = tuple(explained if other is vote else other for other in item.votes)
    said = line("reason-added", item.id, now, person.id, who.platform, reason=explained.reason)
    return Receipt(save(unit, item, replace(item, votes=others), said), person, explained, vote)


def mark_read(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, digest: str, now: datetime
) -> Receipt:
    """Keeps that this person had every character of the item before them."""
    item, person, refusal = _meet(unit, rulebook, item_id, who, now)
    if item is None or person is None or item.digest != digest:
        return Receipt(item, refusal=refusal)
    reading = {"item_id": item.id, "person_id": person.id, "digest": digest, "read_at": now}
    if items.mark_read(unit.connection, **reading):
        said = line("read-whole", item.id, now, person.id, who.platform, digest=digest)
        ledger.append(unit.connection, said)
    return Receipt(item, person)


def _meet(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, now: datetime
) -> tuple[Item | None, Person | None, SignoffError | None]:
    """The item as time left it, and the person if they may judge it; else why not."""
    try:
        item = follow_time(unit, rulebook, lock(unit, item_id), now)
    except UnknownItemError as refusal:
        return None, None, refusal
    try:
        refuse_settled(item)
        return item, authorise(item, who, rulebook), None
    except SignoffError as refusal:
        return item, None, refusal


def _admit(unit: Unit, rulebook: Rulebook, item: Item, ballot: Ballot) -> Person:
    """The person behind the ballot, if it counts.

    Raises:
        SignoffError: it does not; says why.
    """
    refuse_settled(item)
    person = authorise(item, ballot.who, rulebook)
    if _must_read(item, choice_in(item, ballot)) and not items.was_read(
        unit.connection, item.id, person.id, item.digest
    ):
        raise NeedsReadingError(
            "This item does not fit a card. Read it whole first: press “Review in full”, go to "
            "the last page and vote there. Your click was not counted."
        )
    if item.policy.require_reason == "both" and not words_of(ballot.reason):
        raise ReasonNeededError("This queue wants a reason with each vote. Nothing is counted yet.")
    return person


def choice_in(item: Item, ballot: Ballot) -> str:
    """The name of the choice that a ballot is for.

    Raises:
        UnknownChoiceError: the item has no such choice.
    """
    choice = ballot.choice
    if isinstance(choice, int) and 0 <= choice < len(item.choices):
        return item.choices[choice]
    if isinstance(choice, str) and choice in (*item.choices, UNSURE):
        return choice
    raise UnknownChoiceError(f"{choice!r} is not a choice of this item. Nothing was counted.")


def refuse_settled(item: Item) -> None:
    """Nothing, while the item has no outcome.

    Raises:
        SettledError: it has one.
    """
    if item.outcome is not None:
        raise SettledError(
            "This item is decided. Your click was not counted.", item.id, item.outcome
        )


def _must_read(item: Item, choice: str) -> bool:
    """Rejecting unread is safe, and so is passing it on; any other answer is not."""
    safe = {UNSURE, REJECT} if item.kind is Kind.APPROVAL else {UNSURE}
    return item.needs_reading and choice not in safe


def _record(
    unit: Unit, rulebook: Rulebook, item: Item, person: Person, ballot: Ballot, now: datetime
) -> Receipt:
    previous, choice = item.vote_of(person.id), choice_in(item, ballot)
    as_senior = item.status is Status.ESCALATED
    if previous and (previous.choice, previous.as_senior) == (choice, as_senior):
        return Receipt(item, person, previous, previous)
    left = left_of(item, person.id) if item.kind is Kind.PREFERENCE else None
    vote = Vote(person.id, choice, now, words_of(ballot.reason), as_senior, left)
    seconds = _active_for(unit, item, person.id, now)
    keep_vote(unit, item.id, vote, ballot.who.platform, seconds)
    others = tuple(other for other in item.votes if other is not previous)
    said = line(
        "vote-changed" if previous else "voted",
        item.id,
        now,
        person.id,
        ballot.who.platform,
        choice=vote.choice,
        account=ballot.who.user_ref,
        **({"as_senior": True} if as_senior else {}),
        **({"left": left} if left else {}),
        **({"reason": vote.reason} if vote.reason else {}),
    )
    after = replace(item, votes=(*others, vote))
    saved = follow_votes(unit, rulebook, item, after, now, said)
    if ballot.message_ref:
        cards.leave(unit.connection, item.id, ballot.message_ref, now + RIDES_FOR)
    return Receipt(saved, person, vote, previous)


def words_of(reason: str | None) -> str | None:
    """A person's words without what no database takes; None when nothing is left."""
    kept = (reason or "").encode("utf-8", "replace").decode().replace("\0", "")
    return kept.strip() or None


def keep_vote(
    unit: Unit, item_id: str, vote: Vote, source: str, seconds: float | None = None
) -> None:
    """Keeps a vote in place of this person's earlier one, whose time stays where none is known."""
    timed = {} if seconds is None else {"seconds": seconds}
    votes.put(
        unit.connection,
        item_id=item_id,
        person_id=vote.person_id,
        choice=vote.choice,
        reason=vote.reason,
        as_senior=vote.as_senior,
        cast_at=vote.cast_at,
        left=vote.left,
        source=source,
        **timed,
    )


def _active_for(unit: Unit, item: Item, person_id: str, now: datetime) -> float | None:
    """Seconds since an item was handed to the voter, or since their last vote if that is later.

    None for a click in a channel: nobody knows when they began to look. Prices cap it.
    """
    held = claims.of_item(unit.connection, item.id) if item.claim_count else ()
    handed_at = next((row.claimed_at for row in held if row.person_id == person_id), None)
    if handed_at is None:
        return None
    last = votes.last_of(unit.connection, person_id)
    began: datetime = max(handed_at, last or handed_at)
    return max(0.0, (now - began).total_seconds())


def note_refusal(
    unit: Unit, item_id: str, who: Identity, refusal: SignoffError, now: datetime
) -> None:
    """Refused clicks are history too; a late or a premature one is not worth a line."""
    if not isinstance(refusal, NotAllowedError):
        return
    account = who.user_ref
    said = line("vote-refused", item_id, now, account, who.platform, why=str(refusal))
    ledger.append(unit.connection, said)
