"""What a stranger reads when a queue is wrong: one message per fault, word for word."""

from pathlib import Path

import pytest

from tests.config.folders import APPROVALS, LABELS, PEOPLE, a_queue, checked, problems

KEY = "queues.agent-actions"
PRESET = {key: value for key, value in APPROVALS.items() if key != "kinds"}
REGULATED = {**PRESET, "preset": '"regulated"', "qualifications": '["medical"]'}
DOCTORS = PEOPLE.replace("slack =", 'qualifications = ["medical"]\nslack =')


def test_a_whole_queue_has_no_problem(tmp_path: Path) -> None:
    found = checked(tmp_path, a_queue(APPROVALS) + a_queue(LABELS).replace("agent-actions", "x"))

    assert found.problems == ()
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"due_inn": '"30m"'},
            f'{KEY}.due_inn: there is no such key | Did you mean "due_in"?',
        ),
        (
            {"due_in": "30"},
            f"{KEY}.due_in: 30 has no unit: are these seconds or minutes? | "
            'Write it in quotes with its unit, such as "30s", "30m", "2h", "1d" or "1h30m"',
        ),
        (
            {"due_in": '"0s"'},
            f'{KEY}.due_in: "0s" leaves no time at all | Write a longer time',
        ),
        (
            {"cost_per_review_usd": "nan"},
            f"{KEY}.cost_per_review_usd: NaN is not what a review can cost | "
            "Write dollars as a number without quotes, such as 0.40; from 0 to 10,000",
        ),
        (
            {"cost_per_review_usd": "-0.1"},
            f"{KEY}.cost_per_review_usd: -0.1 is not what a review can cost | "
            "Write dollars as a number without quotes, such as 0.40; from 0 to 10,000",
        ),
        (
            {"cost_per_review_usd": '"0.40"'},
            f'{KEY}.cost_per_review_usd: "0.40" is not an amount of money | '
            "Write dollars as a number without quotes, such as 0.40",
        ),
        (
            {"cost_per_review_usd": "1e-9"},
            f"{KEY}.cost_per_review_usd: 1E-9 is finer than a millionth of a dollar | "
            "Write dollars as a number without quotes, such as 0.40",
        ),
        (
            {"majority_share": "60"},
            f"{KEY}.majority_share: 60 is not a majority | "
            "Write a share above 0.5 and up to 1, such as 0.6 for 60 %",
        ),
        (
            {"auto_above": "85"},
            f"{KEY}.auto_above: 85 is not a confidence | "
            "Write a number from 0 to 1, such as 0.85 for 85 %",
        ),
        (
            {"approvals_needed": "0"},
            f"{KEY}.approvals_needed: 0 is not a number of people | "
            "Write a whole number from 1 to 99, without quotes",
        ),
        (
            {"confirm": '"yes"'},
            f'{KEY}.confirm: "yes" is neither true nor false | Write true or false, without quotes',
        ),
        (
            {"preset": '"destructive_actoin"'},
            f'{KEY}.preset: "destructive_actoin" is not one of the presets | '
            'Did you mean "destructive_action"?',
        ),
        (
            {"preset": '"quick"'},
            f'{KEY}.preset: "quick" is not one of the presets | The presets are: borderline, '
            "destructive_action, llm_agent, low_data, preference, production_audit, regulated",
        ),
        (
            {"kinds": '["approvals"]'},
            f'{KEY}.kinds: "approvals" is not one of the kinds | Did you mean "approval"?',
        ),
        (
            {"audit_share": "5"},
            f"{KEY}.audit_share: 5 is not a share of items | "
            "Write a number from 0 to 1, such as 0.05 for 5 %",
        ),
        (
            {"probe_share": "0.9"},
            f"{KEY}.probe_share: 0.9 is not a share of items | "
            "Write a number from 0 to 0.5, such as 0.05 for 5 %",
        ),
        (
            {"audit_minimum": '"five"'},
            f'{KEY}.audit_minimum: "five" is not a number of items | '
            "Write a whole number from 0 to 999, without quotes",
        ),
        (
            {"overlap_votes": "1"},
            f"{KEY}.overlap_votes: one vote agrees with nobody: agreement is measured where "
            "several people vote | Write overlap_votes = 2 or more",
        ),
        (
            {"slack": '"#approvals"'},
            f'{KEY}.slack: "#approvals" is not the id of a Slack channel, which begins with C or G'
            " | In Slack, open the channel's details; its id stands at the bottom",
        ),
        (
            {"discord": "123456789012345678"},
            f"{KEY}.discord: 123456789012345678 stands without quotes | Put it in quotes",
        ),
        (
            {"discord": '"general"'},
            f'{KEY}.discord: "general" is not the id of a Discord channel, which is digits only | '
            "Turn on developer mode in Discord, then right-click the channel: Copy ID",
        ),
        (
            {"title": '"Agent\\u0000actions"'},
            f'{KEY}.title: "Agent\\x00actions" holds invisible characters | '
            "Write it again on one line, by hand",
        ),
        (
            {"image_hosts": '["https://images.example.com/"]'},
            f'{KEY}.image_hosts: "https://images.example.com/" is not the name of a host | '
            'Write the host alone, without https:// and path, such as "images.example.com"',
        ),
        (
            {"reviewers": '"@ops"'},
            f'{KEY}.reviewers: "@ops" is not a list | Write a list: ["@ops", "ann"]',
        ),
        (
            {"reviewers": '["@op"]'},
            f'{KEY}.reviewers: there is no group "@op" | Did you mean "@ops"?',
        ),
        (
            {"reviewers": '["ops"]'},
            f'{KEY}.reviewers: there is no person "ops" | "ops" is a group: write "@ops"',
        ),
        (
            {"seniors": '["carl"]'},
            f'{KEY}.seniors: there is no person "carl" | Did you mean "carla"?',
        ),
        (
            {"editors": '["carl"]'},
            f'{KEY}.editors: there is no person "carl" | Did you mean "carla"?',
        ),
        (
            {"responders": '["@op"]'},
            f'{KEY}.responders: there is no group "@op" | Did you mean "@ops"?',
        ),
        (
            {"seniors": '["zoe"]'},
            f'{KEY}.seniors: there is no person "zoe" | The people are: ann, ben, carla',
        ),
        (
            {"seniors": '["carla"]'},
            f'{KEY}.seniors: without the role "senior" in people.toml, "carla" could not vote here'
            ' | Add "senior" to the roles of "carla", or shorten this list',
        ),
        (
            {"qualifications": '["medical"]'},
            f'{KEY}.qualifications: no reviewer of this queue has "medical" | '
            "Add it to the qualifications of those reviewers in people.toml. They have none",
        ),
        (
            {"escalate_after": '"30m"'},
            f"{KEY}.escalate_after: 30m is not shorter than due_in, 30m: "
            "the seniors would be asked after everything is over | "
            'Write, for example, escalate_after = "10m"',
        ),
        (
            {"grace_for": '"1h"'},
            f"{KEY}.grace_for: 1h is not shorter than due_in, 30m: an approval could not take "
            'effect before the deadline denies it | Write, for example, grace_for = "10m"',
        ),
        (
            {"expiry": '"prediction"'},
            f'{KEY}.expiry: "prediction" cannot be: an approval that nobody settles in time is '
            'always denied | Leave the line out, or write expiry = "denied"',
        ),
        (
            {"expiry": '"undecided"'},
            f'{KEY}.expiry: "undecided" cannot be: an approval that nobody settles in time is '
            'always denied | Leave the line out, or write expiry = "denied"',
        ),
        (
            {"kinds": '["approval", "label"]', "expiry": '"prediction"', "majority_share": "1.0"},
            f'{KEY}.expiry: "prediction" cannot be in a queue that also takes approvals, '
            "which are always denied | "
            'Give the labels a queue of their own, or write expiry = "undecided"',
        ),
        (
            {"kinds": '["label"]', "expiry": '"denied"'},
            f'{KEY}.expiry: "denied" is for approvals, and this queue takes none | '
            'Write "undecided" (nobody decided) or "prediction" (the machine\'s choice stands)',
        ),
        (
            {"approvals_needed": "4"},
            f"{KEY}.approvals_needed: approvals_needed is 4, but of the reviewers listed only "
            '"ann", "ben" and "carla" can vote | '
            "List more reviewers, or write approvals_needed = 3",
        ),
        (
            {"seniors_needed": "3"},
            f"{KEY}.seniors_needed: seniors_needed is 3, but of the seniors listed only "
            '"ann" and "ben" can vote | List more seniors, or write seniors_needed = 2',
        ),
    ],
)
def test_a_fault_is_explained(tmp_path: Path, change: dict[str, str], told: str) -> None:
    found = problems(tmp_path, a_queue(APPROVALS, **change))

    assert found == [told]


