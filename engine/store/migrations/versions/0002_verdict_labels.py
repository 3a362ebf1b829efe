"""Verdicts carry the right labels, and a note."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.add_column("verdict", sa.Column("labels", sa.Text(), nullable=True))
    op.execute("ALTER TABLE verdict RENAME COLUMN detail TO note")


def downgrade() -> None:
    """Undo."""
    op.execute("ALTER TABLE verdict RENAME COLUMN note TO detail")
    op.drop_column("verdict", "labels")
