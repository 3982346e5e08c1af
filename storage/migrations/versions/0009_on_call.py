"""On call: overrides, swaps, absences, copies of calendars, feeds and pages.

Revision: 0009; follows: 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("on_call_look", "on_call_page", "on_call_feed", "on_call_calendar", "on_call_absence",
          "on_call_override", "on_call_swap")  # fmt: skip


def upgrade() -> None:
    """Adds them."""
    op.create_table(
        "on_call_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("first_start", sa.BigInteger(), nullable=False),
        sa.Column("first_end", sa.BigInteger(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("second_start", sa.BigInteger(), nullable=False),
        sa.Column("second_end", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("on_call_swap_of", "on_call_swap", ["schedule", "first_id", "second_id"])
    op.create_table(
        "on_call_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("swap_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["swap_id"], ["on_call_swap.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("on_call_override_by_end", "on_call_override", ["end_at"])
    op.create_table(
        "on_call_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("on_call_absence_by_end", "on_call_absence", ["end_at"])
    op.create_table(
        "on_call_calendar",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("bookings", sa.Text(), nullable=False),
        sa.Column("got_at", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("schedule", "source"),
    )
    op.create_table(
        "on_call_feed",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "on_call_page",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("pager", sa.String(), nullable=False),
        sa.Column("paged_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id", "pager"),
    )
    op.create_table(
        "on_call_look",
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("work"),
    )


def downgrade() -> None:
    """Takes them out."""
    for table in TABLES:
        op.drop_table(table)
