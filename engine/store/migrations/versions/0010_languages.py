"""How sure a reading's language is, and the languages of its sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.add_column("reading", sa.Column("language_confidence", sa.Float))
    op.add_column("reading", sa.Column("languages", sa.Text))


def downgrade() -> None:
    """Undo."""
    op.drop_column("reading", "languages")
    op.drop_column("reading", "language_confidence")
