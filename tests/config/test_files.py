"""Files that are missing, broken or not text."""

from pathlib import Path

import pytest

from config.checking import check
from config.problems import ConfigError
from config.reading import read_rulebook
from tests.config.folders import APPROVALS, PEOPLE, a_queue, checked, problems


def test_a_good_folder_becomes_a_rulebook(tmp_path: Path) -> None:
    checked(tmp_path, a_queue(APPROVALS))

    rulebook = read_rulebook(tmp_path)

    queue = rulebook.queues["agent-actions"]
    assert queue.kinds == ("approval",)
    assert queue.title == "Agent actions"
    assert queue.policy.expiry == "denied"
    assert str(queue.policy.cost_per_review_usd) == "0.40"
    assert rulebook.members(queue.policy.reviewers) == {"ann", "ben", "carla"}


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder") as refused:
        read_rulebook(tmp_path / "nowhere")

    assert "SIGNOFF_CONFIG" in str(refused.value)


def test_an_empty_folder_says_what_to_create(tmp_path: Path) -> None:
    missing = check(tmp_path).problems

    assert [problem.file for problem in missing] == ["queues.toml", "people.toml"]
    assert "Create it with one table per queue, such as [queues.agent-actions]" in missing[0].right
    assert "Create it with one table per person, such as [people.ann]" in missing[1].right


def test_broken_toml_is_shown_with_line_and_column(tmp_path: Path) -> None:
    (problem,) = checked(tmp_path, "[queues.a]\ndue_in = 30m\n").problems

    assert problem.line == 2
    assert problem.wrong.endswith('in column 12 of "due_in = 30m"')
    assert "Text and lengths of time stand in quotes" in problem.right


def test_bytes_that_are_no_text_are_shown_with_their_line(tmp_path: Path) -> None:
    checked(tmp_path)
    (tmp_path / "people.toml").write_bytes(b'[people.ann]\nname = "\xff"\n')

    (problem,) = check(tmp_path).problems

    assert (problem.file, problem.line) == ("people.toml", 2)
    assert problem.wrong == "the file is not UTF-8 text"


def test_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    found = checked(tmp_path, "\ufeff" + a_queue(APPROVALS), "\ufeff" + PEOPLE)

    assert found.is_usable


def test_unreadable_people_do_not_hide_the_problems_of_the_queues(tmp_path: Path) -> None:
    found = problems(tmp_path, a_queue(APPROVALS, due_in="30"), "[people.ann\n")

    assert [line.partition(":")[0] for line in found] == ["queues.agent-actions.due_in", ""]


@pytest.mark.parametrize(
    "queues",
    [
        "queues = 3",
        "queues = [1]",
        "[queues]\na = 3",
        "x = " + "[" * 5_000,
        "[queues.a]\ndue_in = " + "9" * 5_000,
        "[queues.a]\ncost_per_review_usd = 1e999999999999999999999",
        "[queues.a]\nmajority_share = 0.50000000000000000000000001",
        "[queues.a]\ndue_in = 2020-01-01",
        "[[queues]]\n",
    ],
)
def test_strange_shapes_are_refused_as_problems(tmp_path: Path, queues: str) -> None:
    assert checked(tmp_path, queues).problems


def test_a_folder_in_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "queues.toml").mkdir()

    found = check(tmp_path).problems

    assert "cannot be read" in found[0].wrong
