"""Alembic's way in: runs the migrations on the connection that `storage.migrating` gives it."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  declares them

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter most columns in place
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
