"""Two processes whose reviewers all pull at once: everything is handed out, nothing too often."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from bot.content import SUBMISSION
from bot.flows import opening
from storage.engine import open_engine
from storage.tables import CLAIM, ITEM, VOTE
from storage.unit import Memory
from tests.flows.pullers import OVERLAP, PEOPLE, a_crowd
from tests.flows.scene import AGENT, NOON

ROOT = Path(__file__).parents[2]
ITEMS = 40


def test_fifty_reviewers_in_two_processes_never_exceed_the_overlap(database_url: str) -> None:
    memory = Memory(open_engine(database_url))
    for number in range(ITEMS):
        stated = {"kind": "label", "queue": "labels", "body": "?", "choices": ["spam", "ham"]}
        content = SUBMISSION.validate_python({**stated, "key": f"{number}"})
        memory.write(opening.open_item, a_crowd(), AGENT, content, NOON).result(10)
    half = PEOPLE // 2
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.flows.pullers", database_url, str(first), str(end)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for first, end in ((0, half), (half, PEOPLE))
    ]  # fmt: skip

    answers = [process.communicate("go\n", 120)[0] for process in processes]

    handed = {name: got for answer in answers for name, got in json.loads(answer).items()}
    times = Counter(item_id for got in handed.values() for item_id in got)
    assert len(handed) == PEOPLE
    assert all(len(got) == len(set(got)) for got in handed.values())
    assert times == dict.fromkeys(times, OVERLAP)
    assert len(times) == ITEMS
    claims = select(func.count()).where(CLAIM.c.item_id == ITEM.c.id).scalar_subquery()
    votes = select(func.count()).where(VOTE.c.item_id == ITEM.c.id).scalar_subquery()
    with memory.engine.connect() as connection:
        rows = connection.execute(select(ITEM.c.claim_count, claims, votes)).all()
    assert all(row[0] == row[1] for row in rows)
    assert {row[1] + row[2] for row in rows} == {OVERLAP}
    memory.close()
