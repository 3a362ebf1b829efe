"""Published receivers and routes: every version of each, counted with the changes of rules."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema_base import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "setting_version",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("document.sha256"), nullable=False),
        sa.Column("managed", sa.Boolean, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_setting_version_revision", "setting_version", ["revision"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("setting_version")
