"""Keys that expire, rotate and vote; webhooks; items in the order of their opening.

Revision: 0003; follows: 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("api_key", sa.Column("person", sa.String(), nullable=True))
    op.add_column("api_key", sa.Column("rate", sa.Integer(), nullable=True))
    op.add_column("api_key", sa.Column("old_hash", sa.String(), nullable=True))
    op.add_column("api_key", sa.Column("old_until", sa.BigInteger(), nullable=True))
    op.create_index("api_key_old_hash", "api_key", ["old_hash"], unique=True)

    op.create_index("item_by_producer", "item", ["producer", "opened_at", "id"])
    op.create_index("item_by_opening", "item", ["opened_at", "id"])

    op.create_table(
        "webhook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("producer", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("old_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhook_of_producer", "webhook", ["producer"])

    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhook_delivery_of", "webhook_delivery", ["webhook_id", "seq"])
    op.create_index(
        "webhook_delivery_to_send",
        "webhook_delivery",
        ["due_at"],
        sqlite_where=sa.text("sent_at IS NULL AND gone_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND gone_at IS NULL"),
    )

    op.create_table(
        "telling",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("telling")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_index("item_by_opening", "item")
    op.drop_index("item_by_producer", "item")
    op.drop_index("api_key_old_hash", "api_key")
    for column in ("old_until", "old_hash", "rate", "person", "expires_at"):
        op.drop_column("api_key", column)
