"""The demo's own folder: its database, its keys and its logs, kept from one run to the next."""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sqlalchemy import delete, select, update

import config
from bot.errors import SignoffError
from bot.flows.keeping import add_key, authenticate
from handlers.app import read_clock
from storage.engine import open_engine
from storage.migrating import migrate
from storage.tables import ITEM, NOTICE, PLACED_CARD, UPLOAD
from storage.unit import Memory, Unit

PRODUCERS = ("agent", "digits", "moderation")
CAN = ("submit", "read", "redeem")
PRIVATE = 0o600


class Scratch:
    """The folder, held by one demo at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        self.rules = Path(config.__path__[0]) / "demo"
        self.database_url = f"sqlite:///{self.folder / 'signoff.db'}"
        self.keys: dict[str, str] = {}
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise SignoffError(
                f"A demo is running in {self.folder} already. Stop it, or choose another "
                "place with --folder."
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock:
            self._lock.close()

    def prepare(self) -> None:
        """Makes the database ready, and the keys of the programs that ask."""
        migrate(self.database_url)
        memory = Memory(open_engine(self.database_url))
        try:
            memory.write(_post_again).result()
            self.keys = {name: self._key(memory, name) for name in PRODUCERS}
        finally:
            memory.close()

    def _key(self, memory: Memory, name: str) -> str:
        """The key kept from the last run, if it still opens the door; else a new one."""
        path, now = self.folder / f"{name}.key", read_clock()
        if path.exists():
            kept: str = json.loads(path.read_text())["key"]
            known = memory.read(authenticate, kept, now).result()
            if known and known.scopes.issuperset(CAN):
                return kept
        unique = f"{name}-{now:%Y%m%d%H%M%S}" if path.exists() else name
        key = memory.write(add_key, unique, CAN, (), now).result()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w") as file:
            json.dump({"name": unique, "key": key}, file)
        return key


def _post_again(unit: Unit) -> None:
    """Wants the cards of open items posted anew: the simulated Slack has forgotten its messages."""
    still_open = select(ITEM.c.id).where(ITEM.c.outcome_rule.is_(None))
    unit.connection.execute(
        update(PLACED_CARD)
        .where(PLACED_CARD.c.item_id.in_(still_open))
        .values(message_ref=None, shown=0, claim=None, claimed_until=None, gone=None, tries=0)
    )
    unit.connection.execute(
        update(PLACED_CARD)
        .where(PLACED_CARD.c.item_id.not_in(still_open))
        .values(gone="the chat of an earlier demo")
    )
    unit.connection.execute(
        update(NOTICE).where(NOTICE.c.sent_at.is_(None)).values(gone="the chat of an earlier demo")
    )
    unit.connection.execute(delete(UPLOAD))
