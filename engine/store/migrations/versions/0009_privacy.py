"""What was taken out of records, who may see it and who did, and what was erased."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema_base import BigKey, Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    op.add_column("feedback", sa.Column("sealed", sa.LargeBinary))
    op.add_column("feedback", sa.Column("erased_at", Moment))
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.add_column(
        "api_key",
        sa.Column("see_private", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("erasing", sa.String(20), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("requested_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("progress", sa.Text, nullable=False, server_default="{}"),
        sa.Column("receipt", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_index("ix_erasure_finished_at", "erasure", ["finished_at"])
    op.create_table(
        "export",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
    )
    op.add_column("progress", sa.Column("erased", BigKey, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "private_view",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("feedback_id", sa.String(200), nullable=False),
        sa.Column("why", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_private_view_source_feedback_id", "private_view", ["source", "feedback_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("private_view")
    op.drop_column("progress", "erased")
    op.drop_table("export")
    op.drop_table("erasure")
    op.drop_column("api_key", "see_private")
    op.drop_index("ix_feedback_received_at", "feedback")
    op.drop_column("feedback", "erased_at")
    op.drop_column("feedback", "sealed")
