"""Stable keys: the same call after a crash finds the answer that it was given before.

Without a key every call is a question of its own. With one, the call that is made again (the same
run, the same tool call) gets the stored answer, never a second card, and what ran is not run again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import uuid4

KEY_MAX = 200  # characters; Signoff's limit


@dataclass(slots=True)
class _Run:
    """One run of an agent, and how often it has asked for the same thing."""

    run_id: str
    asked: Counter[str] = field(default_factory=Counter)


_run: ContextVar[_Run | None] = ContextVar("signoff_run", default=None)
_key: ContextVar[str | None] = ContextVar("signoff_key", default=None)


def stable_key(run_id: str, call_id: str) -> str:
    """One key for one tool call of one run. Other pairs give other keys, whatever they hold."""
    key = f"{quote(run_id, safe='')}:{quote(call_id, safe='')}"
    if len(key) > KEY_MAX:
        return "sha256:" + hashlib.sha256(key.encode()).hexdigest()
    return key


def fresh_key() -> str:
    """A key that nobody has used."""
    return uuid4().hex


@contextmanager
def run(run_id: str) -> Iterator[None]:
    """Gives every guarded call inside a stable key, from the run and from what is called.

    The same call twice in one run is two questions: the first and the second. A run that starts
    again under its id after a crash finds the answers to both.
    """
    token = _run.set(_Run(run_id))
    try:
        yield
    finally:
        _run.reset(token)


@contextmanager
def keyed(key: str) -> Iterator[None]:
    """Gives the one guarded call inside a key that is made elsewhere, as by `stable_key`."""
    token = _key.set(key)
    try:
        yield
    finally:
        _key.reset(token)


def key_for(action_digest: str) -> str:
    """The key of a guarded call that states none itself."""
    if stated := _key.get():
        return stated
    if current := _run.get():
        current.asked[action_digest] += 1
        return stable_key(current.run_id, f"{action_digest}.{current.asked[action_digest]}")
    return fresh_key()
