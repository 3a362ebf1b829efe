"""Published rules: every version of every rule; rulesets name the texts of their rules, which are kept once."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from engine.store.schema import Moment

revision = "0005"
down_revision = "0004"

ruleset = sa.table("ruleset", sa.column("version"), sa.column("content"))
document = sa.table("document", sa.column("sha256"), sa.column("content"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
    )
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf")),
    )
    op.execute("INSERT INTO shelf (id, revision) VALUES (1, 0)")
    op.create_table(
        "rule_version",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("managed", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_rule_version_sha256")),
        sa.PrimaryKeyConstraint("slug", "number", name=op.f("pk_rule_version")),
    )
    op.create_index(op.f("ix_rule_version_revision"), "rule_version", ["revision"], unique=False)
    _texts_apart(op.get_bind())


def downgrade() -> None:
    """Undo."""
    _texts_inside(op.get_bind())
    op.drop_index(op.f("ix_rule_version_revision"), table_name="rule_version")
    for table in ("rule_version", "shelf", "document"):
        op.drop_table(table)


def _texts_apart(connection: sa.Connection) -> None:
    """Move the rules out of the rulesets that an older version kept whole; they keep their names."""
    kept: set[str] = set()

    def keep(text: str) -> str:
        sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if sha256 not in kept:
            kept.add(sha256)
            connection.execute(document.insert(), {"sha256": sha256, "content": json.dumps(text)})
        return sha256

    for version, content in connection.execute(sa.select(ruleset.c.version, ruleset.c.content)).all():
        record = json.loads(content)
        named = [[name, keep(text)] for name, text in record.pop("rules")]
        _put(connection, version, record | {"lists": [keep(json.dumps(named))]})


def _texts_inside(connection: sa.Connection) -> None:
    texts = {sha256: json.loads(content) for sha256, content in connection.execute(sa.select(document)).all()}
    for version, content in connection.execute(sa.select(ruleset.c.version, ruleset.c.content)).all():
        record = json.loads(content)
        named = [pair for part in record.pop("lists") for pair in json.loads(texts[part])]
        _put(connection, version, record | {"rules": [[name, texts[sha256]] for name, sha256 in named]})


def _put(connection: sa.Connection, version: str, record: dict[str, object]) -> None:
    change = ruleset.update().where(ruleset.c.version == version).values(content=json.dumps(record))
    connection.execute(change)
