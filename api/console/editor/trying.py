"""Trying a rule on a text that somebody pastes: what it would do, and each condition with what was found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import later
from api.console.editor.bench import Bench
from api.console.editor.examples import RECORD, draw_fields, fields_of, meant
from api.console.editor.fields import area_field
from api.rule_trying import Tried, try_record
from engine.errors import HeedfulError, SignInError
from engine.program import Program
from engine.rules.rule import Rule
from engine.rules.trace import Trace
from engine.rules.truth import Truth

SIGNS = {
    Truth.YES: ("✓", "holds", "hf-good"),
    Truth.NO: ("✗", "does not hold", "hf-bad"),
    Truth.UNKNOWN: ("?", "is unsure", "hf-warn"),
}
WAIT_S = 0.3


class Trying:
    """The pane where a rule is tried; it follows the text and the rule."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._record: dict[str, Any] = {"text": ""}
        self._rule: Rule | None = None
        self._fields: list[str] | None = None
        self._wanted = 0
        self._busy = False

    def draw(self) -> None:
        """Draw the pane."""
        area_field("A customer's words", "", self._set("text"), rows=3, hint="Paste what a customer wrote")
        self._inputs = Element("div").classes("hf-row")
        self._shown = Element("div").props("role=status").classes("hf-tried")
        self.redraw()
        self._say("Type something to see what the rule makes of it.")

    def redraw(self) -> None:
        """Draw the fields of the scores and attributes that the rule asks about now."""
        names = fields_of(self._bench.draft.get(("when",)), self._bench.program)
        if names == self._fields:
            return
        self._fields = names
        self._inputs.clear()
        with self._inputs:
            draw_fields(names, self._record, self._bench.program, self._set)

    def use(self, rule: Rule | None) -> None:
        """Try another rule from now on; None while the draft has errors."""
        self._rule = rule
        self._again()

    def _set(self, name: str) -> Callable[[Any], Any]:
        async def changed(value: Any) -> None:
            said = str(value) if name == "text" else meant(name, value, self._bench.program)
            self._record = {key: one for key, one in {**self._record, name: said}.items() if one is not None}
            self._again()

        return self._bench.act(changed)

    def _again(self) -> None:
        self._wanted += 1
        if not self._busy:
            self._busy = True
            later(self._bench.act(self._run)())

    async def _run(self) -> None:
        """Try what is wanted last, one at a time."""
        try:
            done = -1
            while done != self._wanted:
                done = self._wanted
                await self._try()
                # Whoever types on is answered again, but not at each key.
                await asyncio.sleep(WAIT_S)
        finally:
            self._busy = False

    async def _try(self) -> None:
        context, rule, record = self._bench.context, self._rule, dict(self._record)
        if not str(record.get("text", "")).strip():
            self._say("Type something to see what the rule makes of it.")
            return
        if rule is None:
            self._say("It is tried once the rule says what it means.")
            return
        try:
            told = record_of(record, self._bench.program)
            tried = await context.read(lambda: try_record(context.service, rule, told))
        except SignInError:
            raise
        except HeedfulError as problem:
            self._say(str(problem))
            return
        self._show(rule, tried)

    def _say(self, said: str) -> None:
        self._shown.clear()
        with self._shown:
            look.words("p", said, "hf-small hf-muted")

    def _show(self, rule: Rule, tried: Tried) -> None:
        self._shown.clear()
        with self._shown:
            look.words("p", *_verdict(rule, tried))
            with Element("ul").classes("hf-trace"):
                _draw_trace(tried.trace)


def record_of(flat: Mapping[str, Any], program: Program) -> dict[str, Any]:
    """Return a record as senders send it: its scores and attributes apart."""
    scores = {name: value for name, value in flat.items() if name in program.scores}
    own = {name: value for name, value in flat.items() if name in ("text", *RECORD)}
    rest = flat.keys() - scores.keys() - own.keys()
    return own | {"scores": scores, "attributes": {name.removeprefix("attribute."): flat[name] for name in rest}}


def _verdict(rule: Rule, tried: Tried) -> tuple[str, str]:
    if tried.alerts:
        return (
            ("It would fire", "hf-strong hf-good") if rule.window is None else ("It would count", "hf-strong hf-good")
        )
    if tried.trace.truth is Truth.UNKNOWN:
        said = "It is unsure: somebody would look" if rule.if_unsure == "review" else "It is unsure, and stays quiet"
        return said, "hf-strong hf-warn"
    return "It stays quiet", "hf-strong"


def _draw_trace(trace: Trace) -> None:
    sign, says, style = SIGNS[trace.truth]
    with Element("li"):
        with Element("div").classes("hf-row hf-top"):
            mark = look.words("span", sign, f"hf-strong {style}").props("role=img")
            mark.props["aria-label"] = says
            with Element("div").classes("hf-grow"):
                look.words("span", trace.condition)
                if not trace.children:
                    found = "nothing" if trace.found is None else _short(trace.found)
                    look.words("p", f"found {found}", "hf-small hf-muted")
        if trace.children:
            with Element("ul").classes("hf-trace"):
                for child in trace.children:
                    _draw_trace(child)


def _short(value: Any) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{key} {one}" for key, one in value.items())
    elif isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    said = f"{value:.2f}" if isinstance(value, float) else str(value)
    return said if len(said) <= 200 else f"{said[:200]}…"
