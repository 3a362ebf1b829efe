"""First light: feedback, readings, decisions, alerts, notifications, keys and versions."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema import BigKey, Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=800), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_key_sha256")),
    )
    op.create_table(
        "feedback",
        sa.Column("sequence", BigKey, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("occurred_at", Moment(), nullable=False),
        sa.Column("unit", sa.String(length=800), nullable=True),
        sa.Column("channel", sa.String(length=100), nullable=True),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_feedback")),
        sa.UniqueConstraint("source", "id", "revision", name=op.f("uq_feedback_source_id_revision")),
    )
    op.create_index(op.f("ix_feedback_customer"), "feedback", ["customer"], unique=False)
    op.create_index(op.f("ix_feedback_occurred_at"), "feedback", ["occurred_at"], unique=False)
    op.create_index(op.f("ix_feedback_unread_sequence"), "feedback", ["unread", "sequence"], unique=False)
    op.create_table(
        "ruleset",
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("taxonomy", sa.String(length=40), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_ruleset")),
    )
    op.create_table(
        "taxonomy",
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_taxonomy")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("rule_version", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("feedback_id", sa.String(length=200), nullable=False),
        sa.Column("sequence", BigKey, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("unit", sa.String(length=800), nullable=True),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["feedback.sequence"], name=op.f("fk_alert_sequence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_alert_fingerprint")),
    )
    op.create_index(op.f("ix_alert_opened_at_id"), "alert", ["opened_at", "id"], unique=False)
    op.create_index(op.f("ix_alert_sequence"), "alert", ["sequence"], unique=False)
    op.create_index(op.f("ix_alert_source_feedback_id"), "alert", ["source", "feedback_id"], unique=False)
    op.create_table(
        "reading",
        sa.Column("sequence", BigKey, autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("taxonomy", sa.String(length=40), nullable=False),
        sa.Column("n_sentences", sa.Integer(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("spans", sa.LargeBinary(), nullable=False),
        sa.Column("confidence", sa.LargeBinary(), nullable=False),
        sa.Column("standing", sa.LargeBinary(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["feedback.sequence"], name=op.f("fk_reading_sequence")),
        sa.PrimaryKeyConstraint("sequence", "ordinal", name=op.f("pk_reading")),
    )
    op.create_table(
        "reading_label",
        sa.Column("sequence", BigKey, autoincrement=False, nullable=False),
        sa.Column("task", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["feedback.sequence"], name=op.f("fk_reading_label_sequence")),
        sa.PrimaryKeyConstraint("sequence", "task", "label", name=op.f("pk_reading_label")),
    )
    op.create_index(
        op.f("ix_reading_label_task_label_sequence"), "reading_label", ["task", "label", "sequence"], unique=False
    )
    op.create_table(
        "alert_event",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
    )
    op.create_index(op.f("ix_alert_event_alert_id"), "alert_event", ["alert_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("sequence", BigKey, autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("ruleset", sa.String(length=40), nullable=False),
        sa.Column("held_back", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ruleset"], ["ruleset.version"], name=op.f("fk_decision_ruleset")),
        sa.ForeignKeyConstraint(
            ["sequence", "ordinal"], ["reading.sequence", "reading.ordinal"], name=op.f("fk_decision_sequence_ordinal")
        ),
        sa.PrimaryKeyConstraint("sequence", "ordinal", name=op.f("pk_decision")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("receiver", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("held_reason", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_notification_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(op.f("ix_notification_alert_id"), "notification", ["alert_id"], unique=False)
    op.create_index(op.f("ix_notification_state_due_at"), "notification", ["state", "due_at"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_verdict_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_alert_id"), "verdict", ["alert_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("notification_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"], name=op.f("fk_attempt_notification_id")),
        sa.PrimaryKeyConstraint("notification_id", "number", name=op.f("pk_attempt")),
    )
