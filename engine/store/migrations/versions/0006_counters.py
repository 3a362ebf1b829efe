"""Counters that no rule looks at any more: up to which commit they are complete."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.add_column("counter", sa.Column("through", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))


def downgrade() -> None:
    """Undo."""
    op.drop_column("counter", "through")
