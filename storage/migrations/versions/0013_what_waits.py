"""What waits, in the order of its opening: lists of it need not look at what is over.

Revision: 0013; follows: 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waits = sa.text("wake_at IS NOT NULL")
    op.create_index(
        "item_waiting_by_opening",
        "item",
        ["opened_at", "id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )


def downgrade() -> None:
    op.drop_index("item_waiting_by_opening", table_name="item")
