"""Texts of receivers and routes: written in one way, taken out of a file, and put together as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.errors import Located, SetupError
from engine.rules.rewriting import values_of
from engine.rules.writing import STEP, lines_of, scalar
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion


def canonical(draft: SettingDraft) -> SettingDraft:
    """Return a receiver written in the one way that all are kept; routes keep their comments and lines."""
    values = values_of(draft.text) if draft.kind is SettingKind.RECEIVER else None
    return draft if values is None else replace(draft, text=receiver_text(draft.name, values[draft.name]))


def receiver_text(name: str, settings: Any) -> str:
    """Return a receiver as it is kept: a line a setting."""
    return "\n".join([f"{scalar(name)}:", *(STEP + line for line in lines_of(settings))]) + "\n"


def receiver_drafts(text: str) -> list[SettingDraft]:
    """Return the receivers of a file as managed drafts, each a text of its own.

    Raises
    ------
    SetupError
        If it is no file of receivers.
    """
    values = values_of(text)
    if values is None:
        raise SetupError([Located("receivers.yaml", 1, 1, "this is not one document of receivers by their names")])
    return [
        SettingDraft(SettingKind.RECEIVER, name, receiver_text(name, value), managed=True)
        for name, value in values.items()
    ]


def exported(versions: Iterable[SettingVersion], kind: SettingKind) -> str:
    """Return what is published of a kind as the file that it could be."""
    live = [one.draft for one in versions if one.draft.kind is kind and not one.draft.retired]
    return "".join(f"{one.text.rstrip()}\n" for one in live)
