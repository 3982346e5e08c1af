"""Reads recorded items and votes: JSON lines and CSV. A bad row costs itself, not the others."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.content import CHOICE_MAX, CHOICES_MAX, NAME_MAX, Label
from bot.errors import SignoffError
from bot.facts import UNSURE
from bot.flows.importing import RecordedItem, RecordedVote

CELL_MAX = 10_000_000  # characters
LONGEST = 365 * 24 * 3600.0  # seconds that a review can have taken
TEXTS = ("body", "text", "prompt")  # where an item's text may stand
COLUMNS = ("item", "rater", "label")


class BadRowError(Exception):
    """A row that cannot be taken; says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """Where a row stands that was not taken, and why it was not."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the two files hold."""

    items: Sequence[RecordedItem]
    lines: Mapping[str, int]  # of the items, by name
    choices: tuple[str, ...]
    vote_count: int
    repeated_count: int  # votes of a rater who had voted on that item before
    bad: Sequence[BadRow]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the files are read."""

    queue: str
    choices: tuple[str, ...] = ()  # the labels in their order; none: those that occur
    keep_first: bool = False  # of a rater's votes on one item, not the last


@dataclass(slots=True)
class _Item:
    line: int
    stated: Mapping[str, Any]
    votes: list[RecordedVote] = field(default_factory=list)
    raters: set[str] = field(default_factory=set)


def read_recorded(items_file: Path, votes_file: Path, wishes: Wishes, now: datetime) -> Recorded:
    """The items with their votes, and every row that cannot be taken.

    Args:
        items_file: JSON lines with `id`; optionally a text, `gold`, `prediction` and `opened_at`.
        votes_file: CSV with `item`, `rater` and `label`; optionally `time` and `seconds`.
        wishes: what to make of them.
        now: the time of what states none.

    Raises:
        SignoffError: a file is not what it should be, or has too few or too many labels.
    """
    bad: list[BadRow] = []
    items = _items(items_file, bad)
    count = repeated = 0
    for number, cells in _rows(votes_file, bad):
        try:
            item, vote = _vote(number, cells, items, wishes.choices, now)
        except BadRowError as problem:
            bad.append(BadRow(votes_file.name, number, str(problem)))
            continue
        count += 1
        if vote.rater in item.raters:
            repeated += 1
            if wishes.keep_first:
                continue
        item.raters.add(vote.rater)
        item.votes.append(vote)
    choices = wishes.choices or _labels(items.values())
    made = []
    for name, item in items.items():
        try:
            made.append(_made(name, item, wishes.queue, choices, now))
        except BadRowError as problem:
            bad.append(BadRow(items_file.name, item.line, str(problem)))
    lines = {name: item.line for name, item in items.items()}
    return Recorded(made, lines, choices, count, repeated, bad)


def _items(path: Path, bad: list[BadRow]) -> dict[str, _Item]:
    """The lines of the file of items, by name."""
    found: dict[str, _Item] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                stated = _object(line)
                name = _new_name(stated, found)
            except BadRowError as problem:
                bad.append(BadRow(path.name, number, str(problem)))
            else:
                found[name] = _Item(number, stated)
    return found


def _new_name(stated: Mapping[str, Any], found: Mapping[str, _Item]) -> str:
    name = _name(stated.get("id"), "id")
    if name in found:
        raise BadRowError(f"the id {name!r} stands in line {found[name].line} already")
    return name


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        stated = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadRowError("it is not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise BadRowError("it is not JSON") from None
    if not isinstance(stated, dict):
        raise BadRowError('it is not a JSON object such as {"id": "1", "text": "…"}')
    return stated


def _rows(path: Path, bad: list[BadRow]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the file of votes by column, each with its line."""
    csv.field_size_limit(CELL_MAX)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        names = [name.strip().lower() for name in header]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise SignoffError(
                f"{path.name} has no column {', '.join(missing)}. Its first line must name the "
                "columns item, rater and label; time and seconds are optional."
            )
        while True:
            start = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                bad.append(BadRow(path.name, start, f"it is not CSV: {problem}"))
                continue
            if not cells:
                continue
            if len(cells) != len(names):
                why = f"it has {len(cells)} cells, and the header {len(names)}"
                bad.append(BadRow(path.name, start, why))
                continue
            yield start, dict(zip(names, cells, strict=True))


