"""How long a stranger's regular expression may take, reckoned before it is matched.

Python tries a pattern's alternatives one after the other. Their number is bounded by a power of
the text's length where nothing within a loop can match in two ways; else nothing bounds it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from re import _constants as codes  # type: ignore[attr-defined]  # what the standard parser names
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PATTERN_MAX = 200  # characters
FEW = 100  # a repeat of at most so many is not endless
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_AGAIN = (codes.GROUPREF, codes.GROUPREF_EXISTS)  # a text that must come again: matched by trying
_STARTS = (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many ways of matching there are at most: choices, times a power of the length."""

    choices: int
    power: int

    def steps(self, length: int) -> int:
        """In a text of so many characters."""
        return int(self.choices * (length + 1) ** self.power)


class _EndlessError(Exception):
    """Nothing bounds it."""


@lru_cache(maxsize=2_048)
def effort_of(pattern: str) -> Effort | None:
    """What looking for this pattern may take; None: perhaps for ever, or it is no pattern."""
    if len(pattern) > PATTERN_MAX:
        return None
    try:
        tree = parser.parse(pattern)
        found = list(_ways(tree, is_looped=False))
    except (re.error, RecursionError, OverflowError, _EndlessError):
        return None
    is_anchored = tree and tree[0][0] is codes.AT and tree[0][1] in _STARTS
    starts = 0 if is_anchored and not tree.state.flags & re.MULTILINE else 1
    return Effort(prod(ways for ways in found if ways), starts + found.count(0))


def _ways(tree: Any, *, is_looped: bool) -> Iterator[int]:
    """For each part that can match in several ways: in how many; 0 when the text's length says.

    Raises:
        _EndlessError: there is one within a loop, where ways multiply.
    """
    for code, argument in tree:
        ways = _ways_of(code, argument)
        if ways != 1:
            if is_looped:
                raise _EndlessError
            yield ways
        loops = code in _REPEATS and argument[1] > 1
        for part in _within(argument):
            yield from _ways(part, is_looped=is_looped or loops)


def _ways_of(code: Any, argument: Any) -> int:
    if code in _AGAIN:
        raise _EndlessError
    if code in _REPEATS:
        least, most, _ = argument
        return 0 if most > FEW and most != least else int(most - least + 1)
    if code is codes.BRANCH and not _begin_apart(argument[1]):
        return len(argument[1])
    return 1


def _begin_apart(branches: Sequence[Any]) -> bool:
    """Whether the first letter tells which of the branches it is."""
    first = [branch[0] for branch in branches if branch]
    letters = {chr(value).lower() for code, value in first if code is codes.LITERAL}
    return len(letters) == len(branches) and all(letter.isascii() for letter in letters)


def _within(argument: Any) -> Iterator[Any]:
    """The patterns within a part of a pattern, wherever the parser put them."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for inner in argument:
            yield from _within(inner)
