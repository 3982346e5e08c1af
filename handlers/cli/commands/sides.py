"""`signoff sides`."""

from typing import TYPE_CHECKING

import click

from bot.flows.comparing import sides_since
from handlers.cli.houses import opened_house
from handlers.cli.periods import When, period_of

if TYPE_CHECKING:
    from bot.measures.intervals import Estimate


@click.command("sides")
@click.option("--queue", help="Only pairs of this queue.")
@click.option(
    "--since", type=When(), help="From then on, such as 7d; from the first if not stated."
)
@click.option("--until", type=When(), help="Until then; until now if not stated.")
def command(queue: str | None, since: str | None, until: str | None) -> None:
    """Does a side of a pair win by being that side, and do people agree with themselves?

    Counted over votes for a side; ties and "both bad" are neither. Repeats are pairs that one
    person saw twice, the sides swapped.
    """
    from bot.measures.sides import self_consistency, side_balance  # noqa: PLC0415  scipy

    with opened_house() as house:
        begin, end = period_of(since, until, house.now())
        votes, repeats = house.do_now(sides_since, queue, begin, end)
    took = [vote.took_left for vote in votes]
    balance = side_balance(took.count(True), took.count(False))
    same = self_consistency(sum(each.is_consistent for each in repeats), len(repeats))
    verdict = ""
    if balance.p_value is not None:
        word = "A SIDE WINS BY BEING THAT SIDE" if balance.leans else "no lean"
        verdict = f"; {word} (p = {balance.p_value:.3g}, exact binomial test)"
    click.echo(f"Left preferred:    {_told(balance.share)}{verdict}")
    click.echo(f"Same answer again: {_told(same)}")


def _told(share: "Estimate") -> str:
    if share.value is None or share.low is None or share.high is None:
        return share.note
    within = f"{share.confidence:.0%} interval {share.low:.1%} to {share.high:.1%}"
    return f"{share.value:.1%} of {share.n} ({within}, {share.method})"
