"""Counters that no rule looks at any more: up to which commit they are complete; and what changed an episode last."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.add_column("counter", sa.Column("through", KEY))
    op.add_column("episode", sa.Column("changed", KEY, nullable=False, server_default="0"))
    op.create_index(op.f("ix_episode_changed"), "episode", ["changed"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_episode_changed"), "episode")
    op.drop_column("episode", "changed")
    op.drop_column("counter", "through")
