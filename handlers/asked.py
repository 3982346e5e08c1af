"""What somebody typed behind the command, and what answers it, whichever the platform."""

from dataclasses import dataclass

from bot.card_parts import Card, Reply
from bot.flows.delivering import View
from handlers.desk import Desk
from handlers.pressing import Who


@dataclass(frozen=True, slots=True)
class Asked:
    """One command: who typed what."""

    desk: Desk
    who: Who  # whose account
    user_ref: str  # its id
    word: str  # the subcommand
    argument: str  # what stands behind it, trimmed
    command: str  # the command itself, with its slash


@dataclass(frozen=True, slots=True)
class Handed:
    """An item's card, for one person."""

    view: View
    card: Card


Answered = Reply | Handed
