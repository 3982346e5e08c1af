"""Questions whose answer is known, as an admin writes them down: a JSON object a line."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from bot.content import SUBMISSION, Approval, Label
from bot.errors import SignoffError
from bot.facts import REJECT, Kind
from bot.headlines import action_phrase, brief
from bot.masking import masked
from bot.safe_text import SafeText
from config.policies import Queue

Sort = Literal["gold", "probe"]
KINDS: dict[Sort, tuple[Kind, ...]] = {
    "gold": (Kind.LABEL, Kind.PREFERENCE),
    "probe": (Kind.APPROVAL,),
}
ASKED_MAX = 120  # characters
FAULTS_MAX = 10  # told at once
OURS = frozenset({"queue", "key", "due_in", "prediction"})  # what nobody may write into a line


@dataclass(frozen=True, slots=True)
class Known:
    """One question with its answer."""

    content: Approval | Label
    answer: str
    posed_by: str | None  # as whose question it passes; None: of whoever asked just before


def read_known(lines: Iterable[str], queue: Queue, sort: Sort) -> tuple[Known, ...]:
    """The questions of a file, in its order; empty lines are left out.

    Raises:
        SignoffError: some lines are wrong; names each and what is wrong with it.
    """
    known: list[Known] = []
    faults: list[str] = []
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            known.append(_read(text, queue, sort))
        except ValueError as fault:
            faults.append(f"line {number}: {fault}")
    if faults:
        more = f" (and {len(faults) - FAULTS_MAX} more)" if len(faults) > FAULTS_MAX else ""
        raise SignoffError(f"Nothing was added. {'; '.join(faults[:FAULTS_MAX])}{more}")
    if not known:
        raise SignoffError("Nothing was added: the file holds no question.")
    return tuple(known)


def _read(text: str, queue: Queue, sort: Sort) -> Known:
    stated = _object(text)
    if unfit := sorted(OURS & stated.keys()):
        raise ValueError(f"{unfit[0]} is not for you to say: Signoff fills it in")
    posed_by = stated.pop("producer", None)
    if posed_by is not None and not _is_name(posed_by):
        raise ValueError("producer must be a name of 1 to 100 visible characters")
    answer = stated.pop("answer", REJECT if sort == "probe" else None)
    kind = stated.setdefault("kind", _usual_kind(queue, sort))
    if kind not in KINDS[sort]:
        raise ValueError(f"kind must be {' or '.join(KINDS[sort])}, not {kind!r}")
    content = _content({**stated, "queue": queue.name, "key": sort})
    if sort == "probe" and answer != REJECT:
        raise ValueError(f"the answer to a probe is always {REJECT}: it is an action to refuse")
    if answer not in content.votable:
        raise ValueError(f"answer must be one of {', '.join(content.votable)}, not {answer!r}")
    return Known(content, answer, posed_by)


def _object(text: str) -> dict[str, Any]:
    try:
        stated = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ValueError(f"is not JSON ({fault.msg} at character {fault.pos + 1})") from None
    if not isinstance(stated, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004  collected with the other faults
    return stated


def _usual_kind(queue: Queue, sort: Sort) -> Kind:
    if sort == "probe":
        return Kind.APPROVAL
    takes_pairs = Kind.PREFERENCE in queue.kinds and Kind.LABEL not in queue.kinds
    return Kind.PREFERENCE if takes_pairs else Kind.LABEL


def _content(stated: dict[str, Any]) -> Approval | Label:
    try:
        return SUBMISSION.validate_python(stated)
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"][1:])
        said = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{where}: {said}" if where else said) from None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable()


def asked_in(content: Approval | Label) -> SafeText:
    """What a question asks, in short: an action's phrase, or how a text begins."""
    if isinstance(content, Approval):
        return action_phrase(content.action)
    pictured = "a picture" if content.evidence else "two answers"
    return brief(
        masked(" ".join((content.body or content.question or pictured).split())), ASKED_MAX
    )


def fits(queue: Queue, sort: Sort) -> bool:
    """Whether a queue asks anything among which these questions would not stand out."""
    asked: Sequence[str] = queue.kinds
    alike = ("label", "audit", "preference") if sort == "gold" else ("approval",)
    return bool(set(asked) & set(alike))
