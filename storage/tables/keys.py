"""Producers' keys."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class ApiKeyRow(SQLModel, table=True):
    """A producer's key; the key itself is shown once and never kept."""

    __tablename__ = "api_key"

    name: str = Field(primary_key=True)
    prefix: str
    hash: str = Field(unique=True)  # SHA-256 of the key
    scopes: str  # words, a comma between
    owners: str = text_column()  # JSON list of person ids
    created_at: datetime = instant()
    last_used_at: datetime | None = instant(nullable=True)
    revoked_at: datetime | None = instant(nullable=True)
