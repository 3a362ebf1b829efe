"""A version of a published receiver, or of the published routes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.alerts.routes import TOP


class SettingKind(StrEnum):
    """What is published beside rules. Routes are one tree, called ``routes``."""

    RECEIVER = "receiver"
    ROUTES = "routes"


@dataclass(frozen=True, slots=True)
class SettingDraft:
    """What a receiver, or the routes, are to become.

    Parameters
    ----------
    managed
        Whether it comes from a file that is pushed: it is changed there, and nowhere else.
    retired
        Whether it is no longer in force.
    """

    kind: SettingKind
    name: str
    text: str
    managed: bool = False
    retired: bool = False

    @property
    def key(self) -> tuple[SettingKind, str]:
        """What its versions have in common."""
        return self.kind, self.name

    @property
    def file(self) -> str:
        """What it is called in messages."""
        return f"{self.name}.yaml"

    @property
    def said(self) -> str:
        """What it is called in sentences."""
        return "the tree of routes" if self.kind is SettingKind.ROUTES else f"receiver '{self.name}'"


def routes_draft(text: str, *, managed: bool = False) -> SettingDraft:
    """Return what the routes are to become."""
    return SettingDraft(SettingKind.ROUTES, TOP, text, managed)


@dataclass(frozen=True)
class SettingVersion:
    """A receiver, or the routes, as published from some moment on.

    Parameters
    ----------
    number
        From 1, without gaps.
    revision
        The revision of the whole shelf that it came with.
    who, why, at
        Who published it, the reason, and when.
    """

    draft: SettingDraft
    number: int
    revision: int
    who: str
    why: str
    at: datetime

    @property
    def managed_in(self) -> str | None:
        """The file that it comes from, where it is changed there and nowhere else."""
        if not self.draft.managed:
            return None
        return "routes.yaml" if self.draft.kind is SettingKind.ROUTES else "receivers.yaml"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without its text."""
        draft = self.draft
        return {
            "kind": str(draft.kind),
            "name": draft.name,
            "version": self.number,
            "managed": draft.managed,
            "retired": draft.retired,
            "who": self.who,
            "why": self.why,
            "at": self.at.isoformat(),
        }
