"""Two agents that work on files, and ask before they delete or overwrite anything.

`python -m handlers.demo.agent FOLDER`, with SIGNOFF_URL and SIGNOFF_API_KEY in the environment.
What makes them ask is `requires_approval` over their tools (`tools.py`), and nothing else.
"""

import itertools
import logging
import os
import random
import secrets
import sys
import threading
import time
from pathlib import Path

from signoff import Item, NotApproved, SignoffError, keyed, stable_key

from handlers.demo.answers import note
from handlers.demo.chores import AGENTS, Chore, Prepare
from handlers.demo.logs import set_up_log
from handlers.demo.tools import Errand, doing

REST_FOR = (12, 25)  # seconds between two chores
log = logging.getLogger(__name__)


def main() -> None:
    """Works until it is stopped."""
    set_up_log()
    folder = Path(sys.argv[1]).absolute()
    (folder / "files").mkdir(exist_ok=True)
    os.chdir(folder / "files")
    workers = [
        threading.Thread(target=work, args=(folder, name, chores), name=name, daemon=True)
        for name, chores in AGENTS.items()
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def work(folder: Path, name: str, chores: tuple[Prepare, ...]) -> None:
    """Does the chores in turn, for ever; each one only after somebody approved it."""
    run, dice = f"{name}-{secrets.token_hex(4)}", random.Random()  # noqa: S311  no secret depends on it
    for number, prepare in enumerate(itertools.cycle(chores), start=1):
        with keyed(stable_key(run, str(number))):
            do(prepare(dice), folder)
        time.sleep(dice.uniform(*REST_FOR))


def do(chore: Chore, folder: Path) -> None:
    """Uses the tool, which asks by itself, and tells how it went."""

    def asked(item: Item) -> None:
        note(folder, item.id, chore.sensible)
        log.info("%s asked: %s at %s", item.id, item.action and item.action.name, chore.target)

    errand = Errand(
        chore.reason, chore.target, chore.environment, chore.requester, chore.evidence, asked
    )
    try:
        with doing(errand):
            log.info("done: %s", chore.act())
    except NotApproved as refusal:
        log.info("nothing was touched: %s", refusal)
    except (SignoffError, OSError) as problem:
        log.warning("it did not work: %s", problem)


if __name__ == "__main__":
    main()
