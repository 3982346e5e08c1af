"""Folders of configuration for tests: good ones, and ones with a single fault."""

from pathlib import Path

from config.checking import Checked, check

PEOPLE = """
[people.ann]
name = "Ann Example"
roles = ["reviewer", "senior"]
slack = "U0ANN"

[people.ben]
name = "Ben Example"
roles = ["reviewer", "senior"]
slack = "U0BEN"

[people.carla]
name = "Carla Example"
slack = "U0CARLA"

[groups]
ops = ["ann", "ben", "carla"]
leads = ["ann", "ben"]
"""
APPROVALS = {
    "kinds": '["approval"]',
    "reviewers": '["@ops"]',
    "seniors": '["@leads"]',
    "slack": '"C0APPROVALS"',
    "due_in": '"30m"',
    "cost_per_review_usd": "0.40",
}
LABELS = {**APPROVALS, "kinds": '["label"]', "majority_share": "1.0"}


def a_queue(rules: dict[str, str], *, without: str = "", **changes: str) -> str:
    """The TOML of one queue, `agent-actions`: values are written as given."""
    stated = {key: value for key, value in {**rules, **changes}.items() if key != without}
    return "[queues.agent-actions]\n" + "\n".join(f"{k} = {v}" for k, v in stated.items()) + "\n"


def checked(folder: Path, queues: str = "", people: str = PEOPLE) -> Checked:
    """What checking says about a folder with these two files."""
    (folder / "queues.toml").write_text(queues, encoding="utf-8")
    (folder / "people.toml").write_text(people, encoding="utf-8")
    return check(folder)


def problems(folder: Path, queues: str = "", people: str = PEOPLE) -> list[str]:
    """The errors, a line of text each, without the part that says where."""
    return [f"{p.key}: {p.wrong} | {p.right}" for p in checked(folder, queues, people).problems]


def warnings(folder: Path, queues: str = "", people: str = PEOPLE) -> dict[str, str]:
    """The last part of each warning's key, with what is wrong."""
    found = checked(folder, queues, people)
    assert found.problems == ()
    return {warning.key.rpartition(".")[2]: warning.wrong for warning in found.warnings}