def test_a_queue_without_a_deadline_is_asked_for_one_that_fits_its_preset(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(PRESET, without="due_in", preset='"low_data"'))

    assert found == [
        f"{KEY}: there is no due_in: how long may this wait? After that an approval is denied and "
        "a label expires | "
        'Add, for example, due_in = "1d", which suits the preset low_data'
    ]


def test_a_queue_without_a_price_is_asked_for_one(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(APPROVALS, without="cost_per_review_usd"))

    assert found == [
        f"{KEY}: there is no cost_per_review_usd: what does one answer of one person cost you, in "
        "dollars? Every report and digest counts in it | "
        "Add, for example, cost_per_review_usd = 0.40"
    ]


def test_a_queue_without_kinds_and_preset_is_asked_what_it_takes(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(APPROVALS, without="kinds"))

    assert found == [
        f"{KEY}: it does not say which kinds of item it takes | "
        'Add kinds = ["approval"] (may this run?), kinds = ["label"] (which class is it?), '
        "or a preset"
    ]


@pytest.mark.parametrize("name", ["Agent", "agent_actions", "-agent", '"agent actions"', '""'])
def test_a_queues_name_is_lowercase_with_hyphens(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path, a_queue(APPROVALS).replace("agent-actions", name))

    assert len(found) == 1
    assert "cannot be the name of a queue | Use lowercase letters, digits and hyphens" in found[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"auto_above": "0.99"},
            f"{KEY}.auto_above: the preset regulated does not allow it: people decide every item"
            " | Take the line out, or choose another preset",
        ),
        (
            {"approvals_needed": "1"},
            f"{KEY}.approvals_needed: 1 is less than the preset regulated allows | "
            "Write approvals_needed = 2 or more, or choose another preset",
        ),
        (
            {"seniors_needed": "1"},
            f"{KEY}.seniors_needed: 1 is less than the preset regulated allows | "
            "Write seniors_needed = 2 or more, or choose another preset",
        ),
        (
            {"votes_needed": "1"},
            f"{KEY}.votes_needed: 1 is less than the preset regulated allows | "
            "Write votes_needed = 2 or more, or choose another preset",
        ),
        (
            {"qualifications": "[]"},
            f"{KEY}.qualifications: the preset regulated needs it: who is qualified to judge this?"
            ' | Add, for example, qualifications = ["medical"], or choose another preset',
        ),
        (
            {"expiry": '"prediction"'},
            f"{KEY}.expiry: the preset regulated does not allow the machine's choice to stand | "
            "Take the line out, or choose another preset",
        ),
        (
            {"seniors": '["ann"]'},
            f"{KEY}.seniors_needed: seniors_needed is 2 (from the preset regulated), but of the "
            'seniors listed only "ann" can vote with the qualifications that the queue asks for | '
            "List more seniors (the preset regulated needs at least 2)",
        ),
    ],
)
def test_a_regulated_queue_cannot_be_loosened(
    tmp_path: Path, change: dict[str, str], told: str
) -> None:
    found = problems(tmp_path, a_queue(REGULATED, **change), DOCTORS)

    assert found == [told]


