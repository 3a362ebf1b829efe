"""The editor: the form, the text, what the rule says, and saving it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import assets, look
from api.console.context import Context, later, say_done
from api.console.editor.bench import Bench
from api.console.editor.conditions import Conditions
from api.console.editor.doing import Basics, draw_then
from api.console.editor.draft import TOO_LONG, Draft
from api.console.editor.examples import Examples, fields_of
from api.console.editor.outcome import Outcome, outcome_of
from api.console.editor.saving import Saving
from api.console.editor.trying import Trying
from api.console.editor.yaml_pane import YamlPane, on_draft
from engine.errors import HeedfulError

WAIT_S = 0.35
NOTHING_YET = "Say what has to hold, and this line says in plain English what the rule does."


@dataclass(frozen=True, slots=True)
class Begun:
    """What an editor begins with.

    Parameters
    ----------
    slug, seen
        The rule that is changed, and the number of its version; None makes a new one.
    """

    text: str
    slug: str | None = None
    seen: int | None = None


class Editor:
    """The editor of one rule.

    Parameters
    ----------
    words
        What is completed in the text.
    """

    def __init__(self, context: Context, begun: Begun, words: Mapping[str, Any]) -> None:
        self._context = context
        self._begun = begun
        self._bench = Bench(context, Draft(begun.text), self._written, self._redraw, self._redraw_examples)
        self._examples = Examples(self._bench)
        self._trying = Trying(self._bench)
        self._saving = Saving(self._bench, begun.slug, begun.seen, self._saved, self._taken)
        store = f"heedful-rule:{context.account.id}:{begun.slug or ''}"
        self._yaml = YamlPane(self._bench, store, words, self._typed)
        self._checked: str | None = None
        self._busy = False

    def draw(self) -> None:
        """Draw everything, and check the rule for the first time."""
        ui.add_head_html(
            f'<link rel="stylesheet" href="{assets.address("editor.css")}">'
            f'<script src="{assets.address("editor.js")}"></script>'
        )
        self._draw_bar()
        self._draw_left_over()
        with Element("div").classes("hf-editor"):
            with Element("div").classes("hf-form"):
                self._broken = look.words("p", "", "hf-note hf-warn").props("role=status")
                self._form = Element("div")
                self._draw_form()
            with Element("div").classes("hf-side"):
                with look.section("As YAML"):
                    self._yaml.draw()
                with look.section("Try it on a text"):
                    self._trying.draw()
        self._show_broken()
        self._check()

    def _draw_bar(self) -> None:
        with Element("div").classes("hf-bar"):
            with Element("div").classes("hf-bar-row"):
                self._status = look.words("span", "Checking", "hf-chip hf-label-neutral").props("role=status")
                self._note = look.words("span", "", "hf-small hf-muted hf-grow")
                self._back = look.link("All rules", "/rules", "hf-link hf-small")
                self._show_way_back()
                self._saving.draw_button()
            self._said = look.words("p", NOTHING_YET, "hf-said hf-muted").props("tabindex=0 role=region")
            self._said.props["aria-label"] = "The rule in plain English"
            self._saving.draw_panels()

    def _show_way_back(self) -> None:
        if self._begun.slug is not None:
            self._back.text = "To the rule"
            self._back.props["href"] = f"/rules/{self._begun.slug}"

    def _draw_left_over(self) -> None:
        """Offer what somebody wrote here and did not save."""
        box = Element("div").classes("hf-note hf-row").props("role=status")
        box.set_visibility(False)

        async def found(at: Any) -> None:
            box.set_visibility(True)
            moment.props["datetime"] = str(at)[:40]

        async def take() -> None:
            ui.run_javascript("heedful.editor.restore()")
            box.set_visibility(False)

        async def leave() -> None:
            ui.run_javascript("heedful.editor.discard()")
            box.set_visibility(False)

        with box:
            look.words("span", "You left changes here that are not saved, from")
            moment = look.moment(self._context.now())
            look.button("Take them up", self._bench.act(take))
            look.button("Discard them", self._bench.act(leave))
        on_draft(self._bench.act(found))

    def _draw_form(self) -> None:
        with self._form:
            with look.section("The rule"), Element("div").classes("hf-stack") as self._basics:
                pass
            with look.section("When"):
                self._when = Element("div").classes("hf-stack hf-when")
            with look.section("Then"), Element("div").classes("hf-stack") as self._then:
                pass
            with look.section("Examples"):
                look.words("p", "They show what the rule is for, and are tried as you type.", "hf-small hf-muted")
                self._shown_examples = Element("div").classes("hf-stack")
        self._fill()

    def _fill(self) -> None:
        """Draw the fields anew, from what the text says."""
        for box in (self._basics, self._when, self._then, self._shown_examples):
            box.clear()
        with self._basics:
            Basics(self._bench, is_new=self._begun.seen is None).draw()
        with self._when:
            Conditions(self._bench).draw()
        with self._then:
            draw_then(self._bench)
        with self._shown_examples:
            self._examples.draw()

    def _redraw(self) -> None:
        self._when.clear()
        with self._when:
            Conditions(self._bench).draw()
        if fields_of(self._bench.draft.get(("when",)), self._bench.program) != self._examples.fields:
            self._redraw_examples()

    def _redraw_examples(self) -> None:
        self._shown_examples.clear()
        with self._shown_examples:
            self._examples.draw()

    def _written(self) -> None:
        """Follow the form: the text says it too, and is checked."""
        self._yaml.push()
        self._changed()

    def _typed(self, text: str) -> None:
        """Follow the text: the form shows it too, if it can."""
        was_broken = self._bench.draft.is_broken
        differs = self._bench.draft.follow(text)
        self._show_broken()
        if (differs or was_broken) and not self._bench.draft.is_broken:
            self._fill()
        self._changed()

    def _changed(self) -> None:
        self._note.text = "Not saved" if self._bench.draft.text != self._begun.text else ""
        self._trying.redraw()
        self._check()

    def _show_broken(self) -> None:
        """Close the form while the text cannot be read."""
        broken = self._bench.draft.is_broken
        because = self._bench.draft.broken_because if broken else ""
        self._broken.text = because if because in ("", TOO_LONG) else f"{because} The form waits until it is mended."
        self._broken.set_visibility(broken)
        if broken:
            self._form.props["inert"] = True
        else:
            self._form.props.pop("inert", None)

    def _check(self) -> None:
        if not self._busy:
            self._busy = True
            later(self._bench.act(self._checks)())

    async def _checks(self) -> None:
        """Check the text that counts now, one at a time, until it stays the same."""
        service, draft = self._context.service, self._bench.draft
        try:
            while self._checked != draft.text:
                await asyncio.sleep(WAIT_S)
                text = draft.text
                found = await service.checker.run(partial(outcome_of, service, text, self._begun.slug))
                self._checked = text
                if text == draft.text:
                    self._show(found)
        except HeedfulError as problem:
            self._status.text = "Not checked"
            self._note.text = str(problem)
        finally:
            self._busy = False

    def _show(self, outcome: Outcome) -> None:
        empty = not self._bench.draft.get(("when",)) and not self._bench.draft.is_broken
        self._yaml.show([] if empty else outcome.findings)
        self._examples.show(outcome)
        self._trying.use(outcome.rule)
        if outcome.said is not None:
            self._said.text = outcome.said
        elif empty:
            self._said.text = NOTHING_YET
        self._said.classes(replace="hf-said" if outcome.said else "hf-said hf-muted")
        wrong, failing = outcome.errors, sum(bool(one.wrong) for one in outcome.examples)
        if empty:
            status, style = "No conditions yet", "hf-label-neutral"
        elif wrong:
            status, style = f"{wrong} to mend" if wrong > 1 else "1 to mend", "hf-fail"
        elif failing:
            status, style = f"{failing} of {len(outcome.examples)} examples fail", "hf-fail"
        else:
            status, style = _good(len(outcome.examples)), "hf-pass"
        self._status.text = status
        self._status.classes(replace=f"hf-chip {style}")
        if outcome.model_problem:
            self._note.text = outcome.model_problem

    def _saved(self, slug: str, seen: int, text: str) -> None:
        """Go on from what was saved."""
        fresh = self._begun.seen is None
        self._begun = Begun(text, slug, seen)
        self._yaml.saved(text)
        self._note.text = "" if self._bench.draft.text == text else "Not saved"
        say_done(f"Saved as version {seen}.")
        self._show_way_back()
        if fresh:
            ui.navigate.history.replace(f"/rules/{slug}/edit")
            self._fill()
        self._checked = None
        self._check()

    def _taken(self, text: str) -> None:
        """Take over what somebody else has saved meanwhile."""
        self._bench.draft.follow(text)
        self._yaml.push()
        self._fill()
        self._changed()


def _good(examples: int) -> str:
    return f"All {examples} examples pass" if examples else "No mistakes; no examples yet"
