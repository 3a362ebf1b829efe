"""What the API takes and answers about published receivers and routes, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import Response
from pydantic import Field

from api.routes.feedback import as_json
from api.shapes import Shape
from engine.shelf.setting import SettingVersion
from engine.store.setting_versions import SettingVersions


class SettingVersionOut(Shape):
    """A receiver, or the routes, as published from some moment on, without its text."""

    kind: Literal["receiver", "routes"]
    name: str
    version: int
    managed: bool = Field(description="whether it comes from a file that is pushed, and is changed there only")
    retired: bool = Field(description="whether it is no longer in force")
    who: str
    why: str
    at: datetime


class SettingTextOut(SettingVersionOut):
    """A version with its text, and the text of the version before it."""

    text: str
    before: str | None


class SettingVersionsOut(Shape):
    """One page of versions, newest first; the cursor leads to the next."""

    versions: list[SettingVersionOut]
    cursor: str | None


def setting_out(rows: SettingVersions, version: SettingVersion, status: int = 200) -> Response:
    """Return a version with its text; the `ETag` is what a change of it sends as `If-Match`."""
    before = rows.version(version.draft.key, version.number - 1).draft.text if version.number > 1 else None
    answer = as_json(version.as_dict() | {"text": version.draft.text, "before": before})
    answer.status_code = status
    answer.headers["ETag"] = f'"{version.number}"'
    return answer


def versions_out(found: list[SettingVersion], limit: int) -> dict[str, Any]:
    """Return a page of versions, of which one more than wanted was looked up."""
    following = str(found[limit - 1].number) if len(found) > limit else None
    return {"versions": [version.as_dict() for version in found[:limit]], "cursor": following}
