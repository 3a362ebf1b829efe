"""What is searched and counted by, the words of feedback, and the notes of coaching.

What is stored already is entered little by little while the service runs.
"""

import sqlalchemy as sa
from alembic import op

from engine.store.schema_base import BigKey, Moment

revision = "0012"
down_revision = "0011"

FTS5 = """CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = "ascii tokenchars '_'", columnsize = 0)"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "search_entry",
        sa.Column("sequence", BigKey, sa.ForeignKey("feedback.sequence"), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("unit", sa.String(800)),
        sa.Column("channel", sa.String(100)),
        sa.Column("employee", sa.String(200)),
        sa.Column("language", sa.String(20)),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("scores", sa.Text, nullable=False),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
    )
    op.create_index("ix_search_entry_at", "search_entry", ["at"])
    there = sa.text("employee IS NOT NULL")
    op.create_index(
        "ix_search_entry_employee", "search_entry", ["employee"], sqlite_where=there, postgresql_where=there
    )
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("below", BigKey, nullable=False),
    )
    op.execute("INSERT INTO search_state (id, below) SELECT 1, coalesce(max(sequence), 0) FROM feedback")
    _words()
    op.create_table(
        "coaching_note",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("employee", sa.String(200), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source", sa.String(200)),
        sa.Column("feedback_id", sa.String(200)),
    )
    op.create_index("ix_coaching_note_employee_id", "coaching_note", ["employee", "id"])
    op.create_index("ix_coaching_note_source_feedback_id", "coaching_note", ["source", "feedback_id"])


def _words() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # The words come folded and apart; what is not ASCII counts as a letter, so that every script has words.
        op.execute(
            """CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = "ascii tokenchars '_'", columnsize = 0)"""
        )
        return
    op.execute("CREATE TABLE search_words (sequence BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL)")
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")


def downgrade() -> None:
    """Undo."""
    op.drop_table("coaching_note")
    op.execute("DROP TABLE search_words")
    op.drop_table("search_state")
    op.drop_table("search_entry")