@pytest.mark.parametrize("name", ["production_audit", "preference"])
def test_a_preset_for_looking_again_takes_labels_too(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, a_queue(PRESET, preset=f'"{name}"')) == []
    assert problems(tmp_path, a_queue(PRESET, preset=f'"{name}"', kinds='["label"]')) == []


def test_a_preset_is_not_stretched_to_another_kind(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(PRESET, preset='"borderline"', kinds='["approval"]'))

    assert found == [
        f'{KEY}.kinds: the preset borderline is not made for the kind "approval" | '
        "It is made for label: choose another preset, or none"
    ]


def test_a_presets_value_is_named_when_it_does_not_fit(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(PRESET, preset='"destructive_action"', due_in='"5m"'))

    assert found == [
        f"{KEY}.escalate_after: 10m (from the preset destructive_action) is not shorter than "
        "due_in, 5m: the seniors would be asked after everything is over | "
        'Write, for example, escalate_after = "1m"'
    ]


def test_qualifications_that_nobody_has_together_are_refused(tmp_path: Path) -> None:
    people = """
    people.ann = {name = "Ann", qualifications = ["medical"], slack = "U0ANN"}
    people.ben = {name = "Ben", qualifications = ["german"], slack = "U0BEN"}
    """
    rules = a_queue(
        APPROVALS,
        without="seniors",
        reviewers='["ann", "ben"]',
        qualifications='["german", "medical"]',
    )

    found = problems(tmp_path, rules, people)

    assert found == [
        f"{KEY}.qualifications: no reviewer of this queue has all of german and medical at once | "
        "A reviewer needs every one of them: add what is missing"
    ]


