"""Signoff in the process of a test: the real server, and people who follow a script.

    with signoff.testing.server("agent-actions", reviewer=approve_all) as box:
        agent.run()
        assert [asked.action.name for asked in box.asked] == ["agent.delete"]

Needs the extra `signoff[testing]`, which brings the server along. No chat, no network beyond this
machine, nothing left behind.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from signoff.testing.scripts import (
    Answer,
    Asked,
    Reviewer,
    approve,
    approve_all,
    choose,
    edit,
    leave,
    reject,
    reject_all,
    respond,
    script,
)

if TYPE_CHECKING:
    from signoff.testing.box import Box, server

__all__ = [
    "Answer",
    "Asked",
    "Box",
    "Reviewer",
    "approve",
    "approve_all",
    "choose",
    "edit",
    "leave",
    "reject",
    "reject_all",
    "respond",
    "script",
    "server",
]


def __getattr__(name: str) -> Any:
    """What needs the server is looked for when it is used."""
    if name not in ("Box", "server"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module("signoff.testing.box"), name)
    except ModuleNotFoundError as problem:
        raise ModuleNotFoundError(
            f"signoff.testing needs the server ({problem.name} is missing): "
            "pip install 'signoff[testing]'"
        ) from problem
