"""How many votes an item wants, and which claims outlive a change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.facts import APPROVE, REJECT, Item, Status, Vote
from bot.rules.claims import Claim, standing, votes_wanted
from tests.builders import NOON, a_label, a_policy, a_vote, an_item, unsure


def senior(person: str, choice: str) -> Vote:
    """A vote after the hand-over."""
    return a_vote(person, choice, as_senior=True)


def a_labelled(*votes: Vote, **facts: object) -> Item:
    """A label that wants three."""
    return an_item(a_label(), votes=votes, **facts)


@pytest.mark.parametrize(
    ("votes", "wanted"),
    [
        ((), 3),
        ((a_vote("ann", "spam"),), 2),
        ((a_vote("ann", "spam"), a_vote("bob", "fine")), 1),
        (tuple(a_vote(f"left-{n}", "spam") for n in range(4)), 1),
    ],
)
def test_a_label_wants_what_its_overlap_lacks_and_one_while_undecided(
    votes: tuple[Vote, ...], wanted: int
) -> None:
    assert votes_wanted(a_labelled(*votes)) == wanted


def test_an_approval_wants_what_a_yes_lacks() -> None:
    policy = a_policy(approvals_needed=3, denials_needed=2)
    item = an_item(policy=policy, votes=(a_vote("ann", APPROVE), a_vote("bob", REJECT)))

    assert votes_wanted(item) == 2


def test_seniors_are_wanted_as_the_leading_answer_lacks() -> None:
    policy = a_policy(seniors_needed=2)
    votes = (unsure("ann"), senior("dora", "spam"), senior("eve", "unsure"))
    item = a_labelled(*votes, policy=policy, status=Status.ESCALATED)

    assert votes_wanted(item) == 1
    assert votes_wanted(replace(item, votes=votes[:1])) == 2


def test_nothing_is_wanted_of_what_is_settled_or_only_waits_for_its_grace() -> None:
    assert votes_wanted(an_item(status=Status.SETTLED)) == 0
    assert votes_wanted(an_item(settles_at=NOON)) == 0


def claims_of(*people: str) -> list[Claim]:
    """Claims, a minute apart."""
    return [
        Claim("7K3M", person, NOON + timedelta(minutes=n), NOON + timedelta(hours=1))
        for n, person in enumerate(people)
    ]


def test_a_vote_uses_up_its_voters_claim() -> None:
    before = a_labelled()
    after = replace(before, votes=(a_vote("ann", "spam"),))

    kept = standing(before, after, claims_of("ann", "bob", "cleo"))

    assert [claim.person_id for claim in kept] == ["bob", "cleo"]


def test_a_vote_of_somebody_else_ends_the_youngest_claim_that_is_too_many() -> None:
    before = a_labelled()
    after = replace(before, votes=(a_vote("eve", "spam"),))

    kept = standing(before, after, claims_of("ann", "bob", "cleo")[::-1])

    assert [claim.person_id for claim in kept] == ["ann", "bob"]


def test_another_round_ends_every_claim() -> None:
    before = a_labelled()
    after = replace(before, status=Status.ESCALATED)

    assert standing(before, after, claims_of("ann")) == ()


def test_a_seniors_vote_of_the_first_round_uses_no_claim_of_the_second() -> None:
    item = a_labelled(a_vote("dora", "spam"), status=Status.ESCALATED)

    assert standing(item, item, claims_of("dora")) == tuple(claims_of("dora"))
