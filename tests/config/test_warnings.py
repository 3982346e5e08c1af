"""Rules that load and cannot do what they say."""

from pathlib import Path

import pytest

from tests.config.folders import APPROVALS, LABELS, PEOPLE, a_queue, checked, warnings


@pytest.mark.parametrize("votes", ["3", "5"])
def test_a_share_that_no_split_can_miss_is_pointed_out(tmp_path: Path, votes: str) -> None:
    told = warnings(tmp_path, a_queue(LABELS, votes_needed=votes, majority_share="0.6"), CROWD)

    assert f"{votes} votes on two choices can never miss 0.6" in told["majority_share"]


def test_the_warning_tells_which_share_or_number_of_votes_would_do(tmp_path: Path) -> None:
    found = checked(tmp_path, a_queue(LABELS, votes_needed="3", majority_share="0.6"))

    (warning,) = found.warnings

    assert warning.wrong == (
        "3 votes on two choices can never miss 0.6: even a split of 2 to 1 reaches it, so "
        "disagreement will never go to the seniors; with 3 or more choices it can"
    )
    assert warning.right == (
        "Write majority_share = 1.0 (all 3 must agree), or votes_needed = 4 (3 of 4)"
    )


def test_a_share_that_only_everybody_reaches_is_pointed_out(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, votes_needed="3", majority_share="0.7"))

    assert told == {
        "majority_share": "with 3 votes only all 3 reach 0.7, since 2 of 3 are 0.67: "
        "one vote against sends every item to the seniors"
    }


@pytest.mark.parametrize(("votes", "share"), [("3", "1.0"), ("1", "0.6")])
def test_what_is_meant_is_not_warned_about(tmp_path: Path, votes: str, share: str) -> None:
    assert warnings(tmp_path, a_queue(LABELS, votes_needed=votes, majority_share=share)) == {}


def test_a_queue_without_reviewers_is_told_loudly(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, without="reviewers"))

    assert told["reviewers"] == (
        "NOBODY MAY VOTE HERE: no reviewers are listed, so every item will wait for its deadline "
        "and be denied"
    )


def test_reviewers_who_are_all_on_leave_are_nobody(tmp_path: Path) -> None:
    people = PEOPLE.replace("slack =", "active = false\nslack =")

    told = warnings(tmp_path, a_queue(APPROVALS), people)

    assert told["reviewers"].startswith("NOBODY MAY VOTE HERE: everybody who is listed is inactive")
    assert told["seniors"].startswith("everybody who is listed is inactive")


def test_a_queue_without_seniors_cannot_end_a_disagreement(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, without="seniors"))

    assert told == {
        "seniors": "no seniors are listed: when reviewers disagree or are not sure, nobody can "
        "decide, and the item will wait for its deadline and expire"
    }


def test_a_single_reviewer_cannot_judge_their_own_request(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, reviewers='["carla"]'))

    assert told["reviewers"] == (
        'approvals_needed is 1 and only "carla" can vote now: nobody may judge their own request, '
        "so what one of them asks for can only go to the seniors or be denied at its deadline"
    )


def test_a_single_labeller_is_pointed_out(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, reviewers='["carla"]', votes_needed="1"))

    assert 'only "carla" can vote' in told["reviewers"]


def test_a_machine_cannot_approve(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, auto_above="0.9"))

    assert told == {"auto_above": "it has no effect here: no machine may approve an action"}


def test_rules_of_the_other_kind_have_no_effect(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, approvals_needed="2", grace_for='"30s"'))

    assert told == {
        "approvals_needed": "it has no effect here: it is a rule for approvals",
        "grace_for": "it has no effect here: it is a rule for approvals",
    }


def test_a_confidence_that_every_guess_reaches_is_pointed_out(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, auto_above="0.5"))

    assert "it will settle every item alone" in told["auto_above"]


def test_low_data_with_a_deciding_machine_contradicts_itself(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, preset='"low_data"', auto_above="0.9"))

    assert "low_data sends every item to people" in told["auto_above"]


def test_a_queue_without_a_channel_is_shown_to_nobody(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, without="slack"))

    assert told == {
        "agent-actions": "it has no channel, so its items will be shown to nobody unless they "
        "ask for one"
    }


