"""Figures.

Revision: 0010; follows: 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_answer",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.add_column("vote", sa.Column("seconds", sa.Float(), nullable=True))
    op.create_index("item_settled", "item", ["queue", "decided_at"])


def downgrade() -> None:
    op.drop_index("item_settled", "item")
    op.drop_column("vote", "seconds")
    op.drop_table("known_answer")
