"""Escalations under way, reminders to come, and who said that they are on it.

Revision: 0005; follows: 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("last_step_at", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index(
        "escalation_due",
        "escalation",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "reminder",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index("reminder_due", "reminder", ["due_at"])
    op.add_column("item", sa.Column("attended_by", sa.String(), nullable=True))
    op.add_column("item", sa.Column("attended_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("item", "attended_until")
    op.drop_column("item", "attended_by")
    op.drop_index("reminder_due", table_name="reminder")
    op.drop_table("reminder")
    op.drop_index("escalation_due", table_name="escalation")
    op.drop_table("escalation")
