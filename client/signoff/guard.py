"""What is guarded, and how: one function's rules, and the action that a call of it would be."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signoff import hooks
from signoff.answers import Action, Item
from signoff.canonical import Encode, as_json
from signoff.hooks import Hook
from signoff.questions import Allow
from signoff.steps import Flow

if TYPE_CHECKING:
    from signoff.editing import Editing

RESOLVED = "(resolved)"  # no parameter can be called that
Stated = str | Hook | None  # a text, or what makes it of the arguments


@dataclass(frozen=True)
class Guard:
    """What `requires_approval` was told about one function."""

    function: Callable[..., Any]
    name: str
    queue: str
    when: Hook | None = None
    preview: Hook | None = None
    resolve: Hook | None = None
    target: Stated = None
    environment: Stated = None
    version: str | None = None
    reversible: bool | None = None
    within: timedelta | None = None
    reason: Stated = None
    requester: Stated = None
    key: Hook | None = None
    edit: bool = False
    respond: Callable[[str], Any] | None = None
    note: Callable[[Any], str] | None = None
    asked: Callable[[Item], object] | None = None
    encode: Encode | None = None

    @cached_property
    def signature(self) -> inspect.Signature:
        """How the function is called."""
        return inspect.signature(self.function)

    @cached_property
    def is_async(self) -> bool:
        """Whether calls are awaited."""
        return inspect.iscoroutinefunction(self.function) or inspect.iscoroutinefunction(
            getattr(self.function, "__call__", None)  # noqa: B004  an object whose call is async
        )

    @property
    def allow(self) -> list[Allow]:
        """What a reviewer may do besides yes and no."""
        wishes: dict[Allow, bool] = {"edit": self.edit, "respond": self.respond is not None}
        return [name for name, wished in wishes.items() if wished]

    @cached_property
    def editing(self) -> "Editing | None":
        """What turns edited JSON back into arguments; None where nothing may be edited."""
        if not self.edit:
            return None
        from signoff.editing import Editing  # noqa: PLC0415  loads pydantic

        return Editing(self.function, self.encode)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
        """Every argument of a call, defaults included.

        Raises:
            TypeError: the function cannot be called like that.
        """
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound

    def action_of(self, bound: inspect.BoundArguments) -> Flow[Action]:
        """The call as it would run now: read anew each time, from the very objects it would use.

        Raises:
            NotBindable: an argument has no canonical form; names it.
            CheckFailed: a hook failed.
        """
        resolved = None
        if self.resolve is not None:
            said = yield from hooks.call("resolve", self.resolve, bound)
            resolved = as_json(said, "that resolve= returned", self.encode)
        environment = yield from self.text_of("environment", bound)
        target = yield from self.text_of("target", bound)
        # Last, with nothing awaited and no hook called from here to the function itself.
        args = {name: as_json(value, name, self.encode) for name, value in bound.arguments.items()}
        return Action(
            name=self.name,
            args=args if self.resolve is None else args | {RESOLVED: resolved},
            version=self.version,
            environment=environment,
            target=target,
            reversible=self.reversible,
        )

    def text_of(self, what: str, bound: inspect.BoundArguments) -> Flow[str | None]:
        """One of the guard's texts for this call: as it was stated, or as its hook says it.

        Raises:
            CheckFailed: the hook failed.
        """
        stated: Stated = getattr(self, what)
        if stated is None or isinstance(stated, str):
            return stated
        said = yield from hooks.call(what, stated, bound)
        return None if said is None else str(said)