def _vote(
    line: int,
    cells: Mapping[str, str],
    items: Mapping[str, _Item],
    choices: Sequence[str],
    now: datetime,
) -> tuple[_Item, RecordedVote]:
    item = items.get(cells["item"].strip())
    if item is None:
        raise BadRowError(f"there is no item {cells['item'].strip()!r} in the file of items")
    label = _label(cells["label"])
    if choices and label not in (*choices, UNSURE):
        raise BadRowError(f"the label {label!r} is not one of {', '.join(choices)}")
    vote = RecordedVote(
        line=line,
        rater=_name(cells["rater"], "rater"),
        choice=label,
        cast_at=_instant(cells.get("time", ""), "time") or now,
        seconds=_seconds(cells.get("seconds", "")),
    )
    return item, vote


def _made(
    name: str, item: _Item, queue: str, choices: tuple[str, ...], now: datetime
) -> RecordedItem:
    stated = item.stated
    votes = tuple(sorted(item.votes, key=lambda vote: vote.cast_at))
    known = None if stated.get("gold") is None else _label(str(stated["gold"]))
    if known is not None and known not in choices:
        raise BadRowError(f"the gold label {known!r} is not one of {', '.join(choices)}")
    body = next((text for key in TEXTS if isinstance(text := stated.get(key), str) and text), "")
    submitted: dict[str, object] = {
        "kind": "label",
        "queue": queue,
        "key": name,
        "choices": choices,
        "body": body or f"Item {name}; its text was not recorded.",
    }
    if stated.get("prediction") is not None:
        submitted["prediction"] = _prediction(stated["prediction"])
    try:
        content = Label.model_validate(submitted)
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, error["loc"]))
        raise BadRowError(f"{where}: {error['msg'].removeprefix('Value error, ')}") from None
    opened_at = _instant(str(stated.get("opened_at") or ""), "opened_at")
    first = min((vote.cast_at for vote in votes), default=now)
    return RecordedItem(content, min(opened_at or first, first), votes, known)


def _prediction(stated: object) -> object:
    """As the program would send it: whole numbers are confidences too."""
    if not isinstance(stated, dict):
        raise BadRowError(
            'its prediction is not an object such as {"choice": "1", "confidence": 0.9}'
        )
    confidence = stated.get("confidence")
    kept = {key: stated[key] for key in ("choice", "confidence", "model") if key in stated}
    if isinstance(confidence, int) and not isinstance(confidence, bool):
        kept["confidence"] = float(confidence)
    if "choice" in kept:
        kept["choice"] = str(kept["choice"])
    return kept


def _labels(items: Iterable[_Item]) -> tuple[str, ...]:
    """Every label that occurs, numbers by size, then the others by name.

    Raises:
        SignoffError: there are fewer than two, or more than a card has room for.
    """
    found: set[str] = set()
    for item in items:
        found.update(vote.choice for vote in item.votes)
        gold = item.stated.get("gold")
        if gold is not None:
            with suppress(BadRowError):
                found.add(_label(str(gold)))
    found.discard(UNSURE)
    if not 2 <= len(found) <= CHOICES_MAX:
        raise SignoffError(
            f"There are {len(found)} different labels; a question has 2 to {CHOICES_MAX}. "
            "Name them: --choices spam,ham. Rows with others are then refused."
        )
    return tuple(sorted(found, key=_rank))


def _rank(label: str) -> tuple[bool, float, str]:
    try:
        number = float(label)
    except ValueError:
        return True, 0.0, label
    return not math.isfinite(number), number if math.isfinite(number) else 0.0, label


def _name(value: object, what: str) -> str:
    """A name on one line; numbers are names too."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRowError(f"it has no {what}")
    name = str(value).strip()
    if not 0 < len(name) <= NAME_MAX:
        raise BadRowError(f"its {what} has {len(name)} characters; 1 to {NAME_MAX} are possible")
    return _clean(name, what)


def _label(value: str) -> str:
    label = value.strip()
    if not 0 < len(label) <= CHOICE_MAX:
        raise BadRowError(f"its label has {len(label)} characters; 1 to {CHOICE_MAX} are possible")
    return _clean(label, "label")


def _clean(text: str, what: str) -> str:
    if any(ord(char) < 0x20 or ord(char) == 0x7F or "\ud800" <= char <= "\udfff" for char in text):
        raise BadRowError(f"its {what} holds control characters or is not UTF-8 text")
    return text


def _instant(text: str, what: str) -> datetime | None:
    """An instant in ISO 8601, UTC where no zone is stated, or seconds since 1970."""
    text = text.strip()
    if not text:
        return None
    try:
        with suppress(ValueError):
            return datetime.fromtimestamp(float(text), UTC)
        stated = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise BadRowError(
            f"its {what} {text!r} is neither an ISO date nor seconds since 1970"
        ) from None
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)


def _seconds(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST:
        raise BadRowError(f"its seconds {text.strip()!r} are not a length of time")
    return seconds
