"""What is kept. Each room of tables has a module; queries use the tables by their names below."""

from sqlmodel import SQLModel

from storage.tables import (
    aap,
    audits,
    claims,
    digests,
    escalations,
    figures,
    floods,
    grants,
    items,
    keys,
    oncall,
    outgoing,
    webhooks,
)
from storage.tables.columns import EPOCH, MICROSECOND, Instant

__all__ = [
    "AAP_INSTANCE",
    "AAP_PROVISIONER",
    "AAP_REQUEST",
    "AAP_UPDATE",
    "ABSENCE",
    "ALARM",
    "API_KEY",
    "AUDIT",
    "AUDIT_STRATUM",
    "BOOKMARK",
    "CLAIM",
    "CORRECTION",
    "DIGEST",
    "EPOCH",
    "ESCALATION",
    "FEED",
    "FLOOD",
    "GOLD",
    "GRANT",
    "ITEM",
    "KNOWN_ANSWER",
    "LEDGER",
    "LOOK",
    "MICROSECOND",
    "NOTICE",
    "ON_CALL_CALENDAR",
    "OVERRIDE",
    "PAGE",
    "PAUSE",
    "PLACED_CARD",
    "PLANTED",
    "READING",
    "REMINDER",
    "REVIEWER",
    "SKIP",
    "SWAP",
    "TELLING",
    "UPLOAD",
    "VOTE",
    "WEBHOOK",
    "WEBHOOK_DELIVERY",
    "Instant",
    "aap",
    "audits",
    "claims",
    "digests",
    "escalations",
    "figures",
    "floods",
    "grants",
    "items",
    "keys",
    "oncall",
    "outgoing",
    "webhooks",
]

_TABLES = SQLModel.metadata.tables

ITEM = _TABLES["item"]
KNOWN_ANSWER = _TABLES["known_answer"]
VOTE = _TABLES["vote"]
READING = _TABLES["reading"]
LEDGER = _TABLES["ledger"]
PLACED_CARD = _TABLES["placed_card"]
NOTICE = _TABLES["notice"]
UPLOAD = _TABLES["upload"]
API_KEY = _TABLES["api_key"]
GRANT = _TABLES["grant"]
PAUSE = _TABLES["pause"]
AAP_PROVISIONER = _TABLES["aap_provisioner"]
AAP_INSTANCE = _TABLES["aap_instance"]
AAP_UPDATE = _TABLES["aap_update"]
AAP_REQUEST = _TABLES["aap_request"]
WEBHOOK = _TABLES["webhook"]
WEBHOOK_DELIVERY = _TABLES["webhook_delivery"]
TELLING = _TABLES["telling"]
CLAIM = _TABLES["claim"]
SKIP = _TABLES["skip"]
BOOKMARK = _TABLES["bookmark"]
REVIEWER = _TABLES["reviewer"]
AUDIT = _TABLES["audit"]
AUDIT_STRATUM = _TABLES["audit_stratum"]
CORRECTION = _TABLES["correction"]
GOLD = _TABLES["gold"]
PLANTED = _TABLES["planted"]
ESCALATION = _TABLES["escalation"]
REMINDER = _TABLES["reminder"]
OVERRIDE = _TABLES["on_call_override"]
SWAP = _TABLES["on_call_swap"]
ABSENCE = _TABLES["on_call_absence"]
ON_CALL_CALENDAR = _TABLES["on_call_calendar"]
FEED = _TABLES["on_call_feed"]
PAGE = _TABLES["on_call_page"]
LOOK = _TABLES["on_call_look"]
FLOOD = _TABLES["flood"]
DIGEST = _TABLES["digest"]
ALARM = _TABLES["alarm"]
