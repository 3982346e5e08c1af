"""Rolling upgrades: whoever still runs when the schema changes stops, and says why.

An old process on a new schema may write what the new version misreads. A server is started anew by
whatever watches over it, and then refuses to start until it is the new version.
"""

import asyncio
import contextlib

from bot.errors import BusyError, SignoffError
from bot.flows import watching
from handlers.app import House

LOOK_EVERY = 30.0  # seconds


async def stop_on_another_schema(house: House, *, every: float = LOOK_EVERY) -> None:
    """Looks at the schema's revision until it is cancelled.

    Raises:
        SignoffError: somebody has migrated the database since this began.
    """
    known: str | None = None
    while True:
        with contextlib.suppress(BusyError):
            found = await house.see(watching.revision)
            known = known or found
            if found != known:
                raise SignoffError(
                    "The database has been migrated by another version of Signoff, so this one "
                    "stops. Start the version that did it."
                )
        await asyncio.sleep(every)
