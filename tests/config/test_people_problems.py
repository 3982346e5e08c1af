"""What a stranger reads when the list of people is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.config.folders import PEOPLE, checked, problems

WHERE = "In Slack, open the person's profile, then ⋮, then Copy member ID"


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (
            '"U0BEN"',
            '"U0ANN"',
            'people.ben.slack: "U0ANN" is already the account of "ann" | One person has one vote: '
            "give each person their own account, or make the two entries one",
        ),
        (
            '"U0BEN"',
            '"@ben"',
            'people.ben.slack: "@ben" is not the id of a Slack user, which begins with U or W | '
            + WHERE,
        ),
        (
            'slack = "U0BEN"',
            'zone = "Europe/Berln"',
            'people.ben.zone: "Europe/Berln" is not a time zone | Did you mean "Europe/Berlin"?',
        ),
        (
            'slack = "U0BEN"',
            'zone = "../../etc/passwd"',
            'people.ben.zone: "../../etc/passwd" is not a time zone | '
            'Write a zone such as "Europe/Berlin" or "UTC"',
        ),
        (
            'slack = "U0BEN"',
            'zone = "Europe"',
            'people.ben.zone: "Europe" is not a time zone | Did you mean "Europe/Rome"?',
        ),
        (
            'slack = "U0BEN"',
            'rolls = ["reviewer"]',
            'people.ben.rolls: there is no such key | Did you mean "roles"?',
        ),
        (
            'roles = ["reviewer", "senior"]\nslack = "U0BEN"',
            'roles = ["boss"]',
            'people.ben.roles: "boss" is not one of the roles | '
            "The roles are: admin, reviewer, senior",
        ),
        (
            'name = "Ben Example"\n',
            "",
            'people.ben: there is no name | Add name = "Ann Example"',
        ),
        (
            "[people.ben]",
            "[people.BEN]",
            'people.BEN: "BEN" cannot be a name here | '
            "Use lowercase letters, digits, - and _, at most 60 characters",
        ),
        (
            'ops = ["ann", "ben", "carla"]',
            'ops = ["ann", "bne", "carla"]',
            'groups.ops: there is no person "bne" | Did you mean "ben"?',
        ),
        (
            'ops = ["ann", "ben", "carla"]',
            'ops = ["@leads", "carla"]',
            'groups.ops: "@leads" is a group, and a group may not stand inside a group | '
            "List its people here one by one; a queue may list several groups",
        ),
        (
            "ops =",
            '"@ops" =',
            'groups."@ops": "@ops" cannot be a name here | '
            "It is used with an @, but written here without",
        ),
        (
            "[groups]",
            "[group]",
            'group: there is no such key | Did you mean "groups"?',
        ),
        (
            "[people.ann]",
            'slack_team = "acme"\n[people.ann]',
            'slack_team: "acme" is not the id of a Slack workspace, which begins with T | '
            "It stands in the address app.slack.com/client/T…",
        ),
        (
            "[people.ann]",
            'discord_guild = "Acme"\n[people.ann]',
            'discord_guild: "Acme" is not the id of a Discord server, which is digits only | '
            "Turn on developer mode in Discord, then right-click the server: Copy ID",
        ),
        (
            "[people.ann]",
            "limits = 200\n[people.ann]",
            "limits: this must be a table | Write it as [limits]",
        ),
        (
            "[people.ann]",
            "[limits]\nmax_per_hour = 0\n[people.ann]",
            "limits.max_per_hour: 0 is not a number of reviews | "
            "Write a whole number from 1 to 3600, without quotes",
        ),
        (
            "[people.ann]",
            '[limits]\nbreak_for = "2h"\n[people.ann]',
            "limits.break_for: nobody would call that a pause between two stretches of work | "
            'Write less than an hour, such as "10m"',
        ),
        (
            "[people.ann]",
            '[limits]\nbreak_afer = "45m"\n[people.ann]',
            'limits.break_afer: there is no such key | Did you mean "break_after"?',
        ),
    ],
)
def test_a_fault_is_explained(tmp_path: Path, was: str, becomes: str, told: str) -> None:
    assert was in PEOPLE

    found = problems(tmp_path, people=PEOPLE.replace(was, becomes, 1))

    assert told in found


def test_one_discord_account_belongs_to_one_person(tmp_path: Path) -> None:
    people = PEOPLE.replace("slack =", 'discord = "1"\nslack =')

    found = problems(tmp_path, people=people)

    assert [line.partition(" | ")[0] for line in found] == [
        'people.ben.discord: "1" is already the account of "ann"',
        'people.carla.discord: "1" is already the account of "ann"',
    ]


def test_limits_are_read_and_have_defaults(tmp_path: Path) -> None:
    stated = checked(tmp_path, people="[limits]\nmax_per_hour = 60\n" + PEOPLE).rulebook

    assert stated is not None
    assert stated.limits.max_per_hour == 60
    assert stated.limits.break_after == timedelta(minutes=45)
