"""The outbox: a notice is put into it in the very unit that it tells of, and sent once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.policies import Person, Queue
from storage import notices
from storage.unit import Unit

PLATFORMS = ("slack", "discord")
AFTER = "after"  # in a body: the key of the notice before it


def send(
    unit: Unit,
    *,
    key: str,
    template: str,
    platform: str,
    channel_ref: str,
    due_at: datetime,
    item_id: str | None = None,
    body: Mapping[str, Any] | None = None,
    thread_key: str | None = None,
    after_key: str | None = None,
) -> bool:
    """Puts a notice into the outbox; False when this occasion has had its notice.

    Args:
        unit: the transaction.
        key: names the occasion; unique for ever.
        template: names who writes it (see bot.flows.letters).
        platform: "slack" or "discord".
        channel_ref: a channel's id, or a person's account for a direct message.
        due_at: not before.
        item_id: what it is about; in the channel of the item's card it goes into its thread.
        body: what the letter is written from, besides the item.
        thread_key: of the notice below which this one goes, once that is sent.
        after_key: of the notice after which this one is read, and so is sent.
    """
    written = dict(body or {}) | ({AFTER: after_key} if after_key else {})
    unit.raised.add(platform)
    return notices.put(
        unit.connection,
        key=key,
        template=template,
        platform=platform,
        channel_ref=channel_ref,
        due_at=due_at,
        item_id=item_id,
        body=json.dumps(written, sort_keys=True) if written or body is not None else None,
        thread_key=thread_key,
    )


def send_to_channels(
    unit: Unit,
    queue: Queue,
    *,
    key: str,
    template: str,
    due_at: datetime,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Puts a notice for each of the queue's channels into the outbox."""
    for platform, channel_ref in queue.channels:
        send(
            unit,
            key=f"{key}:{platform}",
            template=template,
            platform=platform,
            channel_ref=channel_ref,
            due_at=due_at,
            body=body,
        )


def send_to_person(
    unit: Unit,
    person: Person,
    *,
    key: str,
    template: str,
    due_at: datetime,
    item_id: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> bool:
    """Puts a direct message into the outbox, on one of the person's platforms: Slack's first.

    False when they have no account, or this occasion has had its notice.
    """
    platform, account = address_of(person)
    return bool(account) and send(
        unit,
        key=key,
        template=template,
        platform=platform,
        channel_ref=account,
        due_at=due_at,
        item_id=item_id,
        body=body,
    )


def address_of(person: Person) -> tuple[str, str]:
    """The platform and the account to which a person's letters go; ("", "") when there is none."""
    found = ((each, getattr(person, each)) for each in PLATFORMS)
    return next(((platform, account) for platform, account in found if account), ("", ""))
