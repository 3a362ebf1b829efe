"""One rule: what it does, whether it does it well, its future and its past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import UNFORESEEN, Context, later
from api.console.live import Topic
from api.console.rules.changing import MEANS, NAMES, Asked, Changes, draw_checks, draw_findings
from api.console.rules.facts import fact_of
from api.console.rules.histories import History
from api.console.rules.listing import draw_status, rule_path
from api.console.rules.parts import draw_examples, draw_numbers, draw_shadow, said_rule, shadow_of
from api.console.rules.replaying import ReplayPanel
from engine.errors import HeedfulError, Located, QuestionError
from engine.rules.rewriting import rewrite, values_of
from engine.rules.rule import RuleStatus
from engine.scope import AUTHORS
from engine.shelf.version import RuleDraft

# What can be made of a rule, the next step first.
NEXT = {
    RuleStatus.DRAFT: (RuleStatus.SHADOW, RuleStatus.LIVE),
    RuleStatus.SHADOW: (RuleStatus.LIVE, RuleStatus.DRAFT),
    RuleStatus.LIVE: (RuleStatus.PAUSED, RuleStatus.SHADOW),
    RuleStatus.PAUSED: (RuleStatus.LIVE, RuleStatus.SHADOW, RuleStatus.DRAFT),
}
MANAGED = (
    "This rule comes from {}. It is changed there, and published with 'heedful rules push'; here it is only shown."
)
OF_A_UNIT = "Rules hold for every unit, and your account is for {} only: you cannot change this one."
RETIRES = "It is not judged any more, and leaves the list. Its versions and alerts stay, and it can be brought back."
log = structlog.get_logger(__name__)
FORWARD = {RuleStatus.SHADOW, RuleStatus.LIVE}


class RulePage:
    """The page of a rule.

    Parameters
    ----------
    slug
        The rule's name.
    """

    def __init__(self, context: Context, slug: str) -> None:
        self._context = context
        self._slug = slug
        self._panel: ReplayPanel | None = None
        self._shadow: Element | None = None

    async def draw(self) -> None:
        """Draw the rule, and follow it from then on."""
        self._news = Element("div").props("role=status")
        self._body = Element("div")
        await self._context.when_erased(self._forget)
        await self._bring()
        self._context.follow(self._look, Topic.RULES)

    async def _forget(self) -> None:
        """Show no samples any more that may be erased."""
        if self._panel is not None:
            self._panel.forget()
        if self._shadow is not None and not self._is_gone(self._shadow):
            await self._brought(self._shadow, self._bring_shadow)

    async def _bring(self) -> None:
        """Draw the rule as it is now."""
        context, slug = self._context, self._slug
        fact = self._fact = await context.read(lambda: fact_of(context, slug))
        self._stop_replay()
        self._news.clear()
        self._body.clear()
        with self._body:
            self._draw_head()
            self._draw_notes()
            with Element("div").classes("hf-rule-columns"):
                with Element("div"):
                    self._draw_what()
                    if ReplayPanel.is_for(context) and fact.rule is not None:
                        with look.section("Backtest") as place, Element("div").classes("hf-card hf-stack"):
                            place.props["data-part"] = "backtest"
                            look.words("p", "What it would have raised, had it been live.", "hf-small hf-muted")
                            self._panel = ReplayPanel(context, lambda: self._fact.version.draft.text)
                            self._panel.draw()
                with Element("div"):
                    self._draw_how_well()
            with look.section("Versions"), Element("div").classes("hf-card"):
                await History(context, fact.version, self._changes()).draw()

    def _stop_replay(self) -> None:
        """Let a replay end whose page is drawn anew."""
        if self._panel is not None:
            self._panel.stop()
            self._panel = None

    async def _look(self) -> None:
        """Tell of a newer version; what somebody reads or fills in stays where it is."""
        context, slug = self._context, self._slug
        latest = await context.read(lambda: context.service.store.shelf.latest(slug), key=("rule", slug))
        self._news.clear()
        if latest.number == self._fact.version.number:
            return
        with self._news, Element("div").classes("hf-note hf-row"):
            said = f"Version {latest.number} was published by {latest.who}"
            look.words("p", f"{said}: {latest.why}" if latest.why else f"{said}.", "hf-grow")
            look.button("Show it", context.doing(self._bring))

    def _may_change(self) -> bool:
        context, draft = self._context, self._fact.version.draft
        is_free = not draft.managed or draft.retired
        return is_free and context.may(AUTHORS) and context.caller.scope.unit is None

    def _changes(self) -> Changes | None:
        return Changes(self._context, self._fact.version, self._bring) if self._may_change() else None

    def _draw_head(self) -> None:
        fact, draft = self._fact, self._fact.version.draft
        with Element("div").classes("hf-rule-head hf-stack"):
            with Element("div").classes("hf-row"):
                look.words("h2", draft.title, "hf-rule-title")
                draw_status(fact)
            with Element("div").classes("hf-row hf-small hf-muted"):
                look.words("span", draft.slug)
                look.words("span", f"by {draft.author}" if draft.author else "without an author")
                look.words("span", f"version {fact.version.number}")
                look.moment(fact.version.at, look.Clock.AGO)
            with Element("div").classes("hf-row"):
                self._draw_actions(draft)

    def _draw_actions(self, draft: RuleDraft) -> None:
        if self._may_change() and not draft.retired:
            if not self._fact.is_shared:
                status = RuleStatus(draft.status)
                for place, wanted in enumerate(NEXT[status]):
                    self._draw_step(wanted, is_main=place == 0 and wanted in FORWARD)
                look.link("Edit", f"{rule_path(draft.slug)}/edit", "hf-link-button")
            look.button("Retire", self._context.doing(self._ask_retire))
        look.button("Export as YAML", self._context.doing(self._export), icon="download")

    def _draw_step(self, wanted: RuleStatus, *, is_main: bool) -> None:
        look.button(NAMES[wanted], self._context.doing(lambda: self._ask(wanted)), main=is_main)

    def _draw_notes(self) -> None:
        draft, context = self._fact.version.draft, self._context
        if draft.retired:
            self._note("This rule is retired: it is not judged. Rolling back to one of its versions brings it back.")
        elif draft.managed:
            self._note(MANAGED.format(draft.file))
        elif context.may(AUTHORS) and context.caller.scope.unit is not None:
            self._note(OF_A_UNIT.format(context.caller.scope.unit))
        if self._fact.errors:
            with Element("div").classes("hf-note").props("role=alert"):
                look.words("p", "It is not judged now:", "hf-strong hf-bad")
                draw_findings(self._fact.problems)

    def _note(self, said: str) -> None:
        with Element("div").classes("hf-note"):
            look.words("p", said)

    def _draw_what(self) -> None:
        fact = self._fact
        with look.section("What it does", 2), Element("div").classes("hf-card"):
            if fact.rule is not None:
                look.words("p", said_rule(fact.rule), "hf-said")
            elif fact.is_shared:
                look.words("p", "These conditions are shared: rules use them by their names.")
            else:
                look.words("p", "It is not judged, and so it cannot be said in plain English.", "hf-muted")
            with Element("details").classes("hf-folded"):
                look.words("summary", "As it is written (YAML)")
                look.words("pre", fact.version.draft.text, "hf-yaml").props(
                    'tabindex=0 role=region aria-label="The YAML"'
                )

    def _draw_how_well(self) -> None:
        fact = self._fact
        if fact.is_shared:
            return
        with look.section("How well"), Element("div").classes("hf-card"):
            draw_numbers(fact)
        if fact.rule is not None and fact.rule.status is RuleStatus.SHADOW:
            self._draw_later("In shadow", "Looking through the newest feedback", self._bring_shadow)
        if fact.rule is not None:
            self._draw_later("Examples", "Trying the examples", self._bring_examples)

    def _draw_later(self, title: str, said: str, bring: Callable[[Element], Awaitable[None]]) -> None:
        """Draw a part that takes a while; the page is there before it."""
        with look.section(title), Element("div").classes("hf-card") as place:
            waiting = look.words("p", f"{said} …", "hf-muted")
            waiting.props["role"] = "status"
        later(self._brought(place, bring))

    async def _brought(self, place: Element, bring: Callable[[Element], Awaitable[None]]) -> None:
        try:
            await bring(place)
        except HeedfulError as problem:
            said = str(problem)
        except Exception as problem:
            log.error("a part of a rule's page failed", error=type(problem).__name__, exc_info=problem)
            said = UNFORESEEN
        else:
            return
        if not self._is_gone(place):
            place.clear()
            with place:
                look.words("p", said[:1].upper() + said[1:], "hf-muted")

    def _is_gone(self, place: Element) -> bool:
        return self._context.client.is_deleted or place.is_deleted

    async def _bring_examples(self, place: Element) -> None:
        service, trials, rule = self._context.service, self._context.desk.trials, self._fact.rule
        if rule is None:
            return
        tried = trials.known(service, rule)
        if tried is None:
            tried = await service.checker.run(lambda: trials.tried(service, rule))
        if not self._is_gone(place):
            place.clear()
            with place:
                draw_examples(tried)

    async def _bring_shadow(self, place: Element) -> None:
        self._shadow = place
        context, slug = self._context, self._slug
        found, said = await context.read(lambda: shadow_of(context, slug))
        if not self._is_gone(place):
            place.clear()
            with place:
                draw_shadow(found, said)

    async def _export(self) -> None:
        ui.download.content(self._fact.version.draft.text, f"{self._slug}.yaml", "application/yaml")

    async def _ask(self, wanted: RuleStatus) -> None:
        """Ask before the status is changed: what stands against it is told at once."""
        changes, context, slug = self._changes(), self._context, self._slug
        if changes is None:
            return
        text = with_status(self._fact.version.draft.text, wanted)
        draft, findings = await context.read(
            lambda: context.service.published.work(lambda publisher: publisher.validate(text, slug))
        )

        async def act(why: str) -> None:
            await changes.publish(text, why, f"Rule '{slug}' is {_now(wanted)}.")

        asked = Asked(context, NAMES[wanted], MEANS[wanted], act)
        is_forward = wanted in FORWARD
        asked.open(lambda: self._draw_against(wanted, findings), refused=draft is None and is_forward)

    def _draw_against(self, wanted: RuleStatus, findings: tuple[Located, ...]) -> None:
        rule = self._fact.rule
        tried = self._context.desk.trials.known(self._context.service, rule) if rule is not None else None
        if wanted is RuleStatus.LIVE:
            errors = [one for one in findings if one.level == "error" and "a live rule needs" not in one.message]
            draw_checks(rule, tried.failing if tried else None, errors)
        elif findings:
            draw_findings(findings)

    async def _ask_retire(self) -> None:
        changes = self._changes()
        if changes is None:
            return
        Asked(self._context, "Retire", RETIRES, changes.retire).open()


def with_status(text: str, status: RuleStatus) -> str:
    """Return a rule's text with another status; everything else in it stays as it is written.

    Raises
    ------
    QuestionError
        If it is no text of one rule.
    """
    values = values_of(text)
    if values is None:
        raise QuestionError("its text has more in it than one rule: change its status in the editor")
    return rewrite(text, values | {"status": str(status)})


def _now(status: RuleStatus) -> str:
    return {RuleStatus.SHADOW: "in shadow", RuleStatus.DRAFT: "a draft"}.get(status, str(status))
