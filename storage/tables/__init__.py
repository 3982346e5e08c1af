"""What is kept. Each room of tables has a module; queries use the tables by their names below."""

from sqlmodel import SQLModel

from storage.tables import aap, items, keys, outgoing
from storage.tables.columns import EPOCH, MICROSECOND, Instant

__all__ = [
    "AAP_INSTANCE", "AAP_PROVISIONER", "AAP_REQUEST", "AAP_UPDATE", "API_KEY", "EPOCH", "ITEM",
    "LEDGER", "MICROSECOND", "NOTICE", "PLACED_CARD", "READING", "UPLOAD", "VOTE", "Instant", "aap",
    "items", "keys", "outgoing",
]  # fmt: skip

_TABLES = SQLModel.metadata.tables

ITEM = _TABLES["item"]
VOTE = _TABLES["vote"]
READING = _TABLES["reading"]
LEDGER = _TABLES["ledger"]
PLACED_CARD = _TABLES["placed_card"]
NOTICE = _TABLES["notice"]
UPLOAD = _TABLES["upload"]
API_KEY = _TABLES["api_key"]
AAP_PROVISIONER = _TABLES["aap_provisioner"]
AAP_INSTANCE = _TABLES["aap_instance"]
AAP_UPDATE = _TABLES["aap_update"]
AAP_REQUEST = _TABLES["aap_request"]
