"""What reads answers. Loaded by the first one, since pydantic takes its time."""

from pydantic import TypeAdapter, ValidationError

from signoff.answers import Item

ITEM: TypeAdapter[Item] = TypeAdapter(Item)

__all__ = ["ITEM", "ValidationError"]
