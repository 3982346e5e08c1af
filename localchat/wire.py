"""How things look on the wire: JSON, short."""

import json
from typing import Any

Json = dict[str, Any]


def dumps(value: object) -> str:
    """`value` as compact JSON text."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
