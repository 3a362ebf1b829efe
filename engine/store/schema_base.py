"""What every table is made of: the metadata, moments in UTC, and keys that grow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, RowMapping
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Row = RowMapping


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC, also on SQLite, which keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive moment is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment for the store must be aware")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:
            # Within a day of the calendar's end: the end compares alike with every stored moment.
            moment = datetime(1, 1, 1, tzinfo=UTC) if value.year == 1 else datetime(9999, 12, 31, tzinfo=UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite gives its row id only to a column that is exactly INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")
