"""Who an account is, from what `users.info` says; what it does not say is not held against it."""

import pytest

from handlers.slack.identity import Home, identity_of, user_in

HOME = Home("T1", "E1")


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"deleted": True}, "deactivated"),
        ({"deleted": 1}, "deactivated"),
        ({"is_restricted": "true"}, "Guests"),
        ({"is_bot": "1"}, "Programs"),
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
        {"deleted": False, "is_bot": None, "is_restricted": 0, "is_ultra_restricted": "false"},
        {"team_id": "E1"},
        {"team_id": "T9", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1", "T9"]}},
    ],
    ids=[
        "sparse",
        "plain",
        "flags that say no",
        "by organisation",
        "of a sister workspace in one organisation",
    ],
)
def test_an_account_of_our_own_is_not(user: dict[str, object]) -> None:
    identity = identity_of("U1", user, HOME)

    assert identity.barred == ""
    assert identity.team_ref == "T1"


def test_rules_may_name_the_workspace_or_its_organisation() -> None:
    assert identity_of("U1", {}, HOME, "E1").team_ref == "E1"
    assert identity_of("U1", {}, HOME, "T1").team_ref == "T1"
    assert identity_of("U1", {}, HOME, "T2").team_ref == "T1"  # which the rules then refuse


@pytest.mark.parametrize(
    "said",
    [{"ok": True}, {"user": {}}, {"user": None}, {"user": "U1"}, {"user": {"id": "U2"}}],
)
def test_an_answer_about_nobody_or_somebody_else_is_none(said: dict[str, object]) -> None:
    assert user_in(said, "U1") is None


def test_a_member_may_be_known_by_the_id_in_the_organisation() -> None:
    assert user_in({"user": {"id": "U1", "enterprise_user": {"id": "W1"}}}, "W1")
