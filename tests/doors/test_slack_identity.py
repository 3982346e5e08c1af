"""Who an account is, from what `users.info` says; what it does not say is not held against it."""

import pytest

from handlers.slack.identity import Home, identity_of

HOME = Home("T1", "E1")


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"deleted": True}, "deactivated"),
        ({"is_bot": True}, "Programs"),
        ({"is_restricted": True}, "Guests"),
        ({"is_ultra_restricted": True}, "Guests"),
        ({"is_stranger": True}, "another workspace"),
        ({"team_id": "T2"}, "another workspace"),
        ({"team_id": "E2"}, "another workspace"),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, "another workspace"),
    ],
)
def test_an_account_that_may_never_vote_is_barred(user: dict[str, object], words: str) -> None:
    """T14."""
    identity = identity_of("U1", {"team_id": "T1", **user}, HOME)

    assert words in identity.barred


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"team_id": "T1"},
        {"team_id": "E1"},
        {"team_id": "T9", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T9"]}},
    ],
    ids=["sparse", "plain", "by organisation", "of a sister workspace in one organisation"],
)
def test_an_account_of_our_own_is_not(user: dict[str, object]) -> None:
    identity = identity_of("U1", user, HOME)

    assert identity.barred == ""
    assert identity.team_ref == "T1"


def test_rules_may_name_the_workspace_or_its_organisation() -> None:
    assert identity_of("U1", {}, HOME, "E1").team_ref == "E1"
    assert identity_of("U1", {}, HOME, "T1").team_ref == "T1"
    assert identity_of("U1", {}, HOME, "T2").team_ref == "T1"  # which the rules then refuse
