"""`signoff ask`: a question from a shell script; what people say is printed."""

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from signoff.answers import Action, Decision
from signoff.client import SignoffSync
from signoff.errors import NotApproved, SignoffError

YES, NO, BROKEN = 0, 1, 2  # exit statuses: an answer or a yes; no answer or a no; it went wrong


def main(arguments: Sequence[str]) -> None:
    """Asks, waits, prints the choice, and ends with a status that `if` and `&&` understand."""
    given = _read(arguments)
    try:
        with SignoffSync() as signoff:
            decision = _asked(signoff, given)
    except NotApproved as refusal:
        sys.stderr.write(f"signoff: {refusal}\n")
        sys.exit(NO)
    except SignoffError as problem:
        sys.stderr.write(f"signoff: {problem}\n")
        sys.exit(BROKEN)
    sys.stdout.write(f"{decision.outcome}\n")
    sys.exit(YES)


def _asked(signoff: SignoffSync, given: argparse.Namespace) -> Decision:
    within = timedelta(minutes=given.minutes) if given.minutes else None
    if given.choice:
        return signoff.ask(given.queue, body=given.text, choices=given.choice, within=within)
    action = Action("ask", {"text": given.text})
    decision = signoff.ask(given.queue, action=action, within=within)
    signoff.redeem(decision)
    signoff.report(decision.item_id, "unknown", "Answered to a shell, which says no more.")
    return decision


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "signoff ask",
        description="Ask people, wait, and print what they say. Status 0: yes, or a choice; 1: no, "
        "or nobody answered in time; 2: it could not be asked. SIGNOFF_URL and SIGNOFF_API_KEY say "
        "whom.",
    )
    parser.add_argument("--queue", required=True, help="where it is asked")
    parser.add_argument(
        "--choice", action="append", help="one answer; twice or more, else yes or no"
    )
    parser.add_argument("--minutes", type=float, help="how long people have")
    parser.add_argument("text", help="what is asked")
    return parser.parse_args(arguments)