def test_a_reviewer_without_an_account_cannot_be_recognised(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS), PEOPLE.replace('slack = "U0CARLA"', ""))

    assert told == {
        "reviewers": '"carla" cannot be recognised: no Slack and no Discord account is stated'
    }


def test_seniors_who_are_asked_late_have_little_time(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, escalate_after='"20m"'))

    assert told == {"escalate_after": "the seniors are asked after 20m and have 10m left of 30m"}


def test_too_few_active_seniors_are_pointed_out(tmp_path: Path) -> None:
    people = PEOPLE.replace('slack = "U0BEN"', "active = false")

    told = warnings(tmp_path, a_queue(APPROVALS, seniors_needed="2"), people)

    assert told["seniors"] == (
        '2 seniors must agree to a yes after escalation, but only "ann" is active; an item that is '
        "handed on can then only be denied"
    )


def test_escalation_never_lowers_the_number_of_people(tmp_path: Path) -> None:
    people = PEOPLE.replace('slack = "U0BEN"', "active = false")

    told = warnings(tmp_path, a_queue(APPROVALS, approvals_needed="2"), people)

    assert told["seniors"].startswith("2 seniors must agree to a yes")


def test_an_empty_group_and_an_empty_file_are_pointed_out(tmp_path: Path) -> None:
    told = warnings(tmp_path, "", PEOPLE + "nobody = []\n")

    assert told == {
        "": "there is no queue, so every item will be refused",
        "nobody": "the group has nobody in it",
    }


CROWD = PEOPLE.replace(
    "[groups]",
    "".join(f'[people.p{n}]\nname = "P"\nslack = "U{n}"\n' for n in range(3)) + "[groups]",
).replace('"ben", "carla"]', '"ben", "carla", "p0", "p1", "p2"]')


def test_a_machine_that_nobody_looks_at_is_pointed_out(tmp_path: Path) -> None:
    rules = {"auto_above": "0.9", "majority_share": "1.0"}

    assert (
        "nobody will know how often it is wrong"
        in (warnings(tmp_path, a_queue(LABELS, **rules))["audit_share"])
    )
    assert warnings(tmp_path, a_queue(LABELS, **rules, audit_share="0.05")) == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"audit_share": "0.05"}, "it has no effect here: no machine settles anything"),
        ({"reopen_on_correction": "true"}, "it has no effect here: no machine settles anything"),
        ({"repeat_share": "0.05"}, "it has no effect here: there are no pairs"),
        ({"overlap_share": "0.1"}, "it has no effect here: every item gets 2 votes already"),
        ({"probe_share": "0.1"}, "it has no effect here: it is a rule for approvals"),
    ],
)
def test_looking_again_at_what_never_happens_is_pointed_out(
    tmp_path: Path, change: dict[str, str], told: str
) -> None:
    rules = {"votes_needed": "2", "majority_share": "1.0", **change}

    assert warnings(tmp_path, a_queue(LABELS, **rules)) == {next(iter(change)): told}


def test_pairs_are_voted_on_like_labels(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(LABELS, kinds='["preference"]', grace_for='"10s"'))

    assert told["grace_for"] == "it has no effect here: it is a rule for approvals"


def test_an_approval_that_lasts_for_days_is_pointed_out(tmp_path: Path) -> None:
    told = warnings(tmp_path, a_queue(APPROVALS, grant_for='"3d"'))

    assert "may still run 3d later" in told["grant_for"]
    assert warnings(tmp_path, a_queue(APPROVALS, grant_for='"4h"', report_within='"1h"')) == {}


@pytest.mark.parametrize("key", ["editors", "responders"])
def test_who_may_not_judge_can_neither_edit_nor_answer(tmp_path: Path, key: str) -> None:
    few = {"reviewers": '["ann", "carla"]', "seniors": '["ann"]'}

    told = warnings(tmp_path, a_queue(APPROVALS, **few, **{key: '["ben", "carla"]'}))

    assert '"ben" could not' in told[key]
    assert warnings(tmp_path, a_queue(APPROVALS, **few, **{key: '["carla"]'})) == {}


@pytest.mark.parametrize("rule", ["grant_for", "report_within"])
def test_rules_for_actions_have_no_effect_on_labels(tmp_path: Path, rule: str) -> None:
    told = warnings(tmp_path, a_queue(LABELS, **{rule: '"5m"'}))

    assert "it is a rule for approvals" in told[rule]
