"""What a reviewer may change: the arguments' JSON Schema, and the way back from JSON.

Loads pydantic, and only for functions that may be edited.
"""

import inspect
from collections.abc import Callable
from typing import Any, Unpack, get_args, get_origin, get_type_hints

from pydantic import PydanticUserError, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from signoff.canonical import Encode, as_json, dumps
from signoff.errors import Changed, Misconfigured, NotBindable


class Editing:
    """The parameters of one function, as far as JSON can stand for them."""

    def __init__(self, function: Callable[..., Any], encode: Encode | None) -> None:
        """Reads the type hints.

        Raises:
            Misconfigured: they name what is not there.
        """
        try:
            hints = get_type_hints(function, include_extras=True)
        except (NameError, TypeError) as problem:
            raise Misconfigured(f"edit= needs type hints that can be read: {problem}") from problem
        self._encode = encode
        parameters = inspect.signature(function).parameters
        self._kinds = {name: one.kind for name, one in parameters.items()}
        self._adapters = {
            name: adapter
            for name, one in parameters.items()
            if (adapter := _adapter(_type_of(one, hints.get(name, Any)))) is not None
        }

    def schema(self, bound: inspect.BoundArguments, args: dict[str, Any]) -> dict[str, Any]:
        """The JSON Schema of the arguments; what JSON cannot bring back may not be changed.

        Args:
            bound: the arguments.
            args: the same as JSON.
        """
        free = {
            name: self._adapters[name]
            for name, value in bound.arguments.items()
            if self._comes_back(name, args[name], value)
        }
        schemas, definitions = TypeAdapter.json_schemas(
            [(name, "validation", adapter) for name, adapter in free.items()]
        )
        properties: dict[str, Any] = {name: {"const": value} for name, value in args.items()}
        properties |= {name: schema for (name, _), schema in schemas.items()}
        return {
            "type": "object",
            "properties": properties,
            "required": list(args),
            "additionalProperties": False,
            **({"$defs": definitions["$defs"]} if "$defs" in definitions else {}),
        }

    def apply(
        self, bound: inspect.BoundArguments, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        """Sets the arguments that a reviewer changed; the others stay the very objects they were.

        Raises:
            Changed: what came back does not fit the function.
        """
        if before.keys() != after.keys():
            raise Changed("The edited arguments have other names than the function's. Nothing ran.")
        for name, value in after.items():
            if dumps(value) != dumps(before[name]):
                bound.arguments[name] = self._decoded(name, value)

    def _decoded(self, name: str, value: Any) -> Any:
        adapter = self._adapters.get(name)
        if adapter is None:
            raise Changed(f"The argument {name} may not be edited. Nothing ran.")
        try:
            decoded = adapter.validate_python(value)
            says = as_json(decoded, name, self._encode)
        except (ValidationError, NotBindable) as problem:
            why = f"The edited {name} does not fit the function, so nothing ran: {problem}"
            raise Changed(why) from problem
        if dumps(says) != dumps(value):
            raise Changed(f"The edited {name} would not arrive as it was approved. Nothing ran.")
        return tuple(decoded) if self._kinds[name] is inspect.Parameter.VAR_POSITIONAL else decoded

    def _comes_back(self, name: str, value: Any, original: Any) -> bool:
        """Whether JSON says all there is: there and back gives the same, of the same type."""
        try:
            decoded = self._decoded(name, value)
        except Changed:
            return False
        return _is_same(decoded, original)


def _is_same(one: Any, other: Any) -> bool:
    """Whether both are equal and of one type, so are all that they hold: "a" is no `Mode.A`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _type_of(parameter: inspect.Parameter, hint: Any) -> Any:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return list[hint]
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return get_args(hint)[0] if get_origin(hint) is Unpack else dict[str, hint]
    return hint


def _adapter(hint: Any) -> TypeAdapter[Any] | None:
    """A reader of this type; None when pydantic knows none."""
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(hint)
        adapter.json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError):
        return None
    return adapter