def test_somebody_on_leave_does_not_stop_the_bot(tmp_path: Path) -> None:
    people = PEOPLE.replace('slack = "U0CARLA"', 'slack = "U0CARLA"\nactive = false')

    found = checked(tmp_path, a_queue(LABELS), people)

    assert found.problems == ()
    assert [warning.key for warning in found.warnings] == [f"{KEY}.votes_needed"]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    rules = a_queue(APPROVALS, due_in="30", reviewers='["@op"]', slack='"#x"', colour='"red"')
    people = PEOPLE.replace('"U0BEN"', '"U0ANN"')

    found = problems(tmp_path, rules, people)

    assert [line.partition(":")[0].rpartition(".")[2] for line in found] == [
        "reviewers",
        "slack",
        "due_in",
        "colour",
        "slack",
    ]


def test_a_problem_names_its_line(tmp_path: Path) -> None:
    queues = "# one\n\n" + a_queue(APPROVALS, due_in="30")

    (problem,) = checked(tmp_path, queues).problems

    assert queues.split("\n")[(problem.line or 0) - 1] == "due_in = 30"
    assert str(problem).startswith("queues.toml:8: queues.agent-actions.due_in: 30 has no unit")


def test_one_fault_does_not_bring_others_after_it(tmp_path: Path) -> None:
    people = PEOPLE.replace('roles = ["reviewer", "senior"]', 'roles = ["senoir"]', 1)
    rules = a_queue(APPROVALS, due_in="30", escalate_after='"2h"', approvals_needed="3")

    found = problems(tmp_path, rules, people)

    assert [line.partition(":")[0] for line in found] == [f"{KEY}.due_in", "people.ann.roles"]


def test_an_unknown_member_of_a_group_does_not_bring_others_after_it(tmp_path: Path) -> None:
    people = PEOPLE.replace('"ben", "carla"]', '"bne", "crla"]')

    found = problems(tmp_path, a_queue(APPROVALS, approvals_needed="3"), people)

    assert [line.partition(":")[0] for line in found] == ["groups.ops", "groups.ops"]


def test_a_value_is_the_queues_own_although_the_preset_has_one_too(tmp_path: Path) -> None:
    rules = a_queue(PRESET, preset='"destructive_action"', escalate_after='"1h"')

    (found,) = problems(tmp_path, rules)

    assert found.startswith(f"{KEY}.escalate_after: 1h is not shorter than due_in, 30m")


@pytest.mark.parametrize(
    ("written", "read"), [("0.40", "0.40"), ("1E+3", "1000"), ("-0.0", "0"), ("2", "2")]
)
def test_money_is_kept_as_written_without_exponent_and_sign(
    tmp_path: Path, written: str, read: str
) -> None:
    rulebook = checked(tmp_path, a_queue(APPROVALS, cost_per_review_usd=written)).rulebook

    assert rulebook is not None
    assert str(rulebook.queues["agent-actions"].policy.cost_per_review_usd) == read


def test_a_review_for_a_fortune_is_taken_for_a_slip(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, a_queue(APPROVALS, cost_per_review_usd="10_000.01"))

    assert "10000.01 is not what a review can cost" in found
