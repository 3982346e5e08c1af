"""T21: which requests may share a card, so that nothing grave is waved through among others."""

from typing import Any

import pytest

from bot.content import Approval, Label
from bot.rules.batching import SHARED_MAX, may_share
from tests.builders import a_label, an_approval


def alike(count: int, **place: Any) -> list[Approval | Label]:
    stated = {"reversible": True, **place}
    return [an_approval(args={"path": f"{number}.log"}, **stated) for number in range(count)]


@pytest.mark.parametrize("count", [2, SHARED_MAX])
def test_requests_that_differ_in_arguments_and_target_may_share(count: int) -> None:
    assert may_share(alike(count))
    assert may_share([*alike(1, target="host-1"), *alike(1, target="host-2")])


@pytest.mark.parametrize("count", [0, 1, SHARED_MAX + 1])
def test_one_needs_no_card_to_share_and_eleven_are_too_many(count: int) -> None:
    assert not may_share(alike(count))


@pytest.mark.parametrize("reversible", [False, None])
def test_one_that_cannot_be_undone_or_does_not_say_is_asked_alone(reversible: bool | None) -> None:
    assert not may_share([*alike(3), *alike(1, reversible=reversible)])


@pytest.mark.parametrize(
    "other",
    [
        an_approval("ops.drop_table", reversible=True),
        an_approval(environment="staging", reversible=True),
        an_approval(version="2", reversible=True),
        an_approval(reversible=True).model_copy(update={"requester": "ann"}),
        an_approval(reversible=True).model_copy(update={"due_in": 60.0}),
        an_approval(reversible=True).model_copy(update={"queue": "payments"}),
        a_label(),
    ],
)
def test_what_is_not_alike_shares_nothing(other: Approval | Label) -> None:
    assert not may_share([*alike(2), other])
