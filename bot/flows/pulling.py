"""A person pulls work: the most urgent item for them, held for a while, skipped or given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.content import Approval, Label
from bot.errors import SignoffError, UnknownItemError
from bot.facts import Identity, Item
from bot.flows.holding import claim_from
from bot.flows.loading import content_of, load, lock
from bot.flows.resting import resting_from
from bot.flows.saving import line
from bot.flows.searching import Round, Search, rounds_of
from bot.rules.authority import bar_for, recognise
from bot.rules.claims import HELD_MAX, Claim, Lack
from bot.rules.fatigue import Rest
from config.policies import Person, Rulebook
from storage import claims, ledger, pulls, reviewers
from storage.unit import Unit

LOOKS = 100  # at what others take before this one can; each look that fails, others succeeded
OTHERS_MAX = 100  # other people's claims that are looked through
LAPSED_MAX = 1_000  # lapsed claims that are returned before anybody is told that nothing waits


@dataclass(frozen=True, slots=True)
class Pull:
    """What a person was handed, or why nothing."""

    item: Item | None = None
    claim: Claim | None = None
    lack: Lack | None = None
    rest: Rest | None = None
    held_count: int = 0  # of their own when HOLDING, of others' when HELD
    returns_at: datetime | None = None  # when the first of the others' claims lapses, at the latest


@dataclass(frozen=True, slots=True)
class Held:
    """One of a person's claims, with what is asked."""

    claim: Claim
    item: Item
    content: Approval | Label


def next_for(
    unit: Unit, rulebook: Rulebook, who: Identity, queue: str | None, now: datetime
) -> Pull:
    """Hands out the most urgent item that this person may judge and has not seen.

    Args:
        unit: the transaction.
        rulebook: who may judge what.
        who: whose account.
        queue: the only queue to look at, by its name; None for all of theirs.
        now: this instant.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    rounds = [each for each in rounds_of(person, rulebook) if queue in (None, each.queue)]
    if not rounds:
        return Pull(lack=Lack.UNLISTED if person.active else Lack.INACTIVE)
    announced = reviewers.lock(unit.connection, person.id).break_until
    held = _held(unit, person.id, now)
    if len(held) >= min(HELD_MAX, rulebook.limits.max_per_hour):
        return Pull(lack=Lack.HOLDING, held_count=len(held))
    rest = resting_from(unit, rulebook, person.id, now, announced, len(held))
    if rest:
        return Pull(lack=Lack.RESTING, rest=rest)
    _return_lapsed(unit, now, claims.RETURNED)
    search = Search(unit, rulebook, person, now)
    pull = _hand_out(unit, search, who.platform, rounds, now)
    if pull is None:  # before anybody is told so, everything is looked at once more
        _return_lapsed(unit, now, LAPSED_MAX)
        search.forget(rounds)
        pull = _hand_out(unit, search, who.platform, rounds, now)
    return pull or _nothing(unit, rulebook, person, rounds)


def skip(unit: Unit, rulebook: Rulebook, who: Identity, item_id: str, now: datetime) -> Item:
    """Never hands this item to this person again; what they held of it, others get.

    Raises:
        UnknownItemError: there is none.
        NotAllowedError: it is not theirs to judge.
    """
    item, person = _theirs(unit, rulebook, who, item_id)
    if claims.skip(unit.connection, item.id, person.id, now):
        claims.give_back(unit.connection, item.id, person.id, now)
        _tell(unit, "skipped", item.id, person.id, now, who.platform)
    return item


def release(unit: Unit, rulebook: Rulebook, who: Identity, item_id: str, now: datetime) -> Item:
    """Gives an item back that this person holds.

    Raises:
        UnknownItemError: there is none.
        SignoffError: they do not hold it.
    """
    person = recognise(who, rulebook)
    item = lock(unit, item_id)
    if not claims.give_back(unit.connection, item.id, person.id, now):
        raise SignoffError(
            f"You do not hold {item.id}, so there is nothing to give back. What you hold is in "
            "your inbox."
        )
    _tell(unit, "released", item.id, person.id, now, who.platform)
    return item


def mine(unit: Unit, rulebook: Rulebook, who: Identity, now: datetime) -> Sequence[Held]:
    """What this person holds, oldest first.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    return [
        Held(claim, load(unit, claim.item_id), content_of(unit, claim.item_id))
        for claim in _held(unit, person.id, now)
    ]


