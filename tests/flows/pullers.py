"""Many reviewers who pull at once, in a process of their own, for the test of overlap.

Run as `python -m tests.flows.pullers DATABASE_URL FIRST END`: those reviewers pull until nothing is
left for them or they hold as much as they may; every other item they vote on at once. What each
was handed is printed as JSON, once a line on standard input has let them all begin.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

from bot.facts import Identity
from bot.flows import pulling, voting
from bot.flows.voting import Ballot
from config.policies import Person, Policy, Queue, Rulebook
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import NOON

PEOPLE = 50
OVERLAP = 2


def a_crowd() -> Rulebook:
    """Fifty reviewers of one queue of labels, each of which two of them judge."""
    names = tuple(f"p{number}" for number in range(PEOPLE))
    policy = Policy(
        due_in=timedelta(hours=1),
        cost_per_review_usd=Decimal("0.10"),
        reviewers=names,
        votes_needed=OVERLAP,
    )
    people = {name: Person(id=name, name=name, slack=f"U{name.upper()}") for name in names}
    queue = Queue(name="labels", title="Labels", kinds=("label",), policy=policy)
    return Rulebook(queues={"labels": queue}, people=people)


def pull_all(memory: Memory, person: str) -> list[str]:
    """What one person was handed."""
    rulebook, who, handed = a_crowd(), Identity("slack", f"U{person.upper()}"), list[str]()
    while True:
        pull = memory.write(pulling.next_for, rulebook, who, None, NOON).result(30)
        if pull.item is None:
            return handed
        handed.append(pull.item.id)
        if len(handed) % 2:
            ballot = Ballot(pull.item.id, "spam", who)
            memory.write(voting.cast, rulebook, ballot, NOON).result(30)


def main() -> None:
    """All of them at once."""
    url, first, end = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    memory = Memory(open_engine(url))
    sys.stdin.readline()
    with ThreadPoolExecutor(end - first) as people:
        names = [f"p{number}" for number in range(first, end)]
        handed = list(people.map(lambda name: pull_all(memory, name), names))
    memory.close()
    sys.stdout.write(json.dumps(dict(zip(names, handed, strict=True))))


if __name__ == "__main__":
    main()
