"""Digests, alarms, and when an item had its first vote.

Revision: 0007; follows: 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "until"),
    )
    op.create_table(
        "alarm",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.add_column("item", sa.Column("first_vote_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("item", "first_vote_at")
    op.drop_table("alarm")
    op.drop_table("digest")