def at_hand(
    unit: Unit, rulebook: Rulebook, who: Identity, limit: int, now: datetime
) -> Sequence[tuple[Item, Approval | Label]]:
    """What this person holds, then what waits and is in nobody's hands, the most urgent first.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    held = [(each.item, each.content) for each in mine(unit, rulebook, who, now)]
    search = Search(unit, rulebook, person, now, writes=False)
    rounds = rounds_of(person, rulebook)
    found = sorted(
        (each for one in rounds for each in search.first_in(one, limit)), key=lambda each: each[0]
    )
    waiting = [(item, content_of(unit, item.id)) for _, item in found[:limit]]
    return [*held, *waiting][:limit]


def _held(unit: Unit, person_id: str, now: datetime) -> list[Claim]:
    held = [claim_from(row) for row in claims.of_person(unit.connection, person_id)]
    return [claim for claim in held if claim.until > now]


def _theirs(unit: Unit, rulebook: Rulebook, who: Identity, item_id: str) -> tuple[Item, Person]:
    """The item, locked, and the person, if it could come to them.

    Raises:
        UnknownItemError: there is none, or it is none of theirs.
    """
    person = recognise(who, rulebook)
    item = lock(unit, item_id)
    listed = rulebook.members((*item.policy.reviewers, *item.policy.seniors))
    if person.id not in listed:
        raise UnknownItemError(f"There is no item {item_id} in your queues.")
    if item.is_settled:
        raise SignoffError(f"{item.id} is decided, so it does not come to you any more.")
    return item, person


def _hand_out(
    unit: Unit, search: Search, source: str, rounds: Sequence[Round], now: datetime
) -> Pull | None:
    """The most urgent of what each round has for the person; None when none has anything.

    What others take in the meantime is theirs, and another look shows what is left.
    """
    for _ in range(LOOKS):
        found = sorted(
            (each for one in rounds for each in search.first_in(one)), key=lambda each: each[0]
        )
        by_id = {item.id: item for _, item in found}
        if not by_id:
            return None
        statuses = {item.id: str(item.status) for item in by_id.values()}
        if taken := claims.take(unit.connection, statuses):
            item = by_id[taken]
            claim = Claim(
                item.id, search.person.id, now, min(now + item.policy.claim_for, item.due_at)
            )
            _keep(unit, claim, source)
            return Pull(item, claim)
    return None


def _keep(unit: Unit, claim: Claim, source: str) -> None:
    claims.add(unit.connection, claim.item_id, claim.person_id, claim.claimed_at, claim.until)
    until = claim.until.isoformat(timespec="seconds")
    _tell(unit, "claimed", claim.item_id, claim.person_id, claim.claimed_at, source, until=until)


def _return_lapsed(unit: Unit, now: datetime, limit: int) -> None:
    lapsed = claims.return_lapsed(unit.connection, now, limit)
    told = [line("claim-lapsed", item_id, now, person_id) for item_id, person_id in lapsed]
    if told:
        ledger.append(unit.connection, *told)


def _nothing(unit: Unit, rulebook: Rulebook, person: Person, rounds: Sequence[Round]) -> Pull:
    """Why there is nothing: others hold it all, or it is for others, or nothing is open."""
    asked = [(each.queue, str(each.status)) for each in rounds]
    others = claims.held_by_others(unit.connection, person.id, asked, OTHERS_MAX)
    waits: dict[str, datetime] = {}
    for row in others:
        if row.item_id not in waits and bar_for(load(unit, row.item_id), person, rulebook) is None:
            waits[row.item_id] = row.until
    if waits:
        return Pull(lack=Lack.HELD, held_count=len(waits), returns_at=min(waits.values()))
    is_open = any(
        pulls.anything_open(unit.connection, queue) for queue in {each.queue for each in rounds}
    )
    return Pull(lack=Lack.DONE if is_open else Lack.EMPTY)


def _tell(
    unit: Unit, event: str, item_id: str, person_id: str, now: datetime, source: str, **body: str
) -> None:
    ledger.append(unit.connection, line(event, item_id, now, person_id, source, **body))
