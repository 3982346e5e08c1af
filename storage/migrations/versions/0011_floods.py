"""Floods: items that wait for a place in the channel.

Revision: 0011; follows: 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flood",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "producer"),
    )
    op.add_column(
        "item", sa.Column("waits_for_card", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "item_of_producer",
        "item",
        ["queue", "producer", "waits_for_card", "urgency", "opened_at"],
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("item_of_producer", table_name="item")
    op.drop_column("item", "waits_for_card")
    op.drop_table("flood")
