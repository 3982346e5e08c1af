"""`requires_approval`: three lines in an agent, and its dangerous calls wait for people."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from functools import cache, wraps
from typing import Any, TypeVar

from signoff.access import Access
from signoff.answers import Item
from signoff.canonical import Encode
from signoff.client import Signoff, SignoffSync
from signoff.errors import Misconfigured
from signoff.guard import Guard, Stated
from signoff.guarding import guarded
from signoff.hooks import Hook

F = TypeVar("F", bound=Callable[..., Any])
Client = Signoff | SignoffSync


def requires_approval(
    *,
    queue: str,
    when: Hook | None = None,
    preview: Hook | None = None,
    resolve: Hook | None = None,
    target: Stated = None,
    environment: Stated = None,
    version: str | None = None,
    reversible: bool | None = None,
    within: timedelta | None = None,
    reason: Stated = None,
    requester: Stated = None,
    name: str | None = None,
    key: Hook | None = None,
    edit: bool = False,
    respond: Callable[[str], Any] | None = None,
    note: Callable[[Any], str] | None = None,
    asked: Callable[[Item], object] | None = None,
    encode: Encode | None = None,
    client: Client | None = None,
) -> Callable[[F], F]:
    """Lets a function or method run only after people said yes to this very call.

    Every argument, defaults included, is bound to the approval as canonical JSON. The arguments
    are read again right before the call: what has changed since it was asked for does not run
    (`Changed`). Hooks are told those of the function's arguments that they name, or all in place.

    Args:
        queue: where it is asked.
        when: false for a call: it runs at once, without asking.
        preview: runs before asking; what it returns (text, a list, a `Diff`) is shown on the card.
        resolve: what the arguments lead to (a real path, a commit behind "latest"): bound too, and
            looked up again right before the call.
        target: what it acts on; shown and bound.
        environment: where it acts; shown and bound.
        version: of the function; bound.
        reversible: whether it can be undone; shown.
        within: how long people have; None: as long as the queue's policy says.
        reason: the agent's own words, shown as unverified.
        requester: who or what wants it; a person named here never judges it.
        name: of the function, shown and bound; None: its module and qualified name.
        key: makes the stable key of a call; None: see `keyed` and `run`, else each call is new.
        edit: whether reviewers who may can change arguments; the changed ones are what runs.
        respond: whether people may answer instead; makes their text the call's result.
        note: makes a few words for the card out of the result.
        asked: is told the item as soon as people are asked; a place to tell the user who waits.
        encode: type -> what stands for its objects, where they have no canonical form.
        client: whom to ask; None: one from SIGNOFF_URL and SIGNOFF_API_KEY.

    Raises:
        TypeError: what is decorated is no function, or is a generator.
    """

    def decorate(function: F) -> F:
        guard = Guard(
            function=function,
            name=name or _name_of(function),
            queue=queue,
            when=when,
            preview=preview,
            resolve=resolve,
            target=target,
            environment=environment,
            version=version,
            reversible=reversible,
            within=within,
            reason=reason,
            requester=requester,
            key=key,
            edit=edit,
            respond=respond,
            note=note,
            asked=asked,
            encode=encode,
        )
        _admit(guard)
        return _awaiting(guard, client) if guard.is_async else _blocking(guard, client)  # type: ignore[return-value]  # the same signature, by `wraps`

    return decorate


def _awaiting(guard: Guard, client: Client | None) -> Callable[..., Any]:
    @wraps(guard.function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        found = client or default_client()
        found = found.twin if isinstance(found, SignoffSync) else found
        return (await found.run(guarded(guard, args, kwargs))).result()

    return wrapper


def _blocking(guard: Guard, client: Client | None) -> Callable[..., Any]:
    @wraps(guard.function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        found = client or default_client()
        found = found.twin if isinstance(found, Signoff) else found
        return found.run(guarded(guard, args, kwargs)).result()

    return wrapper


def default_client() -> Signoff:
    """The client that the environment describes; one for as long as it says the same."""
    return _client_at(Access.read(None, None, None))


@cache
def _client_at(access: Access) -> Signoff:
    return Signoff(access.url, access.api_key)


def _name_of(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", None)
    own = getattr(function, "__qualname__", None)
    if own is None:
        raise Misconfigured(f"{function!r} has no name of its own: pass name=")
    return f"{module}.{own}" if module else str(own)


def _admit(guard: Guard) -> None:
    function = guard.function
    if isinstance(function, staticmethod | classmethod | property):
        kind = type(function).__name__
        raise TypeError(f"Put @requires_approval below @{kind}, next to the function.")
    if isinstance(function, type) or not callable(function):
        raise TypeError(f"requires_approval guards functions and methods, not {function!r}.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{guard.name} is a generator, which runs in pieces while others look on: guard a "
            "function that does the dangerous part in one call."
        )
