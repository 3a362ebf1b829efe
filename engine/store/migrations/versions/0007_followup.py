"""Follow-up and delivery: clocks, holders and priorities of alerts; people, problems, silences, gathered messages."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema_base import Moment

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNCLOSED = "closed_at IS NULL"
ALERT = (
    ("employee", sa.String(200), None),
    ("evidence", sa.Text(), "[]"),
    ("confidence", sa.Float(), "1"),
    ("priority", sa.Integer(), "0"),
    ("route", sa.Text(), ""),
    ("version", sa.Integer(), "1"),
    ("holder", sa.String(100), None),
    ("team", sa.String(100), None),
    ("in_attainment", sa.Boolean(), sa.text("true")),
    ("follow_up_due", Moment(), None),
    ("close_due", Moment(), None),
    ("followed_up_at", Moment(), None),
    ("resolved_at", Moment(), None),
    ("closed_at", Moment(), None),
    ("root_cause", sa.String(200), None),
    ("remedy", sa.String(200), None),
    ("verdict", sa.String(20), None),
    ("problem", sa.String(40), None),
    ("watch_at", Moment(), None),
)
NOTIFICATION = (
    ("kind", sa.String(20), "opened"),
    ("severity", sa.String(20), "medium"),
    ("recipient", sa.String(100), ""),
    ("address", sa.Text(), None),
    ("held_by", sa.String(60), None),
    ("carried_by", sa.String(60), None),
    ("gathers", sa.Text(), None),
)
# Priorities of alerts from before, by severity alone.
PRIORITY = "CASE severity WHEN 'critical' THEN 300 WHEN 'high' THEN 200 WHEN 'medium' THEN 100 ELSE 0 END + 49"
# What is critical is not held back, also of what waits from before.
SEVERITY = "(SELECT severity FROM alert WHERE alert.id = notification.alert_id)"
LATEST = "(SELECT verdict FROM verdict WHERE verdict.alert_id = alert.id ORDER BY verdict.id DESC LIMIT 1)"


def upgrade() -> None:
    """Apply."""
    bind = op.get_bind()
    for table, columns in (("alert", ALERT), ("notification", NOTIFICATION)):
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.add_column("alert_event", sa.Column("data", sa.Text(), nullable=False, server_default="{}"))
    _may_be_null(bind, "alert", "sequence", "INTEGER")
    _may_be_null(bind, "notification", "alert_id", "VARCHAR(40)")
    op.rename_table("attempt", "notification_attempt")
    _rename_constraints(bind, "notification_attempt", "attempt", "notification_attempt")
    _alert_indexes()
    op.create_index(op.f("ix_feedback_source_sequence"), "feedback", ["source", "sequence"])
    op.drop_index("ix_notification_state_due_at", table_name="notification")
    op.create_index(op.f("ix_notification_state_receiver_due_at"), "notification", ["state", "receiver", "due_at"])
    op.create_index(op.f("ix_notification_carried_by"), "notification", ["carried_by"])
    op.create_index(op.f("ix_notification_recipient_finished_at"), "notification", ["recipient", "finished_at"])
    _partial("ix_notification_gathers", "notification", ["gathers"], "gathers IS NOT NULL")
    _partial("ix_notification_held_by", "notification", ["held_by"], "held_by IS NOT NULL")
    op.execute(f"UPDATE alert SET priority = {PRIORITY}, verdict = {LATEST}, in_attainment = (kind <> 'review')")  # noqa: S608
    op.execute("UPDATE notification SET recipient = receiver")
    op.execute(f"UPDATE notification SET severity = {SEVERITY} WHERE state <> 'sent'")  # noqa: S608
    _default_clocks(bind)
    _delivery_tables()
    _followup_tables()


def downgrade() -> None:
    """Undo: what only this version knows is lost."""
    bind = op.get_bind()
    for name in (
        "problem_event",
        "problem",
        "thanked",
        "escalation",
        "attempt",
        "directory",
        "person",
        "expectation",
        "secret",
        "link_use",
        "silence",
        "receiver_state",
    ):
        op.drop_table(name)
    op.execute(
        "DELETE FROM notification_attempt WHERE notification_id IN (SELECT id FROM notification WHERE alert_id IS NULL)"
    )
    op.execute("DELETE FROM notification WHERE alert_id IS NULL")
    _forget_alerts_without_feedback()
    op.rename_table("notification_attempt", "attempt")
    _rename_constraints(bind, "attempt", "notification_attempt", "attempt")
    for name in ("held_by", "gathers", "recipient_finished_at", "carried_by"):
        op.drop_index(f"ix_notification_{name}", table_name="notification")
    op.drop_index("ix_notification_state_receiver_due_at", table_name="notification")
    op.create_index(op.f("ix_notification_state_due_at"), "notification", ["state", "due_at"])
    op.drop_index("ix_feedback_source_sequence", table_name="feedback")
    for name in ("watch_at", "holder_queue", "queue", "problem", "customer_opened_at"):
        op.drop_index(f"ix_alert_{name}", table_name="alert")
    _may_not_be_null(bind, "alert", "sequence", "INTEGER")
    _may_not_be_null(bind, "notification", "alert_id", "VARCHAR(40)")
    op.drop_column("alert_event", "data")
    for table, columns in (("notification", NOTIFICATION), ("alert", ALERT)):
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)


def _forget_alerts_without_feedback() -> None:
    """Delete what the service raised about itself before there was feedback; the older schema cannot hold it."""
    theirs = "SELECT id FROM alert WHERE sequence IS NULL"
    of_theirs = f"SELECT id FROM notification WHERE alert_id IN ({theirs})"  # noqa: S608
    op.execute(f"DELETE FROM notification_attempt WHERE notification_id IN ({of_theirs})")  # noqa: S608
    for name in ("notification", "alert_event", "verdict", "alert_feedback", "episode"):
        op.execute(f"DELETE FROM {name} WHERE alert_id IN ({theirs})")  # noqa: S608
    op.execute("DELETE FROM alert WHERE sequence IS NULL")


def _alert_indexes() -> None:
    op.create_index(op.f("ix_alert_customer_opened_at"), "alert", ["customer", "opened_at"])
    op.create_index(op.f("ix_alert_problem"), "alert", ["problem"])
    first = sa.text("priority DESC")
    _partial("ix_alert_queue", "alert", [first, "opened_at", "id"], UNCLOSED)
    _partial("ix_alert_holder_queue", "alert", ["holder", first, "opened_at"], UNCLOSED)
    _partial("ix_alert_watch_at", "alert", ["watch_at"], "watch_at IS NOT NULL")


def _partial(name: str, table: str, columns: list[str | sa.TextClause], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _may_be_null(bind: sa.Connection, table: str, column: str, kind: str) -> None:
    if bind.dialect.name == "sqlite":
        _rewrite(bind, table, f"{column} {kind} NOT NULL", f"{column} {kind}")
    else:
        op.alter_column(table, column, nullable=True)


def _may_not_be_null(bind: sa.Connection, table: str, column: str, kind: str) -> None:
    if bind.dialect.name == "sqlite":
        _rewrite(bind, table, f"{column} {kind}", f"{column} {kind} NOT NULL")
    else:
        op.alter_column(table, column, nullable=False)


def _rewrite(bind: sa.Connection, table: str, before: str, after: str) -> None:
    """Change a constraint that the rows on disk do not show, as https://sqlite.org/lang_altertable.html says.

    To copy the table instead would need foreign keys to be off, which no transaction can do.
    """
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = bind.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?", (before, after, table)
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"the table {table} is not there")
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")


def _rename_constraints(bind: sa.Connection, table: str, before: str, after: str) -> None:
    if bind.dialect.name == "postgresql":
        for old, new in (
            (f"pk_{before}", f"pk_{after}"),
            (f"fk_{before}_notification_id", f"fk_{after}_notification_id"),
        ):
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")


def _default_clocks(bind: sa.Connection) -> None:
    """Give alerts from before the default targets: 24 hours and four days."""
    day, four = ("1 day", "4 days")
    if bind.dialect.name == "sqlite":
        later = "strftime('%Y-%m-%d %H:%M:%f000', opened_at, '+{}')"
    else:
        later = "opened_at + interval '{}'"
    op.execute(
        f"UPDATE alert SET follow_up_due = {later.format(day)}, close_due = {later.format(four)} "  # noqa: S608
        "WHERE in_attainment"
    )


def _delivery_tables() -> None:
    op.create_table(
        "receiver_state",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", Moment()),
        sa.Column("last_sent_at", Moment()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_receiver_state")),
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("matching", sa.Text(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("noticed_at", Moment()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index(op.f("ix_silence_ends_at"), "silence", ["ends_at"])
    op.create_table(
        "link_use",
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("link", "action", name=op.f("pk_link_use")),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "expectation",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("alert_id", sa.String(40)),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_expectation_alert_id")),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_expectation")),
    )


def _followup_tables() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("manager", sa.String(100)),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("leads", sa.Text(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("calendar", sa.String(100)),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "directory",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory")),
    )
    op.execute("INSERT INTO directory (id, revision) VALUES (1, 0)")
    op.create_table(
        "attempt",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("remedy", sa.String(200)),
        sa.Column("root_cause", sa.String(200)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_attempt_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_alert_id"), "attempt", ["alert_id"])
    op.create_table(
        "escalation",
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("clock", sa.String(20), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_escalation_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "clock", "step", name=op.f("pk_escalation")),
    )
    op.create_table(
        "thanked",
        sa.Column("alert_id", sa.String(40), nullable=False),
        sa.Column("customer", sa.String(200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_thanked_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_thanked")),
    )
    op.create_index(op.f("ix_thanked_customer_at"), "thanked", ["customer", "at"])
    _problem_tables()


def _problem_tables() -> None:
    op.create_table(
        "problem",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(200)),
        sa.Column("unit", sa.String(800)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("holder", sa.String(100)),
        sa.Column("due_at", Moment()),
        sa.Column("inhibits", sa.Text()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("solved_at", Moment()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    op.create_index(op.f("ix_problem_state"), "problem", ["state"])
    op.create_table(
        "problem_event",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("problem_id", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, server_default="{}"),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_problem_event_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_event")),
    )
    op.create_index(op.f("ix_problem_event_problem_id"), "problem_event", ["problem_id"])
