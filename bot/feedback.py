"""What a reviewer is told, in private and afterwards, about a question whose answer was known."""

from dataclasses import dataclass

from bot.card_parts import Reply, Strong
from bot.facts import REJECT, Item, Kind
from bot.headlines import brief
from bot.masking import masked
from bot.pair_cards import place_words, side_words
from bot.safe_text import SafeText, say, shown

_CAUGHT = say("You refused it, which is right: it must not run.")
_MISSED = say("You let it pass. It should have been refused; nothing has run because of it.")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reviewer said, and what is right."""

    choice: str
    answer: str
    left: str | None = None  # of a pair: the answer that stood on their left


def feedback_of(item: Item, asked: SafeText, queue_title: str, answered: Answered) -> Reply:
    """The letter to one reviewer of a settled gold item or probe.

    Args:
        item: as it ended.
        asked: what it asked, in short.
        queue_title: what people call its queue.
        answered: by this reviewer.
    """
    about = say(
        "Request {id} in {queue} was a test: its answer was known beforehand.",
        id=shown(item.id),
        queue=brief(shown(queue_title), 60),
    )
    told = say("Only you are told. It counts in no figure but those about tests.")
    return Reply(((about,), (Strong(asked),), (_verdict(item, answered),), (told,)))


def _verdict(item: Item, answered: Answered) -> SafeText:
    if item.kind is Kind.APPROVAL:
        return _CAUGHT if answered.choice == REJECT else _MISSED
    said, right = (_words(item, each, answered.left) for each in (answered.choice, answered.answer))
    if answered.choice == answered.answer:
        return say("You said {said}, which is right.", said=said)
    return say("You said {said}; right is {right}.", said=said, right=right)


def _words(item: Item, choice: str, left: str | None) -> SafeText:
    if item.kind is Kind.PREFERENCE:
        return side_words(choice, left) if left else place_words(choice)
    return say("“{choice}”", choice=brief(masked(choice), 60))
