"""What a process does alone, where several share a store."""

from __future__ import annotations

from enum import StrEnum


class Only(StrEnum):
    """The console without what one process does for all, or all but the console."""

    CONSOLE = "console"
    INGEST = "ingest"
