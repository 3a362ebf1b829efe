"""Where a condition on text looks: whose words, and how near the beginning or the end."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.fields import choice_field, text_field
from engine.rules.scope_loader import SCOPE_KEYS

SPEAKERS = {"customer": "the customer", "agent": "the agent", "other": "somebody else", "anyone": "anyone"}
REACHES = {"": "anywhere", "within_first": "only near the beginning", "within_last": "only near the end"}


def draw_scope(bench: Bench, path: Path) -> None:
    """Draw the fields of where a condition looks; they stay folded until they say something."""
    value = bench.draft.get(path)
    value = value if isinstance(value, dict) else {}
    with Element("details").classes("hf-scope") as folded:
        if any(key in value for key in SCOPE_KEYS):
            folded.props["open"] = True
        look.words("summary", "Whose words, and where", "hf-small")
        with Element("div").classes("hf-row"):
            choice_field(
                "Said by", SPEAKERS, str(value.get("speaker", "customer")), bench.act(_Scope(bench, path).speaker)
            )
            _Scope(bench, path).draw(value)


class _Scope:
    """How far from an end of the record a condition looks."""

    def __init__(self, bench: Bench, path: Path) -> None:
        self._bench = bench
        self._path = path

    def draw(self, value: dict[str, Any]) -> None:
        self._end = next((key for key in ("within_first", "within_last") if key in value), "")
        choice_field("Where", REACHES, self._end, self._bench.act(self._chosen))
        reach = value.get(self._end, "60s") if self._end else "60s"
        shown = " ".join(f"{one} {unit}" for unit, one in reach.items()) if isinstance(reach, dict) else str(reach)
        with Element("div") as self._box:
            text_field("Within", shown, self._bench.act(self._said), placeholder="60s, 3 sentences, 2 turns")
        self._reach = shown
        self._box.set_visibility(bool(self._end))

    async def speaker(self, who: Any) -> None:
        """Write whose words count."""
        self._change({"speaker": None if who == "customer" else str(who)})

    async def _chosen(self, end: Any) -> None:
        self._end = str(end)
        self._box.set_visibility(bool(self._end))
        self._write()

    async def _said(self, text: Any) -> None:
        self._reach = str(text).strip()
        self._write()

    def _write(self) -> None:
        """Write the reach: `60s`, or so many sentences or turns."""
        count, _, unit = self._reach.partition(" ")
        meant: Any = self._reach
        if unit.rstrip("s") + "s" in ("sentences", "turns") and count.isdecimal():
            meant = {unit.rstrip("s") + "s": int(count)}
        self._change({key: meant if key == self._end else None for key in ("within_first", "within_last")})

    def _change(self, changes: dict[str, Any]) -> None:
        before = self._bench.draft.get(self._path)
        told = before if isinstance(before, dict) else {"is": before}
        told = {key: one for key, one in {**told, **changes}.items() if one is not None}
        self._bench.put(self._path, told["is"] if told.keys() == {"is"} else told)
