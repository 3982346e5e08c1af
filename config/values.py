"""Single values of the files: each function takes what TOML holds and gives what a model needs."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from config.durations import read_duration
from config.problems import WrongValueError, listed, nearest, shown

TEXT_MAX = 120  # characters of a title or a name; a card's headline has 150
NAME_MAX = 60  # characters of an id
COST_MAX = 10_000  # dollars; a review that costs more is a slip
BUDGET_MAX = 1_000_000_000  # dollars a month
CENTS = 6  # decimal places of a price
NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def read_text(value: object) -> str:
    """A short text for people.

    Raises:
        WrongValueError: it is not a text, is empty, too long or holds control characters.
    """
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError(f"{shown(value)} is not a text", 'Write some words in "quotes"')
    if len(value.strip()) > TEXT_MAX:
        raise WrongValueError(
            f"the text has {len(value.strip())} characters", f"At most {TEXT_MAX} fit on a card"
        )
    if not value.strip().isprintable():
        raise WrongValueError(
            f"{shown(value)} holds invisible characters", "Write it again on one line, by hand"
        )
    return value.strip()


def read_flag(value: object) -> bool:
    """True or false.

    Raises:
        WrongValueError: it is neither.
    """
    if not isinstance(value, bool):
        raise WrongValueError(
            f"{shown(value)} is neither true nor false", "Write true or false, without quotes"
        )
    return value


def read_count(most: int) -> Callable[[object], int]:
    """What reads a number of people, from 1 to `most`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise WrongValueError(
                f"{shown(value)} is not a number of people",
                f"Write a whole number from 1 to {most}, without quotes",
            )
        return value

    return read


def read_requests(most: int) -> Callable[[object], int]:
    """What reads a number of requests, from 1 to `most`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise WrongValueError(
                f"{shown(value)} is not a number of requests",
                f"Write a whole number from 1 to {most:,}, without quotes",
            )
        return value

    return read


def read_rate(most: int) -> Callable[[object], int]:
    """What reads a number of reviews in an hour, from 1 to `most`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise WrongValueError(
                f"{shown(value)} is not a number of reviews",
                f"Write a whole number from 1 to {most}, without quotes",
            )
        return value

    return read


def read_money(value: object) -> Decimal:
    """Dollars, exactly as written.

    Raises:
        WrongValueError: it is no number, negative, not finite, or finer than a millionth.
    """
    return _dollars(value, COST_MAX, "what a review can cost")


def read_budget(value: object) -> Decimal:
    """Dollars for a month.

    Raises:
        WrongValueError: as for `read_money`, but much more is allowed.
    """
    return _dollars(value, BUDGET_MAX, "a budget")


def _dollars(value: object, most: int, kind: str) -> Decimal:
    right = "Write dollars as a number without quotes, such as 0.40"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongValueError(f"{shown(value)} is not an amount of money", right)
    amount = Decimal(value)
    if not amount.is_finite() or amount < 0 or amount > most:
        raise WrongValueError(f"{shown(value)} is not {kind}", f"{right}; from 0 to {most:,}")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -CENTS:
        raise WrongValueError(f"{shown(value)} is finer than a millionth of a dollar", f"{right}")
    return Decimal(f"{amount.copy_abs():f}") if amount else Decimal(0)  # no exponent, no -0


def read_share(value: object) -> float:
    """A majority: above one half, up to 1.

    Raises:
        WrongValueError: it is not.
    """
    share = _fraction(value)
    if share is None or not 0.5 < share <= 1:
        raise WrongValueError(
            f"{shown(value)} is not a majority",
            "Write a share above 0.5 and up to 1, such as 0.6 for 60 %",
        )
    return share


def read_portion(most: float) -> Callable[[object], float]:
    """What reads a share of items, from 0 to `most`."""

    def read(value: object) -> float:
        portion = _fraction(value)
        if portion is None or not 0 <= portion <= most:
            raise WrongValueError(
                f"{shown(value)} is not a share of items",
                f"Write a number from 0 to {most:g}, such as 0.05 for 5 %",
            )
        return portion

    return read


