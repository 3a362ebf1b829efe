"""People who sign in, their sessions, links and wrong guesses, and who changed what."""

import sqlalchemy as sa
from alembic import op

from engine.store.schema_base import BigKey, Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(800)),
        sa.Column("see_private", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.text("false")),
        sa.Column("person", sa.String(100)),
        sa.Column("subject", sa.String(500)),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("disabled_at", Moment),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("subject", name=op.f("uq_account_subject")),
    )
    op.create_table(
        "session",
        sa.Column("sha256", sa.String(64), primary_key=True),
        _account("session"),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("sha256", sa.String(64), primary_key=True),
        _account("sign_in_link"),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
    )
    op.create_table(
        "guess",
        sa.Column("subject", sa.String(100), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("wait_until", Moment, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("through", sa.String(200)),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("data", sa.Text, nullable=False, server_default="{}"),
    )
    for table, column in INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_audit_kind_subject", "audit", ["kind", "subject"])


INDEXED = (
    *(("session", "account_id"), ("session", "seen_at"), ("session", "expires_at")),
    *(("sign_in_link", "account_id"), ("sign_in_link", "expires_at"), ("guess", "last_at")),
)


def _account(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("account.id", name=op.f(f"fk_{table}_account_id"))
    return sa.Column("account_id", sa.String(20), key, nullable=False)


def downgrade() -> None:
    """Undo."""
    for table in ("audit", "guess", "sign_in_link", "session", "account"):
        op.drop_table(table)
