"""Two answers side by side: nothing tells which of them whose model gave, nor in which order.

Before the outcome an answer is called by where one reviewer sees it, Left or Right; which stands
where is drawn for each reviewer (`bot.rules.sampling.left_of`). Afterwards it is called by its
place in what the producer sent.
"""

from collections.abc import Iterator

from bot.card_parts import Code, Lines, Part
from bot.content import Pair
from bot.facts import BOTH_BAD, FIRST, SECOND, TIE, UNSURE
from bot.headlines import brief
from bot.masking import masked, masked_block
from bot.safe_text import SafeText, say

LEFT, RIGHT = say("Left"), say("Right")
_ALIKE = {TIE: say("Tie"), BOTH_BAD: say("Both bad"), UNSURE: say("Not sure")}
_NAMED = {FIRST: say("the first answer"), SECOND: say("the second answer"), **_ALIKE}


def order_of(left: str) -> tuple[str, ...]:
    """The votes on a pair as their buttons stand for who has this answer on the left."""
    return (left, SECOND if left == FIRST else FIRST, TIE, BOTH_BAD)


def side_words(choice: str, left: str) -> SafeText:
    """A vote on a pair as the reviewer saw it."""
    if choice in _ALIKE:
        return _ALIKE[choice]
    return LEFT if choice == left else RIGHT


def side_meant(typed: str, left: str) -> str | None:
    """The vote that somebody types who has this answer on the left; None when it is none."""
    plain = " ".join(typed.replace("-", " ").split()).casefold()
    named = {str(side_words(choice, left)).casefold(): choice for choice in order_of(left)}
    return named.get(plain)


def place_words(choice: str) -> SafeText:
    """A vote on a pair by the producer's order, for when it is settled."""
    return _NAMED.get(choice) or say("“{choice}”", choice=masked(choice))


def answers_in_order(pair: Pair, left: str) -> Iterator[Part]:
    """Both answers whole, in one reviewer's order and in equal dress."""
    texts = dict(zip((FIRST, SECOND), pair.answers, strict=True))
    for title, choice in zip((LEFT, RIGHT), order_of(left), strict=False):
        yield Code(say("{side} answer", side=title), masked_block(texts[choice].text))


def answers_as_sent(pair: Pair) -> Iterator[Part]:
    """Both answers in the producer's order, with the models that gave them."""
    for title, answer in zip((say("First"), say("Second")), pair.answers, strict=True):
        yield Code(say("{place} answer", place=title), masked_block(answer.text))
    models = [answer.model for answer in pair.answers]
    named = [
        (say("The {place} answer is by {model}.", place=place, model=brief(masked(model), 60)),)
        for place, model in zip((say("first"), say("second")), models, strict=True)
        if model
    ]
    if named:
        yield Lines(tuple(named))
