"""The text of `signoff check-config`."""

from pathlib import Path

from config.checking import check, describe
from config.problems import Problem
from tests.config.folders import APPROVALS, PEOPLE, a_queue, checked

SHIPPED = Path(__file__).parents[2] / "config"


def test_the_shipped_files_load_without_a_word() -> None:
    found = check(SHIPPED)

    assert found.problems == ()
    assert found.warnings == ()
    assert describe(found) == f"All is well: 2 queues and 4 people in {SHIPPED}."


def test_errors_stand_under_their_file_in_the_order_of_its_lines(tmp_path: Path) -> None:
    rules = a_queue(APPROVALS, slack='"#approvals"', due_in="30")
    found = checked(tmp_path, rules, PEOPLE.replace('"U0BEN"', '"U0ANN"'))

    report = describe(found)

    assert (
        report
        == f"""\
queues.toml
  error: line 5, queues.agent-actions.slack
    "#approvals" is not the id of a Slack channel, which begins with C or G.
    In Slack, open the channel's details; its id stands at the bottom.
  error: line 6, queues.agent-actions.due_in
    30 has no unit: are these seconds or minutes?
    Write it in quotes with its unit, such as "30s", "30m", "2h", "1d" or "1h30m".

people.toml
  error: line 10, people.ben.slack
    "U0ANN" is already the account of "ann".
    One person has one vote: give each person their own account, or make the two entries
    one.

Not usable: 3 errors to mend in {tmp_path}."""
    )


def test_warnings_leave_the_folder_usable(tmp_path: Path) -> None:
    found = checked(tmp_path, a_queue(APPROVALS, auto_above="0.9"))

    report = describe(found)

    assert found.is_usable
    assert (
        report
        == f"""\
queues.toml
  warning: line 8, queues.agent-actions.auto_above
    It has no effect here: no machine may approve an action.
    Take the line out.

Usable, with 1 warning: 1 queue and 3 people in {tmp_path}."""
    )


def test_a_problem_fits_on_one_line_of_a_log() -> None:
    problem = Problem("queues.toml", "queues.a", "it is wrong", 'Did you mean "b"?', line=3)

    assert str(problem) == 'queues.toml:3: queues.a: it is wrong. Did you mean "b"?'
