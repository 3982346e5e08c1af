"""How things look on the wire: JSON, short."""

import json
from typing import Any

Json = dict[str, Any]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode  # made once: quick


def dumps(value: object) -> str:
    """`value` as compact JSON text."""
    return _encode(value)
