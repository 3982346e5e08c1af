"""Grants: what approvals permit, edited actions, answers instead of an action, and the pause.

Revision: 0002; follows: 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ITEM_COLUMNS = ("action_digest", "edited_by", "edited_at", "submitted_args", "submitted_digest",
                "outcome_words", "paused")  # fmt: skip


def upgrade() -> None:
    """Adds them."""
    op.add_column("item", sa.Column("action_digest", sa.String(), nullable=True))
    op.add_column("item", sa.Column("edited_by", sa.String(), nullable=True))
    op.add_column("item", sa.Column("edited_at", sa.BigInteger(), nullable=True))
    op.add_column("item", sa.Column("submitted_args", sa.Text(), nullable=True))
    op.add_column("item", sa.Column("submitted_digest", sa.String(), nullable=True))
    op.add_column("item", sa.Column("outcome_words", sa.Text(), nullable=True))
    op.add_column(
        "item", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "item_paused",
        "item",
        ["id"],
        sqlite_where=sa.text("paused"),
        postgresql_where=sa.text("paused"),
    )
    op.create_table(
        "grant",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("action_digest", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.String(), nullable=True),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=True),
        sa.Column("redeemed_by", sa.String(), nullable=True),
        sa.Column("wake_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index(
        "grant_to_wake",
        "grant",
        ["wake_at"],
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "pause",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope"),
    )


def downgrade() -> None:
    """Takes them out."""
    op.drop_table("pause")
    op.drop_table("grant")
    op.drop_index("item_paused", "item")
    for column in ITEM_COLUMNS:
        op.drop_column("item", column)
