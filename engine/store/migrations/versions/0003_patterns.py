"""Windows, signals and cooldowns: what is counted, episodes, and the feedback behind an alert."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger()
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("alert", sa.Column("key", sa.Text()))
    op.add_column("alert", sa.Column("started_at", MOMENT))
    op.add_column("alert", sa.Column("ended_at", MOMENT))
    op.create_index(op.f("ix_alert_rule_opened_at"), "alert", ["rule", "opened_at"])
    op.add_column("decision", sa.Column("found", sa.Text(), nullable=False, server_default="{}"))
    op.create_table(
        "counter",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
    )
    op.create_table(
        "counted",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("counter", sa.String(40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("sequence", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["counter"], ["counter.id"], name=op.f("fk_counted_counter_counter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted")),
    )
    op.create_index(op.f("ix_counted_counter_at"), "counted", ["counter", "at"])
    op.create_index(op.f("ix_counted_sequence"), "counted", ["sequence"])
    op.create_table(
        "episode",
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("started", BIG, nullable=False),
        sa.Column("below_since", BIG),
        sa.Column("ended", BIG),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_episode_alert_id_alert")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_episode")),
    )
    op.create_index(op.f("ix_episode_ended"), "episode", ["ended"])
    op.create_table(
        "alert_feedback",
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("sequence", KEY, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_feedback_alert_id_alert")),
        sa.ForeignKeyConstraint(["sequence"], ["feedback.sequence"], name=op.f("fk_alert_feedback_sequence_feedback")),
        sa.PrimaryKeyConstraint("alert_id", "sequence", name=op.f("pk_alert_feedback")),
    )
    op.create_index(op.f("ix_alert_feedback_sequence"), "alert_feedback", ["sequence"])
    op.create_table(
        "progress",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("moment", MOMENT, nullable=False),
        sa.Column("ticked", BIG),
        sa.Column("changes", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
    )


def downgrade() -> None:
    """Undo."""
    for name in ("progress", "alert_feedback", "episode", "counted", "counter"):
        op.drop_table(name)
    op.drop_column("decision", "found")
    op.drop_index(op.f("ix_alert_rule_opened_at"), "alert")
    for name in ("ended_at", "started_at", "key"):
        op.drop_column("alert", name)
