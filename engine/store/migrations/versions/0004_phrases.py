"""Phrases that rules ask about, as each model reads them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "phrase",
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "text", name=op.f("pk_phrase")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("phrase")
