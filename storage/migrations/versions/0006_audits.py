"""Audits: items looked at again, corrections, questions with a known answer, sides of pairs.

Revision: 0006; follows: 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ITEM_COLUMNS = ("purpose", "posed_by", "about_id", "correction", "errand_at")
TABLES = ("planted", "gold", "correction", "audit", "audit_stratum")


def upgrade() -> None:
    op.add_column("item", sa.Column("purpose", sa.String(), nullable=True))
    op.add_column("item", sa.Column("posed_by", sa.String(), nullable=True))
    op.add_column("item", sa.Column("about_id", sa.String(), nullable=True))
    op.add_column("item", sa.Column("correction", sa.String(), nullable=True))
    op.add_column("item", sa.Column("errand_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "item_with_errand",
        "item",
        ["errand_at"],
        sqlite_where=sa.text("errand_at IS NOT NULL"),
        postgresql_where=sa.text("errand_at IS NOT NULL"),
    )
    op.add_column("vote", sa.Column("left", sa.String(), nullable=True))
    op.create_table(
        "audit_stratum",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("confidence_bin", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "week", "label", "confidence_bin"),
    )
    _create_audits()
    _create_gold()


def _create_audits() -> None:
    op.create_table(
        "audit",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("audited_id", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("confidence_bin", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("people", sa.String(), nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["audited_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index("audit_of_item", "audit", ["audited_id"])
    op.create_index(
        "audit_by_time",
        "audit",
        ["found_at"],
        sqlite_where=sa.text("found_at IS NOT NULL"),
        postgresql_where=sa.text("found_at IS NOT NULL"),
    )
    op.create_table(
        "correction",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("people", sa.String(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("audit_id", sa.String(), nullable=False),
        sa.Column("reopened_id", sa.String(), nullable=True),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["audit_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["reopened_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index("correction_by_time", "correction", ["found_at"])


def _create_gold() -> None:
    op.create_table(
        "gold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("posed_by", sa.String(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("used_count", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("gold_of_queue", "gold", ["queue", "digest"], unique=True)
    op.create_table(
        "planted",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("gold_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["gold_id"], ["gold.id"]),
        sa.PrimaryKeyConstraint("item_id"),
    )
    op.create_index("planted_of_gold", "planted", ["gold_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("vote", "left")
    op.drop_index("item_with_errand", "item")
    for column in ITEM_COLUMNS:
        op.drop_column("item", column)
