"""What people enter: the fields of a record, read one by one, with an error that names the field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from engine.durations import parse_duration
from engine.errors import FieldError
from engine.names import is_storable, show, unknown


class Entry:
    """A record of plain JSON values, and what its fields may be.

    Parameters
    ----------
    record
        As it came.
    fields
        The names that it may have.
    error
        What is raised, always with the field.

    Raises
    ------
    FieldError
        If it is no record, or has a field of another name.
    """

    def __init__(self, record: Any, fields: Collection[str], error: type[FieldError]) -> None:
        self._error = error
        if not isinstance(record, Mapping):
            raise error(f"send an object with {', '.join(fields)}")
        for name in record:
            if name not in fields:
                raise error(unknown("field", str(name), fields), field=str(name)[:100])
        self._record = record

    def get(self, name: str) -> Any:
        """Return a field as it came; None when it is absent or empty."""
        value = self._record.get(name)
        return None if value == "" else value

    def __contains__(self, name: str) -> bool:
        return name in self._record

    def text(self, name: str, *, most: int, one_line: bool = False) -> str | None:
        """Return a text without the space around it, or None when there is none."""
        value = self.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not is_storable(value):
            raise self._error(f"{name} must be text", field=name)
        text = value.strip()
        if len(text) > most:
            raise self._error(f"{name} has {len(text):,} characters; at most {most:,} are taken", field=name)
        # What steers a terminal is no word; line breaks are, where there may be several lines.
        if not (text if one_line else text.replace("\n", "").replace("\r", "").replace("\t", "")).isprintable():
            said = "one line for people to read" if one_line else "text for people to read"
            raise self._error(f"{name} is {said}, without control characters", field=name)
        return text or None

    def needed(self, name: str, why: str, *, most: int, one_line: bool = False) -> str:
        """Return a text that must be there.

        Parameters
        ----------
        why
            What it is for, said when it is missing.
        """
        text = self.text(name, most=most, one_line=one_line)
        if text is None:
            raise self._error(f"{name} is missing: {why}", field=name)
        return text

    def moment(self, name: str, since: datetime, zone: tzinfo) -> datetime | None:
        """Return a moment: ISO 8601, naive ones in the zone, or a duration such as ``4h`` from `since` on."""
        text = self.text(name, most=100)
        if text is None:
            return None
        try:
            return since + parse_duration(text)
        except ValueError:
            pass
        except OverflowError as problem:
            raise self._error(f"{name} '{show(text)}' is too far away", field=name) from problem
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError) as problem:
            said = f"{name} '{show(text)}' is no span and no time; write 4h, 7d or 2026-03-01T14:30"
            raise self._error(said, field=name) from problem

    def names(self, name: str, *, most: int) -> tuple[str, ...]:
        """Return a list of different names in their order; empty when it is absent."""
        value = self.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and is_storable(one) for one in value):
            raise self._error(f"{name} must be a list of names", field=name)
        if len(value) > most:
            raise self._error(f"{name} has {len(value):,} entries; at most {most:,} are taken at once", field=name)
        return tuple(dict.fromkeys(value))

    def whole(self, name: str) -> int | None:
        """Return a whole number from 1 on, or None when it is absent."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**31:
            raise self._error(f"{name} must be a whole number from 1 on", field=name)
        return value

    def fail(self, name: str, message: str) -> FieldError:
        """Return the error that says what is wrong with a field."""
        return self._error(message, field=name)
