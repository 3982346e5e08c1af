"""Items, contents and people for tests: each call states only what its test is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.content import Action, Approval, Evidence, Label, Pair, digest_of
from bot.facts import UNSURE, Item, Kind, Status, Vote
from config.policies import Person, Policy

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_policy(**rules: Any) -> Policy:
    """One approval or three labels, one hour; Ann, Bob and Cleo review, Dora is senior."""
    stated: dict[str, Any] = {
        "due_in": timedelta(hours=1),
        "cost_per_review_usd": Decimal("0.50"),
        "reviewers": ("ann", "bob", "cleo"),
        "seniors": ("dora",),
    }
    return Policy(**{**stated, **rules})


def a_person(person_id: str, **known: Any) -> Person:
    """A person whose name is their id with a capital letter."""
    return Person(**{"id": person_id, "name": person_id.title(), **known})


def the_people(*ids: str) -> Mapping[str, Person]:
    """People by id; Ann, Bob, Cleo and Dora when nobody is named."""
    return {name: a_person(name) for name in ids or ("ann", "bob", "cleo", "dora")}


def an_approval(
    name: str = "ops.delete_files",
    args: dict[str, Any] | None = None,
    *,
    reason: str = "",
    evidence: tuple[Evidence, ...] = (),
    **place: Any,
) -> Approval:
    """May this action run? By default: delete two files on host-1 in production."""
    where = {"target": "host-1", "environment": "production", "reversible": False, **place}
    given = {"paths": ["a.log", "b.log"]} if args is None else args
    return Approval(
        kind="approval",
        queue="agent-actions",
        key="k-1",
        action=Action(name=name, args=given, **where),
        reason=reason,
        evidence=evidence,
    )


def a_label(
    *choices: str, body: str = "Buy now!", evidence: tuple[Evidence, ...] = (), **stated: Any
) -> Label:
    """Which class is this? By default spam or fine."""
    return Label(
        kind="label",
        queue="moderation",
        key="k-1",
        choices=choices or ("spam", "fine"),
        body=body,
        evidence=evidence,
        **stated,
    )


def an_item(content: Approval | Label | None = None, **facts: Any) -> Item:
    """An open item of this content, opened at noon, due at one."""
    content = content or an_approval()
    prediction = content.prediction if isinstance(content, Label) else None
    policy = facts.pop("policy", None) or a_policy()
    item = Item(
        id="7K3M",
        queue=content.queue,
        kind=Kind(content.kind),
        status=Status.OPEN,
        choices=content.votable,
        policy=policy,
        opened_at=NOON,
        due_at=NOON + policy.due_in,
        digest=digest_of(content),
        producer="ci-agent",
        predicted=prediction.choice if prediction else None,
        confidence=prediction.confidence if prediction else None,
    )
    return replace(item, **facts)


def a_vote(person_id: str, choice: str, **said: Any) -> Vote:
    """A vote cast at noon."""
    return replace(Vote(person_id, choice, NOON), **said)


def unsure(person_id: str) -> Vote:
    """A vote that hands the item on."""
    return a_vote(person_id, UNSURE)


def a_pair(first: str = "Paris.", second: str = "It is Paris, of course.", **stated: Any) -> Pair:
    """Which of two answers is better?"""
    given: dict[str, Any] = {
        "kind": "preference",
        "queue": "answers",
        "key": "k-1",
        "body": "What is the capital of France?",
        "answers": ({"text": first, "model": "owl-7b"}, {"text": second, "model": "lark-2"}),
    }
    return Pair.model_validate({**given, **stated})
