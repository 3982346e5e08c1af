"""Who may judge: every surface asks the same question and gets the same answer."""

from itertools import product

import pytest

from bot.errors import NotAllowedError
from bot.facts import Identity, Status
from bot.rules.authority import authorise, eligible
from config.policies import Person, Rulebook
from tests.builders import a_person, a_policy, an_item

PEOPLE = {
    "ann": a_person("ann", slack="U1", discord="1"),
    "bob": a_person("bob", slack="U2", active=False),
    "cleo": a_person("cleo", slack="U3", roles=frozenset({"admin"})),
    "dora": a_person("dora", slack="U4", roles=frozenset({"senior"})),
    "eve": a_person("eve", slack="U5"),
}
BOOK = Rulebook(queues={}, people=PEOPLE, slack_team="T1")


def at(user_ref: str, *, platform: str = "slack", team: str = "T1", barred: str = "") -> Identity:
    return Identity(platform, user_ref, team, barred=barred)


def test_only_a_listed_active_reviewer_may_vote() -> None:
    allowed = eligible(an_item(), BOOK)

    assert allowed == {"ann"}


def test_after_escalation_only_listed_seniors_with_the_role_may() -> None:
    item = an_item(status=Status.ESCALATED, policy=a_policy(seniors=("ann", "dora")))

    assert eligible(item, BOOK) == {"dora"}


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (at("U9"), "not on the list"),
        (at("U1", team="T2"), "another workspace"),
        (at("U1", barred="Bots may not vote."), "Bots may not"),
        (at("U2"), "inactive"),
        (at("U3"), "role"),
        (at("U4"), "senior"),
        (at("U5"), "not a reviewer"),
        (at("1", platform="slack"), "not on the list"),
        (at("", platform="slack"), "not on the list"),
    ],
)
def test_everybody_else_is_told_why(who: Identity, why: str) -> None:
    with pytest.raises(NotAllowedError, match=why):
        authorise(an_item(), who, BOOK)


def test_the_same_person_is_known_on_both_platforms() -> None:
    assert authorise(an_item(), at("U1"), BOOK).id == "ann"
    assert authorise(an_item(), at("1", platform="discord", team=""), BOOK).id == "ann"


@pytest.mark.parametrize(
    "requester",
    ["ann", "U1", "1", "Ann", "ANN", " @ann ", "<@U1>", "<@U1|ann>", "<@!1>", "\uff41nn"],
)
def test_the_requester_is_refused_under_each_of_their_names(requester: str) -> None:
    with pytest.raises(NotAllowedError, match="others must judge"):
        authorise(an_item(requester=requester), at("U1"), BOOK)


def test_who_owns_the_producer_does_not_judge_what_it_asks() -> None:
    with pytest.raises(NotAllowedError, match="others must judge"):
        authorise(an_item(owners=("ann",)), at("U1"), BOOK)


def test_a_request_without_a_requester_bars_nobody() -> None:
    nowhere = Person(id="fay", name="Fay", slack="U6")
    book = Rulebook(queues={}, people={"fay": nowhere})
    item = an_item(requester=None, policy=a_policy(reviewers=("fay",)))

    assert authorise(item, at("U6"), book) == nowhere


def test_eligible_and_authorise_never_disagree() -> None:
    lists = [(), ("ann",), ("bob", "cleo"), ("dora",), ("@crew",), ("nobody",)]
    book = Rulebook(queues={}, people=PEOPLE, groups={"crew": ("ann", "eve", "dora")})

    for status, reviewers, seniors in product((Status.OPEN, Status.ESCALATED), lists, lists):
        item = an_item(status=status, policy=a_policy(reviewers=reviewers, seniors=seniors))
        admitted = set()
        for person in PEOPLE.values():
            try:
                admitted.add(authorise(item, at(person.slack or ""), book).id)
            except NotAllowedError:
                continue
        assert admitted == eligible(item, book)
