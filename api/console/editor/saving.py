"""Saving: the rule is published as it is written, unless somebody else was faster."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import say_wrong
from api.console.editor.bench import Bench
from api.console.editor.fields import text_field
from api.rule_changing import change_rules
from api.rule_publishing import signature
from engine.errors import NotFoundError, RulesError, StaleError
from engine.shelf.version import RuleVersion

MOST_LINES = 400


class Saving:
    """The button that saves, the question why, and what to do when another version came between.

    Parameters
    ----------
    slug, seen
        The rule that is changed, and the number of the version that was seen; None makes a new one.
    saved
        Called with the name, the number of the version, and its text.
    taken
        Called with the text of somebody else, to go on from.
    """

    def __init__(
        self,
        bench: Bench,
        slug: str | None,
        seen: int | None,
        saved: Callable[[str, int, str], None],
        taken: Callable[[str], None],
    ) -> None:
        self._bench = bench
        self._slug = slug
        self._seen = seen
        self._saved = saved
        self._taken = taken
        self._why = ""

    def draw_button(self) -> None:
        """Draw the button."""
        self._button = look.button("Save", self._bench.act(self._ask), main=True)
        self._button.props["aria-expanded"] = "false"

    def draw_panels(self) -> None:
        """Draw what the button opens."""
        self._panel = Element("div").classes("hf-row hf-saving")
        self._panel.set_visibility(False)
        with self._panel:
            text_field("What changed, and why", "", self._bench.act(self._reason), style="hf-grow", maxlength="500")
            look.button("Save this version", self._bench.act(self._save), main=True)
            look.button("Not yet", self._bench.act(self._ask))
        self._other = Element("div").classes("hf-note").props("role=alert")
        self._other.set_visibility(False)

    async def _ask(self) -> None:
        shown = not self._panel.visible
        self._panel.set_visibility(shown)
        self._button.props["aria-expanded"] = str(shown).lower()
        if shown:
            ui.run_javascript(f"heedful.editor.focusIn({self._panel.id})")

    async def _reason(self, why: Any) -> None:
        self._why = str(why).strip()

    async def _save(self) -> None:
        context, text = self._bench.context, self._bench.draft.text
        slug = self._slug or str(self._bench.draft.get(("rule",), ""))
        seen, by = self._seen, signature(context.caller, slug, self._why)
        what = ("publish", "rule", slug)
        try:
            version = await context.read(
                lambda: change_rules(context.service, context.caller, what, lambda one: one.put(slug, text, seen, by))
            )
        except RulesError as problem:
            say_wrong(_not_yet(problem))
        except StaleError as problem:
            if seen is None:
                raise
            await self._show_other(slug, problem)
        else:
            self._done(slug, version, text)

    def _done(self, slug: str, version: RuleVersion, text: str) -> None:
        self._slug, self._seen = slug, version.number
        self._panel.set_visibility(False)
        self._other.set_visibility(False)
        self._button.props["aria-expanded"] = "false"
        self._saved(slug, version.number, text)

    async def _show_other(self, slug: str, problem: StaleError) -> None:
        """Show what somebody else has saved meanwhile, and let the author choose."""
        try:
            latest = await self._bench.context.read(lambda: self._bench.context.service.store.shelf.latest(slug))
        except NotFoundError:
            raise problem from None
        self._other.clear()
        self._other.set_visibility(True)
        with self._other:
            gone = "took the rule out of use" if latest.draft.retired else f"saved version {latest.number}"
            with Element("p"):
                look.words("span", f"{latest.who} {gone} while you wrote,")
                look.moment(latest.at)
            if latest.why:
                look.words("p", f"Why: {latest.why}")
            look.words("p", "Nothing of yours is lost, and nothing of theirs. Theirs (-) beside yours (+):", "hf-small")
            _draw_lines(latest.draft.text, self._bench.draft.text)
            with Element("div").classes("hf-row"):
                if not latest.draft.retired:
                    look.button("Save mine over theirs", self._bench.act(self._over(latest)))
                    look.button("Go on from theirs", self._bench.act(self._from(latest)))

    def _over(self, latest: RuleVersion) -> Callable[[], Any]:
        async def over() -> None:
            self._seen = latest.number
            await self._save()

        return over

    def _from(self, latest: RuleVersion) -> Callable[[], Any]:
        async def take() -> None:
            self._seen = latest.number
            self._other.set_visibility(False)
            self._taken(latest.draft.text)

        return take


def _draw_lines(before: str, after: str) -> None:
    with Element("pre").classes("hf-diff").props("tabindex=0") as shown:
        shown.props["aria-label"] = "The differences"
        lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
        for line in lines[:MOST_LINES]:
            sign = {"+": "hf-diff-in", "-": "hf-diff-out"}.get(line[:1], "hf-muted")
            look.words("span", f"{'…' if line.startswith('@@') else line}\n", sign)


def _not_yet(problem: RulesError) -> str:
    errors = [one for one in problem.findings if one.level == "error"]
    first = errors[0].message if errors else "the rule has errors"
    more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"It cannot be saved yet: {first}{more}"
