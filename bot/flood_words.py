"""What a channel is told about a program that asks more than it can show."""

from datetime import timedelta

from bot.card_parts import Reply, Strong
from bot.headlines import brief
from bot.masking import masked
from bot.safe_text import say
from config.durations import spell

NAME_MAX = 60


def summary(
    producer: str, shown_count: int, waiting_count: int, counted_to: int, due_in: timedelta
) -> Reply:
    """One message instead of hundreds of cards.

    Args:
        producer: the program.
        shown_count: its requests that have a card.
        waiting_count: its requests that wait for one.
        counted_to: `waiting_count` is no larger, however many there are.
        due_in: how long a request of this queue stays open.
    """
    who = brief(masked(producer), NAME_MAX)
    exactly = say("{n}", n=f"{waiting_count:,}")
    count = say("more than {n}", n=exactly) if waiting_count >= counted_to else exactly
    return Reply(
        (
            (Strong(say("{who} asks very much at once.", who=who)),),
            (
                say(
                    "{shown} of its requests are shown here, {count} wait behind them and come up "
                    "as these are answered. Nothing is approved by waiting: each one still ends "
                    "by its own deadline, {length} after it was asked.",
                    shown=shown_count,
                    count=count,
                    length=spell(due_in),
                ),
            ),
            (say("If that looks wrong, an admin can hold everything back with /review pause."),),
        )
    )
