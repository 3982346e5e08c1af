"""How columns are kept. Instants: aware UTC outside, microseconds since 1970 in the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored exactly and alike in both databases; a naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Microseconds since 1970."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """An aware UTC instant."""
        return None if value is None else EPOCH + value * MICROSECOND


def instant(*, nullable: bool = False) -> Any:
    """A field for an aware instant."""
    return Field(sa_column=Column(Instant, nullable=nullable))


def text_column(*, nullable: bool = False) -> Any:
    """A field for a text of any length."""
    return Field(sa_column=Column(Text, nullable=nullable))
