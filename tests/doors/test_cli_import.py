"""`signoff import`, as the command line runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from bot.errors import SignoffError
from bot.flows.reporting import verify_ledger
from handlers.cli import cli
from handlers.cli.commands.import_ import command
from storage.engine import open_engine
from storage.tables import ITEM, VOTE
from storage.unit import Memory
from tests.doors.test_cli import environment
from tests.patience import PATIENCE

RULES = """
[queues.crowd]
kinds = ["label"]
due_in = "1d"
cost_per_review_usd = 0.10
votes_needed = 1
"""
Import = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and a fresh database, which commands find."""
    rules = tmp_path / "config"
    rules.mkdir()
    (rules / "queues.toml").write_text(RULES)
    (rules / "people.toml").write_text("")
    for name, value in settings(rules, sqlite_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(rules: Path, url: str) -> dict[str, str]:
    return {"SIGNOFF_CONFIG": str(rules), "SIGNOFF_DATABASE_URL": url}


@pytest.fixture
def take(folder: Path) -> Import:
    """Imports what the two files hold."""

    def run(items: str, votes: str, *options: str) -> Result:
        (folder / "items.jsonl").write_text(items, encoding="utf-8")
        (folder / "votes.csv").write_text(votes, encoding="utf-8", errors="surrogateescape")
        given = ["items.jsonl", "votes.csv", "--queue", "crowd", *options]
        return CliRunner().invoke(command, given)

    return run


ITEMS = '{"id": "1", "text": "Buy!", "gold": "spam"}\n{"id": 2}\n'


def counts(url: str) -> tuple[int, int]:
    """Items and votes in a database."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = [connection.execute(select(func.count()).select_from(table)).scalar_one()
                 for table in (ITEM, VOTE)]  # fmt: skip
    engine.dispose()
    return found[0], found[1]


def test_good_files_are_taken_whole(take: Import, sqlite_url: str) -> None:
    shown = take(ITEMS, "item,rater,label\n1,ann,spam\n2,ann,ham\n1,ben,spam\n")

    assert shown.exit_code == 0, shown.output
    assert "Imported 2 items with 3 votes" in shown.stdout
    assert counts(sqlite_url) == (2, 3)


def test_bad_rows_are_named_and_the_rest_goes_on(take: Import, sqlite_url: str) -> None:
    votes = (
        "rater,item,label,time,seconds\n"
        "ann,1,spam,2026-01-02T10:00+01:00,5\n"
        "ann,9,spam,,\n"
        ",1,spam,,\n"
        "ben,1,,,\n"
        "cat,1,ham,yesterday,\n"
        "dan,1,ham,,-1\n"
        "eve,1\n"
        'fay,1,"ha\nm",,\n'
        "gus,2,ham,1767344400,\n"
        "\udcff,2,ham,,\n"
    )

    shown = take(ITEMS, votes)

    assert shown.exit_code == 1
    said = shown.stderr
    assert "votes.csv, line 3: there is no item '9'" in said
    assert "votes.csv, line 4: its rater has 0 characters" in said
    assert "votes.csv, line 5: its label has 0 characters" in said
    assert "votes.csv, line 6: its time 'yesterday' is neither" in said
    assert "votes.csv, line 7: its seconds '-1' are not" in said
    assert "votes.csv, line 8: it has 2 cells, and the header 5" in said
    assert "votes.csv, line 9: its label holds control characters" in said
    assert "votes.csv, line 12: its rater holds control characters or is not UTF-8" in said
    assert counts(sqlite_url) == (2, 2)


def test_bad_items_are_named_and_the_rest_goes_on(take: Import, sqlite_url: str) -> None:
    items = (
        '{"id": "1", "text": "Buy!"}\n'
        "not json\n"
        "[1]\n"
        '{"text": "no id"}\n'
        '{"id": "1"}\n'
        "\n"
        '{"id": "2", "gold": "eggs"}\n'
        '{"id": "3", "prediction": {"choice": "spam", "confidence": 7}}\n'
        '{"id": "4", "prediction": {"choice": "spam", "confidence": 1}}\n'
    )

    shown = take(items, "item,rater,label\n1,ann,spam\n1,ben,ham\n", "--choices", "spam,ham")

    assert shown.exit_code == 1
    said = shown.stderr
    assert "items.jsonl, line 2: it is not JSON" in said
    assert "items.jsonl, line 3: it is not a JSON object" in said
    assert "items.jsonl, line 4: it has no id" in said
    assert "items.jsonl, line 5: the id '1' stands in line 1 already" in said
    assert "items.jsonl, line 7: the gold label 'eggs' is not one of spam, ham" in said
    assert "items.jsonl, line 8: prediction.confidence" in said
    assert counts(sqlite_url) == (2, 2)


@pytest.mark.parametrize(
    ("votes", "options", "says"),
    [
        ("item;rater;label\n1;ann;spam\n", (), "has no column item, rater, label"),
        ("", (), "has no column"),
        ("item,rater,label\n1,ann,spam\n", (), "There are 1 different labels"),
        ("item,rater,label\n1,ann,spam\n", ("--queue", "nowhere"), "there is: crowd"),
    ],
)
def test_files_that_cannot_be_read_are_said_to_be(
    take: Import, votes: str, options: tuple[str, ...], says: str, sqlite_url: str
) -> None:
    shown = take(ITEMS, votes, *options)

    assert isinstance(shown.exception, SignoffError)
    assert says in str(shown.exception)
    assert counts(sqlite_url) == (0, 0)


def test_a_second_run_adds_nothing(take: Import, sqlite_url: str) -> None:
    votes = "item,rater,label\n1,ann,spam\n2,ann,ham\n1,ben,spam\n"
    take(ITEMS, votes)

    again = take(ITEMS, votes)

    assert again.exit_code == 0
    assert "Imported 0 items with 0 votes" in again.stdout
    assert "2 items were there already" in again.stdout
    assert counts(sqlite_url) == (2, 3)


@pytest.mark.parametrize(("which", "stands"), [("last", "ham"), ("first", "spam")])
def test_of_repeated_votes_one_stands(
    take: Import, which: str, stands: str, sqlite_url: str
) -> None:
    shown = take(ITEMS, "item,rater,label\n1,ann,spam\n1,ann,ham\n2,ann,ham\n", "--repeated", which)

    assert "Votes of a rater who had voted on that item before: 1" in shown.stdout
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        cast = connection.execute(
            select(VOTE.c.choice).join(ITEM, ITEM.c.id == VOTE.c.item_id).where(ITEM.c.key == "1")
        ).scalars()
        assert list(cast) == [stands]
    engine.dispose()


def test_an_import_that_was_killed_goes_on_where_it_was(folder: Path, sqlite_url: str) -> None:
    size = 1_200
    (folder / "items.jsonl").write_text("".join(f'{{"id": {n}}}\n' for n in range(size)))
    rows = (f"{n},r{rater},{(n + rater) % 3}\n" for n in range(size) for rater in range(5))
    (folder / "votes.csv").write_text("item,rater,label\n" + "".join(rows))
    run = [sys.executable, "-m", "handlers.cli", "import", "items.jsonl", "votes.csv",
           "--queue", "crowd"]  # fmt: skip
    env = environment(settings(folder / "config", sqlite_url))
    first = subprocess.Popen(run, cwd=folder, env=env, stderr=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL)  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while counts(sqlite_url)[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(10)
    cut = counts(sqlite_url)

    shown = CliRunner().invoke(cli, ["import", "items.jsonl", "votes.csv", "--queue", "crowd"])

    assert cut[1] == 5 * cut[0]
    assert 0 < cut[0] <= size  # all of it, should this machine not have let us look in time
    assert shown.exit_code == 0, shown.output
    assert f"{cut[0]:,} items were there already" in shown.stdout
    assert counts(sqlite_url) == (size, 5 * size)
    memory = Memory(open_engine(sqlite_url))
    assert memory.read(verify_ledger).result(30)[1] is None
    memory.close()
