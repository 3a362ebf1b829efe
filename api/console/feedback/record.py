"""The page of one feedback: what was said, what was understood, and how every rule judged it."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.addresses import alert_path, feedback_path
from api.console import fields, look
from api.console.asked import address
from api.console.context import Context
from api.console.feedback.asking import PATH
from api.console.feedback.facts import facts_of
from api.console.feedback.rules import RulesList
from api.console.feedback.search import dress
from api.console.feedback.seen import Key, Seen, mark_of, seen_of, shown_as_it_came
from api.console.feedback.understood import draw_understood
from api.console.highlight import shortened
from api.console.insights.noting import CoachingNote
from api.console.live import Topic
from api.console.removed import Removed
from api.console.verbatim import Verbatim
from engine.errors import NotFoundError
from engine.privacy.seeing import Private
from engine.scope import AUTHORS

GONE = "The feedback is not here any more: it was erased, or your account does not show it."
TODAY = "Judge with today's rules"


class RecordPage:
    """The page; it keeps itself up to date.

    Parameters
    ----------
    context
        Who looks at it.
    key
        Source and id.
    today
        Whether it begins with today's rules.
    """

    def __init__(self, context: Context, key: Key, *, today: bool) -> None:
        self._context = context
        self._key = key
        self._today = today
        self._mark: Any = None

    async def draw(self) -> None:
        """Draw it, and follow it from then on."""
        await self._context.when_erased(self._bring_anew)
        self._seen = await self._look()
        self._mark = await self._context.read(self._mark_now)
        dress()
        ui.page_title(f"{self._key[1]} - Heedful")
        with Element("div").classes("hf-one") as self._all:
            self._build()
        self._context.follow(self._bring, Topic.FEEDBACK, Topic.ALERTS)

    async def _look(self) -> Seen:
        context, today = self._context, self._today
        return await context.read(lambda: seen_of(context.service, context.caller, self._key, today=today))

    def _mark_now(self) -> Any:
        return mark_of(self._context.service, self._context.caller, self._key)

    async def _bring_anew(self) -> None:
        self._mark = None
        await self._bring()

    async def _bring(self) -> None:
        """Bring the page up to date, where something became of the feedback."""
        try:
            mark = await self._context.read(self._mark_now, key=("feedback", self._key))
            if mark == self._mark:
                return
            self._mark, self._seen = mark, await self._look()
        except NotFoundError:
            self._all.clear()
            with self._all:
                look.went_wrong(GONE, back=False)
                look.link("To all feedback", PATH)
            return
        self._all.clear()
        with self._all:
            self._build()

    def _build(self) -> None:
        with Element("div").classes("hf-one-wide"):
            self._draw_head()
        with Element("div"):
            with _card("What was said"):
                self._draw_said()
            with _card("How the rules judged it").classes("hf-one-last"):
                self._draw_rules()
        with Element("div"):
            with _card("What was understood"):
                draw_understood(self._seen.stored.decision.reading)
            with _card("About it"):
                self._draw_facts()

    def _draw_head(self) -> None:
        stored, decision = self._seen.stored, self._seen.stored.decision
        with Element("div").classes("hf-row"):
            look.link("All feedback", PATH, "hf-link hf-small")
            look.words("h2", "/".join(self._key), "hf-record-title hf-grow")
            if self._context.may(AUTHORS) and stored.erased_at is None:
                pairs = [("source", self._key[0]), ("feedback", self._key[1])]
                look.link("Make a rule from this", address("/rules/new", pairs), "hf-plain-button hf-as-button")
        with Element("div").classes("hf-row hf-small hf-muted"):
            look.moment(stored.occurred_at)
            look.moment(stored.occurred_at, look.Clock.AGO)
            if decision.revision > 1:
                look.words("span", f"revision {decision.revision}")
        with Element("div").classes("hf-row hf-found-labels"):
            for alert in decision.alerts:
                with Element("span").classes("hf-found-alert"):
                    look.severity(alert.severity)
                    look.link(alert.title, alert_path(alert.id))

    def _draw_said(self) -> None:
        stored = self._seen.stored
        if stored.erased_at is not None:
            with Element("p").classes("hf-muted"):
                look.words("span", "What was said was erased ")
                look.moment(stored.erased_at)
            return
        if stored.feedback.speakers_guessed:
            look.words("p", "Who is the customer was guessed from what was said.", "hf-small hf-muted")
        self._verbatim = Verbatim(self._seen.shown)
        if self._context.caller.see_private and stored.feedback.redactions:
            Removed(self._context, self._key, self._show_original, lambda: self._verbatim.show(self._seen.shown))
        if self._seen.revisions:
            self._draw_revisions()

    async def _show_original(self, found: Private) -> None:
        self._verbatim.show(await self._context.read(lambda: shown_as_it_came(found)))

    def _draw_revisions(self) -> None:
        with Element("details").classes("hf-facet-group"):
            look.words("summary", f"Earlier revisions ({len(self._seen.revisions)})")
            with Element("ul").classes("hf-plain-list"):
                for one in self._seen.revisions:
                    with Element("li"):
                        with Element("div").classes("hf-row hf-small hf-muted"):
                            look.words("span", f"revision {one.revision}")
                            look.moment(one.received_at)
                            for name, value in one.feedback.scores.items():
                                look.words("span", f"{name} {value:g}")
                        look.highlighted(shortened(one.feedback.text, (), 2_000)[0])

    def _draw_rules(self) -> None:
        stored = self._seen.stored
        with Element("div").classes("hf-rules-head"):
            fields.Check(TODAY, value=self._today, changed=self._context.doing(self._turn))
        if stored.erased_at is not None:
            look.words("p", "What was said is gone, so conditions on it find nothing now.", "hf-small hf-warn")
        RulesList(self._context).show(self._seen.judged)
        with Element("p").classes("hf-small hf-muted hf-break"):
            look.words("span", f"Decided as number {stored.decision.sequence:,}, ")
            look.moment(stored.decision.decided_at)
            look.words("span", f", by the rules of version {stored.decision.ruleset[:12]}.")
            if self._today:
                look.words("span", " What is shown is what today's rules would do.")

    async def _turn(self, on: bool) -> None:
        """Judge by the other rules; the address says by which."""
        self._today = on
        self._seen = await self._look()
        path = feedback_path(*self._key)
        ui.navigate.history.replace(address(path, [("now", "true")] if self._today else []))
        self._all.clear()
        with self._all:
            self._build()
        ui.run_javascript("heedfulFeedback.focusOn('.hf-rules-head input')")

    def _draw_facts(self) -> None:
        with Element("dl").classes("hf-pairs"):
            for name, value in facts_of(self._seen.stored.feedback):
                look.words("dt", name, "hf-break")
                look.words("dd", value)
            look.words("dt", "Received")
            with Element("dd"):
                look.moment(self._seen.stored.received_at)
        coached = self._seen.coached
        if coached is not None and self._seen.stored.erased_at is None:
            with Element("div").classes("hf-alert-more"):
                CoachingNote(self._context, coached.id, coached.name, self._key)


def _card(title: str) -> Element:
    return look.section(title).classes("hf-card")
