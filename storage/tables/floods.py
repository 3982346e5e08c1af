"""Programs that ask more than a channel can show."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import instant


class FloodRow(SQLModel, table=True):
    """One program's items in one queue that wait for a place in the channel."""

    __tablename__ = "flood"

    queue: str = Field(primary_key=True)
    producer: str = Field(primary_key=True)
    begun_at: datetime = instant()
