"""From the memory's rows to a record: columns all the way, no object for each vote."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.content import SUBMISSION, Approval, TextEvidence
from bot.facts import UNSURE
from bot.measures.ballots import Floats, Indexes, Mask, numbered_ballots
from bot.measures.record import NONE, Numbers, Record
from config.policies import Policy
from storage import figures
from storage.unit import Unit

Column = NDArray[Any]
Rows = Iterable[Sequence[Sequence[Any]]]

LABEL = np.int32
ITEM_TYPES = (LABEL, LABEL, LABEL, LABEL, LABEL, np.float64, np.bool_, *(np.int64,) * 3)
VOTE_TYPES = (np.int32, np.int32, LABEL, np.float64)


def record(unit: Unit, queue: str, since: datetime | None, until: datetime) -> Record:
    """The items of a queue that settled from `since` on and before `until`, and their votes."""
    period = (unit.connection, queue, since, until)
    names = _Names()
    policy, rule, outcome, predicted, known, confidence, escalated, opened, due, decided = _joined(
        map(names.of_items, figures.settled_items(*period)), ITEM_TYPES
    )
    cast = _joined(map(names.of_votes, figures.votes_on_settled(*period)), VOTE_TYPES)
    item, person, choice, seconds = cast
    policies = tuple(Policy.model_validate_json(text) for text in names.policies)
    size, timed, is_vote = len(names.items), ~np.isnan(seconds), choice != names.labels[UNSURE]
    labels, place = names.in_order()
    chance, right = _audits(figures.audited(*period), names.items)
    probes = figures.probes(*period)
    return Record(
        votes=numbered_ballots(
            (tuple(names.items), tuple(names.people), labels),
            (item[is_vote], person[is_vote], place[choice[is_vote]]),
            seconds=seconds[is_vote] if timed.any() else None,
        ),
        abstentions=np.bincount(item[~is_vote], minlength=size),
        timed=np.bincount(item[timed], minlength=size),
        active_seconds=_active(item[timed], seconds[timed], policy, policies),
        rules=tuple(names.rules),
        rule=rule,
        outcome=place[outcome],
        predicted=place[predicted],
        known=place[known],
        confidence=confidence,
        is_escalated=escalated,
        opened_at=opened,
        due_at=due,
        decided_at=decided,
        audit_chance=chance,
        audit_right=right,
        policies=policies,
        policy=policy,
        words=_words(figures.contents_of_timed(*period), names.items) if timed.any() else None,
        probes_missed={row.person_id: row.missed for row in probes},
        probes_shown={row.person_id: row.shown for row in probes},
        open_count=figures.count_unsettled(unit.connection, queue),
    )


class _Names:
    """Numbers for whatever has a name, as the rows come by."""

    def __init__(self) -> None:
        self.items = Numbers()
        self.people = Numbers()
        self.labels = Numbers()
        self.rules = Numbers()
        self.policies = Numbers()
        self._choices = Numbers()  # JSON lists, of which there are few

    def of_items(self, rows: Sequence[Sequence[Any]]) -> list[Column]:
        """The columns of some items, as `ITEM_TYPES` says."""
        ids, choices, policies, rules, outcomes, predicted, confidence, known, *rest = zip(
            *rows, strict=True
        )
        self.items.of(ids)
        self._choices.of(choices)
        trigger, *instants = rest
        return [
            self.policies.of(policies),
            self.rules.of(rules),
            *(self.labels.of_some(column) for column in (outcomes, predicted, known)),
            np.array(confidence, np.float64),
            np.array([one is not None for one in trigger], np.bool_),
            *(np.array(column, np.int64) for column in instants),
        ]

    def of_votes(self, rows: Sequence[Sequence[Any]]) -> list[Column]:
        """The columns of some votes, as `VOTE_TYPES` says."""
        items, people, choices, seconds = zip(*rows, strict=True)
        return [
            self.items.of(items),
            self.people.of(people),
            self.labels.of(choices),
            np.array(seconds, np.float64),
        ]

    def in_order(self) -> tuple[tuple[str, ...], Indexes]:
        """The labels as producers ordered them, and each number's place; the last is `NONE`'s."""
        stated = (choice for text in self._choices for choice in json.loads(text))
        ordered = [name for name in dict.fromkeys((*stated, *self.labels)) if name != UNSURE]
        place = np.full(len(self.labels) + 1, NONE, np.int32)
        for code, name in enumerate(ordered):
            if name in self.labels:
                place[self.labels[name]] = code
        return tuple(ordered), place


def _joined(batches: Iterable[list[Column]], types: Sequence[Any]) -> list[Column]:
    """One array for each column."""
    parts = list(batches)
    return [
        np.concatenate([part[place] for part in parts]) if parts else np.empty(0, kind)
        for place, kind in enumerate(types)
    ]


def _active(item: Indexes, seconds: Floats, policy: Indexes, policies: Sequence[Policy]) -> Floats:
    """The active time of each item, no review counted for longer than the item's policy says."""
    longest = np.array([one.active_for_at_most.total_seconds() for one in policies] or [0.0])
    paid = np.clip(seconds, 0, longest[policy[item]])
    active: Floats = np.bincount(item, paid, len(policy)).astype(np.float64)
    return active


def _audits(rows: Iterable[Sequence[Any]], items: Numbers) -> tuple[Floats, Mask]:
    """Of each item its chance to be audited, 0 if it was not, and whether the machine was right."""
    chance, right = np.zeros(len(items)), np.zeros(len(items), np.bool_)
    for item_id, drawn_at, is_right in rows:
        if item_id in items:
            chance[items[item_id]], right[items[item_id]] = drawn_at, is_right
    return chance, right


def _words(batches: Rows, items: Numbers) -> Floats:
    """How much there is to read on each item; no words where nobody's time is known."""
    words = np.zeros(len(items))
    for batch in batches:
        for item_id, content in batch:
            words[items[item_id]] = sum(len(text.split()) for text in _texts(content))
    return words


def _texts(content: str) -> Iterator[str]:
    """What people read of a submission."""
    stated = SUBMISSION.validate_json(content)
    if isinstance(stated, Approval):
        yield json.dumps(stated.action.args)
        yield stated.reason
    else:
        yield stated.body
    yield from (one.text for one in stated.evidence if isinstance(one, TextEvidence))
