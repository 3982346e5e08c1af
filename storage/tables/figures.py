"""What figures need beside the items and their votes."""

from sqlmodel import Field, SQLModel


class KnownAnswerRow(SQLModel, table=True):
    """The true answer of an item, known from elsewhere: it judges the reviewers, never the item."""

    __tablename__ = "known_answer"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    choice: str