def read_number(most: int) -> Callable[[object], int]:
    """What reads a number of items, from 0 to `most`."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise WrongValueError(
                f"{shown(value)} is not a number of items",
                f"Write a whole number from 0 to {most}, without quotes",
            )
        return value

    return read


def read_confidence(value: object) -> float:
    """A machine's confidence, 0 to 1.

    Raises:
        WrongValueError: it is not.
    """
    confidence = _fraction(value)
    if confidence is None or not 0 <= confidence <= 1:
        raise WrongValueError(
            f"{shown(value)} is not a confidence",
            "Write a number from 0 to 1, such as 0.85 for 85 %",
        )
    return confidence


def read_length(value: object) -> timedelta:
    """A length of time above zero.

    Raises:
        WrongValueError: it is not.
    """
    length = read_duration(value)
    if not length:
        raise WrongValueError(f"{shown(value)} leaves no time at all", "Write a longer time")
    return length


def one_of(*words: str, kind: str) -> Callable[[object], str]:
    """What reads one of the words; `kind` names them in messages, as a plural."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            right = f"Write one of {', '.join(words)} in quotes"
            raise WrongValueError(f"{shown(value)} is not a word in quotes", right)
        if value not in words:
            raise WrongValueError(
                f"{shown(value)} is not one of the {kind}", nearest(value, words, kind=kind)
            )
        return value

    return read


def list_of(read: Callable[[object], str], example: str) -> Callable[[object], tuple[str, ...]]:
    """What reads a list of such values, each once; `example` stands in the message."""

    def read_list(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise WrongValueError(f"{shown(value)} is not a list", f"Write a list: [{example}]")
        return tuple(dict.fromkeys(read(entry) for entry in value))

    return read_list


def read_name(value: object) -> str:
    """The id of a person, a group or a qualification.

    Raises:
        WrongValueError: it is not written as one.
    """
    if not isinstance(value, str) or not NAME.fullmatch(value) or len(value) > NAME_MAX:
        raise WrongValueError(
            f"{shown(value)} cannot be a name here",
            f"Use lowercase letters, digits, - and _, at most {NAME_MAX} characters",
        )
    return value


def read_slug(value: object) -> str:
    """The name of a queue.

    Raises:
        WrongValueError: it is not written as one.
    """
    if not isinstance(value, str) or not SLUG.fullmatch(value) or len(value) > NAME_MAX:
        raise WrongValueError(
            f"{shown(value)} cannot be the name of a queue",
            f"Use lowercase letters, digits and hyphens, at most {NAME_MAX} characters, "
            'such as "agent-actions"; the title is for people',
        )
    return value


def read_voter(value: object) -> str:
    """A person's id or a @group.

    Raises:
        WrongValueError: it is neither.
    """
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError(
            f"{shown(value)} is neither a person nor a group",
            'Write a person\'s id ("ann") or a group ("@ops") of people.toml',
        )
    return value


def read_host(value: object) -> str:
    """The name of a host, without scheme, port and path.

    Raises:
        WrongValueError: it is not.
    """
    if not isinstance(value, str) or not HOST.fullmatch(value.lower()):
        raise WrongValueError(
            f"{shown(value)} is not the name of a host",
            'Write the host alone, without https:// and path, such as "images.example.com"',
        )
    return value.lower()


def read_zone(value: object) -> str:
    """An IANA time zone.

    Raises:
        WrongValueError: there is none of this name.
    """
    try:
        return ZoneInfo(value if isinstance(value, str) else "").key
    except (KeyError, ValueError, OSError):
        known = available_timezones() if isinstance(value, str) else set()
        hint = nearest(str(value), known, kind="zones") if known else ""
        right = hint if hint.startswith("Did") else 'Write a zone such as "Europe/Berlin" or "UTC"'
        raise WrongValueError(f"{shown(value)} is not a time zone", right) from None


def slack_ref(what: str, letters: str, where: str) -> Callable[[object], str]:
    """What reads one of Slack's ids, such as U0123ABCD.

    Args:
        what: "user", "channel" or "workspace".
        letters: what it may begin with.
        where: how to find it, as an imperative sentence.
    """
    pattern = re.compile(f"[{letters}][A-Z0-9]+")
    begin = listed(letters).replace(" and ", " or ")

    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise WrongValueError(
                f"{shown(value)} is not the id of a Slack {what}, which begins with {begin}", where
            )
        return value

    return read


def discord_ref(what: str) -> Callable[[object], str]:
    """What reads one of Discord's ids (digits, as a text) of a user, channel, server or role."""

    def read(value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            raise WrongValueError(f"{shown(value)} stands without quotes", "Put it in quotes")
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,20}", value):
            raise WrongValueError(
                f"{shown(value)} is not the id of a Discord {what}, which is digits only",
                f"Turn on developer mode in Discord, then right-click the {what}: Copy ID",
            )
        return value

    return read


def _fraction(value: object) -> float | None:
    """The number as a float, rounded before anything is compared; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return float(number) if number.is_finite() and abs(number) <= 100 else None
