"""The problem behind an alert: linked, suggested, opened from here, taken off again."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from api.addresses import problem_path
from api.console import fields, look
from api.console.alert.fresh import Fresh
from api.console.alert.host import Host
from api.console.alert.seen import problems_of
from api.console.context import say_done, say_wrong
from api.console.problems.opening import Record, begun_with
from api.problem_changing import change_problem, open_problem
from engine.alerts.problem import Problem
from engine.alerts.problem_intake import MOST_TITLE, MOST_WORDS
from engine.alerts.suggesting import Finding, Suggestion
from engine.errors import ChangeError, StaleError
from engine.scope import JUDGES


class ProblemPanel:
    """The panel of the page.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._may = host.context.may(JUDGES)
        self._linked: Fresh[tuple[str | None, Problem | None]] = Fresh(self._draw_linked)
        self._suggested: Fresh[Sequence[Suggestion]] = Fresh(self._draw_suggested)
        self._place = Element("div")

    def bring(self) -> None:
        """Bring the panel up to date."""
        now = self._host.now
        self._linked.show((now.alert.problem, now.problem), (now.alert.problem, now.problem))
        self._suggested.element.set_visibility(now.alert.problem is None)

    async def suggest(self) -> None:
        """Look for what may be a problem that the alert belongs to, once the page is there."""
        context, alert = self._host.context, self._host.now.alert
        if alert.problem is None and not alert.is_closed:
            _, found = await context.read(lambda: problems_of(context.service, context.caller, alert))
            likely = tuple(one for one in found if one.finding is Finding.PATTERN)[:2]
            with context.client:
                self._suggested.show(likely, likely)

    def _draw_linked(self, shown: tuple[str | None, Problem | None]) -> None:
        linked, problem = shown
        if linked is None:
            look.words("p", "It is linked to no problem.", "hf-muted")
            if self._may:
                with Element("div").classes("hf-bar"):
                    look.button("Link to a problem", self._host.context.doing(self._begin))
            return
        if problem is None:
            look.words("p", "It is linked to a problem that your account does not show.", "hf-muted")
            return
        with Element("div").classes("hf-row"):
            look.link(problem.title, problem_path(problem.id), "hf-link hf-strong")
            look.chip(str(problem.state).capitalize(), "neutral")
        for said in (problem.cause, f"{self._host.now.name(problem.holder)} has it" if problem.holder else ""):
            if said:
                look.words("p", said, "hf-small hf-muted")
        if self._may:
            look.button("Take off the problem", self._host.context.doing(self._take_off))

    def _draw_suggested(self, found: Sequence[Suggestion]) -> None:
        for one in found:
            look.words("p", f"It may be a pattern: {one.said}.", "hf-small")
            if self._may:
                act = self._host.context.doing(lambda one=one: self._begin(one))
                look.button(f"Open a problem from these {len(one.alerts)}", act)

    async def _begin(self, suggestion: Suggestion | None = None) -> None:
        """Ask for a problem that is open already, or for a new one."""
        context, alert = self._host.context, self._host.now.alert
        context.need(JUDGES)
        problems, _ = await context.read(lambda: problems_of(context.service, context.caller, alert))
        begun = begun_with(suggestion, context.caller)
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.props["aria-label"] = "Link to a problem"
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._place.clear)
            options = {"": "A new problem"} | {one.id: one.title for one in problems}
            chosen = fields.choice("Which problem", options if suggestion is None else {"": "A new problem"})
            with Element("div").classes("hf-stack") as new:
                title = fields.Field("Title of a new problem", begun["title"], most=MOST_TITLE)
                cause = fields.note("What is behind it, as far as it is known", most=MOST_WORDS)
            chosen.element.on("change", lambda event: new.set_visibility(not event.args), js_handler=fields.VALUE)

            async def send() -> None:
                if chosen.value:
                    await self._link(chosen.value)
                    return
                if title.said is None:
                    raise ChangeError("say in a few words what the problem is", field="title")
                await self._open(begun | {"title": title.said, "cause": cause.said}, suggestion)

            with Element("div").classes("hf-row"):
                look.button("Link", context.doing(send), main=True)
                look.button("Cancel", self._place.clear)
        fields.focus(form)

    async def _open(self, record: Record, suggestion: Suggestion | None) -> None:
        context = self._host.context
        ids = {self._host.now.alert.id, *(suggestion.alerts if suggestion else ())}
        said = record | {"alerts": sorted(ids)}
        await context.write(lambda: open_problem(context.service, context.caller, said), JUDGES)
        await self._done("The problem is open")

    async def _link(self, problem_id: str) -> None:
        await self._change(problem_id, "link")
        await self._done("Linked to the problem")

    async def _take_off(self) -> None:
        linked = self._host.now.alert.problem
        if linked is not None:
            await self._change(linked, "unlink")
            await self._done("Taken off the problem")

    async def _change(self, problem_id: str, change: str) -> None:
        """Link or unlink the alert, which takes back nothing that others do with the problem meanwhile."""
        context, alert = self._host.context, self._host.now.alert

        def work() -> Problem:
            seen = context.service.store.problems.get(problem_id, context.caller.scope)
            said = {"change": change, "version": seen.version, "alerts": [alert.id]}
            return change_problem(context.service, context.caller, problem_id, said)

        try:
            await context.write(work, JUDGES)
        except StaleError:
            say_wrong("Somebody changed the problem at the same moment. Nothing was changed: try again.")

    async def _done(self, said: str) -> None:
        self._place.clear()
        say_done(said)
        await self._host.bring()
