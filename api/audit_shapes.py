"""What the API answers about changed settings, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.shapes import Shape


class AuditedOut(Shape):
    """One change of a setting: when, who, through which account, what was done, and to what."""

    id: int
    at: datetime
    who: str
    through: str | None
    what: str
    kind: str
    subject: str
    data: dict[str, Any]


class AuditOut(Shape):
    """One page of changes, the newest first; the cursor leads to the next."""

    changes: list[AuditedOut]
    cursor: str | None
