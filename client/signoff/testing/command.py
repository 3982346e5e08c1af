"""`signoff testing`: runs a program beside a throwaway Signoff, whose people follow an order."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from signoff.testing.scripts import Answer, Asked, Reviewer, approve, choose, leave, reject

QUEUES = ("agent-actions", "moderation")


def main(arguments: Sequence[str]) -> None:
    """Runs the program; its exit status is ours."""
    given = _read(arguments)
    from signoff.testing import server  # noqa: PLC0415  loads the server, after --help

    with server(*(given.queue or QUEUES), reviewer=_reviewer(given)) as box:
        sys.stderr.write(f"signoff: {box.url} is open for this program\n")
        ended = subprocess.run(given.command, check=False)  # noqa: S603  the caller's own program
        for asked in box.asked:
            sys.stderr.write(f"signoff: {asked.item_id} {_named(asked)}\n")
    sys.exit(ended.returncode)


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "signoff testing",
        description="Run a program beside a throwaway Signoff with people who follow an order. It "
        "finds it through SIGNOFF_URL and SIGNOFF_API_KEY; no chat, and nothing is left behind.",
    )
    parser.add_argument("--queue", action="append", help="a queue's name; may be repeated")
    orders = parser.add_mutually_exclusive_group()
    orders.add_argument("--approve", action="store_true", help="everybody says yes to every action")
    orders.add_argument("--reject", metavar="WHY", help="everybody says no, and why")
    parser.add_argument("--choose", metavar="CHOICE", help="what everybody says of labels")
    parser.add_argument("command", nargs="+", metavar="PROGRAM", help="behind --")
    return parser.parse_args(arguments)


def _reviewer(given: argparse.Namespace) -> Reviewer:
    def reviewer(asked: Asked) -> Answer:
        if asked.kind == "label":
            return choose(given.choose) if given.choose in asked.choices else leave()
        if given.approve:
            return approve()
        return leave() if given.reject is None else reject(given.reject)

    return reviewer


def _named(asked: Asked) -> str:
    return f"{asked.queue}: {asked.action.name if asked.action else asked.kind}"
