"""`signoff audit`."""

import click

from bot.measures.audit import items_needed


@click.group("audit")
def command() -> None:
    """Blind second looks at what the machine settled."""


@command.command("plan")
@click.option("--margin", type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
              required=True, help="Half the width of the interval, such as 0.02.")  # fmt: skip
@click.option("--accuracy", type=click.FloatRange(0, 1), default=0.5, show_default=True,
              help="What you expect; 0.5 asks for the most items.")  # fmt: skip
@click.option("--population", type=click.IntRange(min=1),
              help="How many items there are, when they are few.")  # fmt: skip
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
def plan(margin: float, accuracy: float, population: int | None, confidence: float) -> None:
    """How many items must be audited for an accuracy that is known to within a margin?

    Counted for a plain random sample. Strata with unequal chances need more: a report's n and
    interval show what an audit has reached.
    """
    needed = items_needed(margin, share=accuracy, confidence=confidence, population=population)
    of = f" of {population:,}" if population else ""
    click.echo(
        f"{needed:,} items{of}: then {100 * confidence:g} % intervals reach about "
        f"{100 * margin:g} points either way, if the machine is right in {100 * accuracy:g} %."
    )
