"""Claims: who holds what, who skipped it, what people prefer; an index to pull by.

Revision: 0004; follows: 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OFFERED = sa.text("votes_wanted > claim_count")


def upgrade() -> None:
    for column, kind in (
        ("votes_wanted", sa.Integer),
        ("claim_count", sa.Integer),
        ("available_at", sa.BigInteger),
    ):
        op.add_column("item", sa.Column(column, kind(), nullable=False, server_default="0"))
    # One at a time until its next vote: nothing that waits today is handed out beyond its overlap.
    op.execute("UPDATE item SET votes_wanted = 1 WHERE wake_at IS NOT NULL AND settles_at IS NULL")
    op.create_index(
        "item_to_pull",
        "item",
        ["queue", "status", "urgency", "due_at", "id"],
        sqlite_where=OFFERED,
        postgresql_where=OFFERED,
    )
    op.create_index(
        "item_to_pull_anew",
        "item",
        ["queue", "status", "available_at"],
        sqlite_where=OFFERED,
        postgresql_where=OFFERED,
    )
    op.create_index("vote_of_person", "vote", ["person_id", "cast_at"])
    op.create_table(
        "claim",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id", "person_id"),
    )
    op.create_index("claim_of_person", "claim", ["person_id"])
    op.create_index("claim_to_return", "claim", ["until"])
    op.create_table(
        "skip",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("skipped_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id", "person_id"),
    )
    op.create_table(
        "bookmark",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgency", sa.Float(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "queue", "status"),
    )
    op.create_table(
        "reviewer",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("ping_by", sa.String(), nullable=True),
        sa.Column("quiet_from", sa.String(), nullable=True),
        sa.Column("quiet_until", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("break_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person_id"),
    )


def downgrade() -> None:
    for table in ("reviewer", "bookmark", "skip", "claim"):
        op.drop_table(table)
    op.drop_index("vote_of_person", "vote")
    op.drop_index("item_to_pull_anew", "item")
    op.drop_index("item_to_pull", "item")
    for column in ("available_at", "claim_count", "votes_wanted"):
        op.drop_column("item", column)
