"""Cells of a spreadsheet: what somebody wrote never runs as a formula."""

from __future__ import annotations

from typing import Any

# A cell that begins with one of these, maybe after blanks, is a formula to some spreadsheet.
FORMULA = frozenset("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")
BLANK = " \u00a0\ufeff"


def cell(value: Any) -> str:
    """Return a value as the text of a cell, with an apostrophe before what could be a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(BLANK)[:1] in FORMULA else text
