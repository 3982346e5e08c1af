"""An agent that works on files, and asks before it deletes or overwrites anything.

`python -m handlers.demo.agent FOLDER`, with SIGNOFF_URL and SIGNOFF_KEY in the environment.
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

from handlers.demo.answers import note
from handlers.demo.asking import RefusedError, Signoff, set_up_log
from handlers.demo.chores import AGENTS, Chore, Prepare

REST_FOR = (12, 25)  # seconds between two chores
log = logging.getLogger(__name__)


def main() -> None:
    """Works until it is stopped."""
    set_up_log()
    signoff = Signoff(os.environ["SIGNOFF_URL"], os.environ["SIGNOFF_KEY"])
    folder = Path(sys.argv[1])
    workers = [
        threading.Thread(target=work, args=(signoff, folder, name, chores), name=name, daemon=True)
        for name, chores in AGENTS.items()
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def work(signoff: Signoff, folder: Path, name: str, chores: tuple[Prepare, ...]) -> None:
    """Does the chores in turn, for ever; each one only after somebody approved it."""
    run, dice = secrets.token_hex(4), random.Random()  # noqa: S311  no secret depends on it
    for number, prepare in enumerate(itertools.cycle(chores), start=1):
        chore = prepare(folder / "files", dice)
        try:
            do_if_approved(signoff, folder, f"{name}-{run}:{number}", chore)
        except RefusedError as problem:
            log.warning("%s was not taken: %s", chore.name, problem)
        time.sleep(dice.uniform(*REST_FOR))


def do_if_approved(signoff: Signoff, folder: Path, key: str, chore: Chore) -> None:
    """Asks, waits for the answer, and acts on nothing but an approval."""
    item = signoff.ask(
        queue="agent-actions",
        kind="approval",
        key=key,
        action={
            "name": chore.name,
            "args": chore.args,
            "environment": chore.environment,
            "target": chore.target,
            "reversible": chore.reversible,
        },
        reason=chore.reason,
        requester=chore.requester,
        evidence=chore.evidence,
        due_in=chore.due_in,
    )
    note(folder, item["id"], chore.sensible)
    log.info("%s asked: %s at %s", item["id"], chore.name, chore.target)
    outcome = signoff.answer(item["id"])
    if outcome["choice"] != "approve":
        log.info("%s %s (%s): nothing was touched", item["id"], outcome["choice"], outcome["rule"])
        return
    if not signoff.redeem(item["id"], item["action_digest"], secrets.token_hex(8)):
        return
    try:
        done = chore.act()
    except OSError as problem:
        log.warning("%s approved, and failed: %s", item["id"], problem)
        signoff.report(item["id"], "failed", str(problem))
    else:
        log.info("%s approved: %s", item["id"], done)
        signoff.report(item["id"], "executed", done)


if __name__ == "__main__":
    main()
