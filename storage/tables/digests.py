"""Digests that were made, so that none is made twice."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.tables.columns import Instant, instant


class DigestRow(SQLModel, table=True):
    """One queue's digest of one period."""

    __tablename__ = "digest"

    queue: str = Field(primary_key=True)
    until: datetime = Field(sa_column=Column(Instant, primary_key=True))
    made_at: datetime = instant()


class AlarmRow(SQLModel, table=True):
    """An alarm that was given, so that it is not given twice."""

    __tablename__ = "alarm"

    key: str = Field(primary_key=True)  # names the occasion
    given_at: datetime = instant()
