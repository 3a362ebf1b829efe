"""Where an alert would go: by the routes in force, or by those that somebody is changing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Field, choice
from api.console.settings.parts import handler
from api.console.settings.section import Access
from api.route_trying import tried
from engine.alerts.severity import Severity
from engine.delivery.stages import Verdict, verdict_as_dict
from engine.errors import QuestionError, SetupError
from engine.route_trial import Tried

HELD = {
    "shadow": "The rule is in shadow: it opens no alert, and nobody is told.",
    "unsure": "The model is unsure, and the rule says to skip then: no alert opens.",
}
# What would become of a message, by the outcome of its stages.
OUTCOMES = {"send": "sent at once", "hold": "held back", "wait": "sent later", "carry": "told of in another message"}


class Trial:
    """Asks where the alerts of a feedback would go, or an alert that somebody imagines.

    Parameters
    ----------
    access
        Who may.
    draft
        Returns routes that are not published yet, as text; None tries those in force.
    """

    def __init__(self, context: Context, access: Access, draft: Callable[[], str | None]) -> None:
        self._context = context
        self._access = access
        self._draft = draft

    def draw(self) -> None:
        """Draw the form, and the place for the answer."""
        program = self._context.service.engine.program
        rules = {"": "Judge the text by all rules"}
        rules |= {one.slug: one.title or one.slug for one in self._context.service.rules.rules}
        with look.section("Where would it go?", 3):
            look.words("p", "Nothing is stored, and nobody is told.", "hf-small hf-muted")
            with Element("div").classes("st-form"):
                self._text = Field("What the customer says", tag="textarea", most=5_000, wide=True)
                self._scores = {
                    name: Field(name, hint=f"{spec.min:g} to {spec.max:g}", kind="number")
                    for name, spec in list(program.scores.items())[:4]
                }
                self._unit = Field("Unit", hint="Such as emea/uk")
                self._employee = Field("Employee")
                self._rule = choice("Or an alert of the rule", rules)
                severities = {"": "As the rule says", **{str(one): str(one).capitalize() for one in Severity}}
                self._severity = choice("Severity of that alert", severities)
            with Element("div").classes("hf-row st-after"):
                look.button("Try it", handler(self._context, self._try), main=True)
            self._answer = Element("div").props("role=status").classes("st-after")

    async def _try(self) -> None:
        context = self._context
        self._access.need(context)
        self._answer.clear()
        said, draft = self._said(), self._draft()
        said |= {"routes": draft} if draft is not None else {}
        with self._answer:
            look.busy("Reading and judging")
        try:
            await context.read(lambda: None)  # the session must hold; the worker of checks does not ask
            found = await context.service.checker.run(lambda: tried(context.service, said, context.caller))
        except SetupError as problem:
            raise QuestionError("the changed routes have errors; mend them first") from problem
        finally:
            self._answer.clear()
        with self._answer:
            if draft is not None:
                look.words("p", "By the routes as they are changed here, which are not published yet:", "hf-small")
            if not found:
                look.nothing_here("No rule holds", "This feedback would open no alert, so nobody would be told.")
            for one in found:
                _draw_tried(one, {rule.slug: rule.title or rule.slug for rule in context.service.rules.rules})

    def _said(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"unit": self._unit.said, "employee": self._employee.said}
        facts["scores"] = {name: _number(name, field.said) for name, field in self._scores.items() if field.said}
        facts = {name: value for name, value in facts.items() if value}
        if self._rule.said is not None:
            severity = {"severity": self._severity.said} if self._severity.said else {}
            return {"alert": facts | {"rule": self._rule.said} | severity}
        if self._text.said is None:
            raise QuestionError("write what the customer says, or choose a rule")
        return {"feedback": facts | {"text": self._text.said}}


def _number(name: str, said: str | None) -> float:
    try:
        return float(said or "")
    except ValueError as problem:
        raise QuestionError(f"{name} is a number") from problem


def _draw_tried(one: Tried, titles: Mapping[str, str]) -> None:
    alert = one.addressed.alert
    with Element("div").classes("hf-card hf-stack st-after"):
        with Element("div").classes("hf-row"):
            look.severity(alert.severity)
            look.words("span", titles.get(alert.rule, alert.rule or "An alert"), "hf-strong hf-grow")
            if alert.route:
                look.words("span", f"by the route {alert.route}", "hf-small hf-muted")
        if one.held is not None:
            look.words("p", HELD.get(str(one.held), f"Held back: {one.held}."), "hf-warn")
        look.words("p", f"{alert.holder or 'Nobody yet'} holds it.")
        with Element("ul"):
            for to, verdict in zip(one.addressed.destinations, one.verdicts, strict=True):
                with Element("li"):
                    look.words("span", f"{to.recipient} by {to.receiver}: ")
                    _draw_outcome(verdict)
        look.words("p", one.addressed.why, "hf-small hf-muted")
        _draw_steps(one)


def _draw_steps(one: Tried) -> None:
    if not one.steps:
        return
    with Element("details"):
        look.words("summary", f"The {len(one.steps)} routes that were tried")
        with Element("ul"):
            for step in one.steps:
                said = "takes it" if step.why_not is None else step.why_not
                look.words("li", f"{' > '.join(step.path)}: {said}", "hf-small")


def _draw_outcome(verdict: Verdict) -> None:
    told = verdict_as_dict(verdict)
    look.words("span", OUTCOMES[str(told["now"])])
    if told["reason"]:
        by = f" by {told['by']}" if told["by"] else ""
        look.words("span", f" ({told['reason'].replace('_', ' ')}{by})")
    if told["until"]:
        look.words("span", ", until ")
        look.moment(datetime.fromisoformat(told["until"]))
