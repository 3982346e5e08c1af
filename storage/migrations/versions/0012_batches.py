"""Batches: items that share one card.

Revision: 0012; follows: 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item", sa.Column("batch_id", sa.String(), nullable=True))
    op.add_column("item", sa.Column("batch_place", sa.Integer(), nullable=True))
    op.add_column("placed_card", sa.Column("batch_id", sa.String(), nullable=True))
    is_batch = sa.text("batch_id IS NOT NULL")
    op.create_index(
        "item_of_batch",
        "item",
        ["batch_id", "batch_place"],
        sqlite_where=is_batch,
        postgresql_where=is_batch,
    )
    op.create_index(
        "placed_card_of_batch",
        "placed_card",
        ["batch_id"],
        sqlite_where=is_batch,
        postgresql_where=is_batch,
    )


def downgrade() -> None:
    op.drop_index("placed_card_of_batch", table_name="placed_card")
    op.drop_index("item_of_batch", table_name="item")
    op.drop_column("placed_card", "batch_id")
    op.drop_column("item", "batch_place")
    op.drop_column("item", "batch_id")
