"""The Agent Approval Protocol: who may ask through it, what was asked, and whom to wake."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class AapProvisionerRow(SQLModel, table=True):
    """A token that makes instances, all of one queue."""

    __tablename__ = "aap_provisioner"

    name: str = Field(primary_key=True)
    prefix: str
    hash: str = Field(unique=True)  # SHA-256 of the token
    queue: str
    owners: str = text_column()  # JSON list of person ids, of every instance that it makes
    credential_days: int | None = None  # how long its instances' credentials live; NULL: no end
    created_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    last_used_at: datetime | None = instant(nullable=True)
    revoked_at: datetime | None = instant(nullable=True)


class AapInstanceRow(SQLModel, table=True):
    """One running agent: its credential, and where it wants to be woken."""

    __tablename__ = "aap_instance"
    __table_args__ = (UniqueConstraint("provisioner", "key"),)

    id: str = Field(primary_key=True)  # a UUID
    name: str
    provisioner: str | None = Field(default=None, foreign_key="aap_provisioner.name")
    queue: str
    owners: str = text_column()  # JSON list of person ids
    key: str | None = None  # the provisioner's idempotency key
    submitted: str | None = None  # digest of what came with that key
    created_as: str | None = text_column(nullable=True)  # the answer's `instance`
    prefix: str
    hash: str = Field(unique=True)  # SHA-256 of the credential
    salt: str  # with the provisioner's token it makes the credential anew, for a lost answer
    url: str | None = text_column(nullable=True)  # of the receiver; NULL: nobody is woken
    registration_id: str | None = None
    signing_secret: str | None = None
    created_at: datetime = instant()
    expires_at: datetime | None = instant(nullable=True)
    last_used_at: datetime | None = instant(nullable=True)
    deleted_at: datetime | None = instant(nullable=True)


class AapUpdateRow(SQLModel, table=True):
    """An update of an instance that was made, so that its repetition changes nothing."""

    __tablename__ = "aap_update"

    instance_id: str = Field(primary_key=True, foreign_key="aap_instance.id")
    key: str = Field(primary_key=True)
    submitted: str
    answer: str = text_column()  # JSON
    made_at: datetime = instant()


class AapRequestRow(SQLModel, table=True):
    """A request, the item that it became, and the event that tells its instance of the outcome."""

    __tablename__ = "aap_request"
    __table_args__ = (
        Index("aap_request_of_instance", "instance_id"),
        Index("aap_event_to_send", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)  # a UUID
    item_id: str = Field(foreign_key="item.id", unique=True)
    instance_id: str = Field(foreign_key="aap_instance.id")
    submitted: str = text_column()  # JSON, as it came
    digest: str  # of that; tells the same submission from another one
    event_id: str | None = None  # a UUID; NULL until there is an outcome to tell
    decided_at: datetime | None = instant(nullable=True)
    due_at: datetime | None = instant(nullable=True)  # NULL: nothing to tell, or no more
    claimed_until: datetime | None = instant(nullable=True)
    tries: int = 0
    told_at: datetime | None = instant(nullable=True)
    gone: str | None = text_column(nullable=True)  # why it was given up
