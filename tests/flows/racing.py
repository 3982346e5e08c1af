"""A process of its own that redeems one grant a hundred times at once.

`python -m tests.flows.racing URL ITEM DIGEST NAME` says "ready", waits for a line, and counts.
"""

import json
import sys
from collections import Counter
from concurrent.futures import Future

from bot.errors import SignoffError
from bot.facts import Item
from bot.flows import granting
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import AGENT, NOON

ATTEMPTS = 100


def main(url: str, item_id: str, digest: str, name: str) -> None:
    """Races, and prints what became of each attempt."""
    memory = Memory(open_engine(url))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    futures = [
        memory.write(granting.redeem, AGENT, item_id, digest, f"{name}-{number}", NOON)
        for number in range(ATTEMPTS)
    ]
    sys.stdout.write(json.dumps(Counter(map(_end, futures))))
    memory.close()


def _end(future: Future[Item]) -> str:
    try:
        future.result(60)
    except SignoffError as problem:
        return type(problem).__name__
    return "redeemed"


if __name__ == "__main__":
    main(*sys.argv[1:])
