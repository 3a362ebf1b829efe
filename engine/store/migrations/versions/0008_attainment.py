"""An index that has all that attainment counts, in the order alerts were opened."""

from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = (
    *("opened_at", "in_attainment", "verdict", "follow_up_due", "followed_up_at", "close_due", "resolved_at"),
    *("severity", "rule", "team", "holder", "sequence"),
)


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_alert_attainment", "alert", list(COLUMNS))


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_alert_attainment", "alert")
