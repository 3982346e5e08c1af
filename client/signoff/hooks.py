"""The caller's own functions around a guarded one: what they are told, and what they may say."""

import inspect
import json
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

from signoff.errors import CheckFailed
from signoff.questions import Diff, Evidence, Link, Picture, Text
from signoff.steps import Flow, Ran, Run

Hook = Callable[..., Any]
SHOWN = (Text, Diff, Picture, Link)
TITLE = "Preview"


def call(what: str, hook: Hook, bound: inspect.BoundArguments) -> Flow[Any]:
    """What a hook says about a call.

    Raises:
        CheckFailed: it raised, or cannot be awaited here.
    """
    return (yield from tell(what, _told, hook, bound))


def tell(what: str, hook: Hook, *about: Any) -> Flow[Any]:
    """What a hook says when it is told this.

    Raises:
        CheckFailed: it raised, or cannot be awaited here.
    """
    ran: Ran = yield Run(lambda: hook(*about))
    if isinstance(ran.problem, Exception):
        problem = ran.problem
        raise CheckFailed(
            f"{what}= failed, so nothing ran: {type(problem).__name__}: {problem}"
        ) from problem
    value = ran.result()
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise CheckFailed(f"{what}= must be awaited, and the guarded function is not async.")
    return value


def _told(hook: Hook, bound: inspect.BoundArguments) -> Any:
    """Calls it with those arguments that it names; with all, in place, when it names others."""
    if (names := _names(hook)) is not None and names <= bound.arguments.keys():
        return hook(**{name: bound.arguments[name] for name in names})
    return hook(*bound.args, **bound.kwargs)


def _names(hook: Hook) -> set[str] | None:
    """The names of its parameters; None when it does not tell, or takes any."""
    try:
        parameters = inspect.signature(hook).parameters.values()
    except (TypeError, ValueError):
        return None
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if not all(one.kind in by_name for one in parameters):
        return None
    return {one.name for one in parameters}


def evidence_of(shown: Any) -> tuple[Evidence, ...]:
    """What a preview returned, as evidence for the card.

    Raises:
        CheckFailed: it is nothing that can be shown as it is.
    """
    if hasattr(shown, "as_evidence"):
        shown = shown.as_evidence()
    if shown is None:
        return ()
    if isinstance(shown, SHOWN):
        return (shown,)
    if isinstance(shown, str):
        return (Text(shown, TITLE),)
    if isinstance(shown, dict):
        return (Text(_pretty(shown), TITLE),)
    if isinstance(shown, Sequence):
        if shown and all(isinstance(one, SHOWN) for one in shown):
            return tuple(shown)
        return (Text("\n".join(map(_line, shown)) or "nothing", TITLE),)
    raise CheckFailed(
        f"preview= returned a {type(shown).__name__}, so nothing ran: return text, a list, a "
        "signoff.Diff or other evidence"
    )


def _line(one: Any) -> str:
    if isinstance(one, str | int | float | PurePath):
        return str(one)
    return _pretty(one, indent=None)


def _pretty(value: Any, indent: int | None = 2) -> str:
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False)
    except (TypeError, ValueError) as problem:
        raise CheckFailed(f"preview= returned what cannot be shown: {problem}") from problem
