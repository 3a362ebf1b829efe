"""What can be done with an alert: the bar of buttons, and the form of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nicegui.element import Element

from api.alert_body import Asked
from api.alert_changing import change_alerts
from api.console import fields, look
from api.console.alert.fresh import Fresh
from api.console.alert.host import Host
from api.console.alert.judging import Judging
from api.console.alert.telling import plain, told_of
from api.console.context import say_done, say_wrong
from api.console.takers import takers
from engine.alerts.alert import Alert, AlertKind, AlertState
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import ADDS, Action
from engine.errors import ChangeError, StaleError
from engine.scope import JUDGES

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do.

    Parameters
    ----------
    key
        Does the same on the keyboard.
    done
        What is said then.
    """

    action: Action
    title: str
    done: str
    key: str = ""
    is_main: bool = False


ACKNOWLEDGE = Deed(Action.ACKNOWLEDGE, "Acknowledge", "Acknowledged", "a", is_main=True)
START = Deed(Action.START, "Start", "In progress")
ASSIGN = Deed(Action.ASSIGN, "Assign", "Assigned", "e")
ATTEMPT = Deed(Action.ATTEMPT, "Log an attempt", "The attempt is on record", "t")
RESOLVE = Deed(Action.RESOLVE, "Resolve", "Resolved", "r")
DISMISS = Deed(Action.DISMISS, "Dismiss", "Dismissed")
REOPEN = Deed(Action.REOPEN, "Reopen", "Open again")
VERDICT = Deed(Action.VERDICT, "Verdict", "Your verdict is on record", "v")
# What a review is for.
JUDGE = replace(VERDICT, is_main=True)
NOTE = Deed(Action.NOTE, "Note", "Noted", "n")
AT_ONCE = frozenset({Action.ACKNOWLEDGE, Action.START})


def deeds_for(alert: Alert) -> tuple[Deed, ...]:
    """Return what can be done with an alert as it stands."""
    first = {AlertState.OPEN: (ACKNOWLEDGE,), AlertState.ACKNOWLEDGED: (START,)}.get(alert.state, ())
    if alert.kind is AlertKind.SYSTEM:
        return (REOPEN, NOTE) if alert.is_closed else (*first, ASSIGN, RESOLVE, NOTE, DISMISS)
    if alert.is_closed:
        return (REOPEN, VERDICT, ATTEMPT, NOTE)
    if alert.kind is AlertKind.REVIEW:
        return (JUDGE, *(replace(one, is_main=False) for one in first), ASSIGN, ATTEMPT, RESOLVE, NOTE, DISMISS)
    return (*first, ASSIGN, ATTEMPT, RESOLVE, VERDICT, NOTE, DISMISS)


@dataclass
class Form:
    """An open form: what it makes of its fields, and the version of the alert that its writer has seen."""

    deed: Deed
    record: Callable[[], Record]
    version: int
    # Said once where others change the alert while somebody writes.
    warning: Element | None = field(default=None)


class Deeds:
    """The bar of an alert, for those who may change it.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._form: Form | None = None
        self._bar: Fresh[tuple[Deed, ...]] = Fresh(self._draw_bar, "hf-bar")
        self._bar.element.props["role"] = "group"
        self._bar.element.props["aria-label"] = "What to do"
        self._place = Element("div")

    def bring(self) -> None:
        """Bring the buttons up to date, and warn whoever writes about what others did."""
        alert = self._host.now.alert
        deeds = deeds_for(alert)
        self._bar.show(deeds, deeds)
        form = self._form
        if form is not None and form.warning is not None and form.version != alert.version:
            form.warning.set_visibility(True)

    def _draw_bar(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            act = self._host.context.doing(lambda deed=deed: self._begin(deed))
            button = look.button(deed.title, act, main=deed.is_main)
            if deed.key:
                button.props["data-key"] = button.props["aria-keyshortcuts"] = deed.key
                button.props["title"] = f"{deed.title} ({deed.key})"

    async def _begin(self, deed: Deed) -> None:
        self._host.context.need(JUDGES)
        if deed.action in AT_ONCE:
            await self._do(deed, {"action": str(deed.action)}, self._host.now.alert.version)
            return
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._close)
            form.props["aria-label"] = deed.title
            look.words("h3", deed.title)
            record = _FORMS[deed.action](self._host)
            warning = look.words("p", "Somebody changed this alert while you were writing; see the history.", "hf-warn")
            warning.props["role"] = "status"
            warning.set_visibility(False)
            with Element("div").classes("hf-row"):
                look.button(deed.title, self._host.context.doing(self._send), main=True)
                look.button("Cancel", self._close)
        self._form = Form(deed, record, self._host.now.alert.version, warning)
        fields.focus(form)

    def _close(self, _event: object = None) -> None:
        """Close the form, and lead those who work by keyboard back to the bar."""
        if self._form is not None:
            fields.focus(self._bar.element, "button")
        self._form = None
        self._place.clear()

    async def _send(self) -> None:
        form = self._form
        if form is not None:
            await self._do(form.deed, form.record(), form.version)

    async def _do(self, deed: Deed, record: Record, version: int) -> None:
        """Do it, if nobody else has changed meanwhile what it would take back."""
        host, alert = self._host, self._host.now.alert
        said = {name: value for name, value in record.items() if value is not None or name == "to"}
        asked = Asked({alert.id: None if deed.action in ADDS else version}, said)
        try:
            await host.context.write(lambda: change_alerts(host.context.service, host.context.caller, asked), JUDGES)
        except StaleError:
            await host.bring()
            if self._form is not None:
                self._form.version = host.now.alert.version
            say_wrong(f"{_last_change(host)} Nothing of yours was changed or lost: look at it again.")
            return
        say_done(deed.done)
        await host.bring()
        self._close()


def _last_change(host: Host) -> str:
    """Return what somebody else did meanwhile."""
    told = told_of(host.now.more["events"][-1], host.now.name)
    return f"Meanwhile {told.who} {told.said}."


def _assign(host: Host) -> Callable[[], Record]:
    now = host.now
    options = {"": "Nobody"} | takers(now.people, [now.alert.unit])
    who = host.context.caller.name
    holder = now.alert.holder or (who if who in options else "")
    if now.alert.holder and now.alert.holder not in options:
        options[now.alert.holder] = now.name(now.alert.holder)
    chosen = fields.choice("To", options, holder)
    note = fields.note("Note")
    if len(options) == 1:
        look.words("p", "Nobody is in the directory yet: fill it in the settings, or with 'heedful people import'.")

    def record() -> Record:
        if chosen.value not in options:
            raise ChangeError("choose a person or a team of the list", field="to")
        return {"action": "assign", "to": chosen.value or None, "note": note.said}

    return record


def _attempt(host: Host) -> Callable[[], Record]:
    channel = fields.choice("Channel", {str(one): plain(one).capitalize() for one in Channel}, Channel.PHONE)
    outcome = fields.choice(
        "Outcome", {str(one): plain(one).capitalize() for one in AttemptOutcome}, AttemptOutcome.REACHED
    )
    case = _case(host)
    return lambda: {"action": "attempt", "channel": channel.value, "outcome": outcome.value} | case()


def _resolve(host: Host) -> Callable[[], Record]:
    case = _case(host)
    return lambda: {"action": "resolve"} | case()


def _case(host: Host) -> Callable[[], Record]:
    """Ask what was behind it and what was done, in the program's own words where it declares them."""
    program, alert = host.context.service.engine.program, host.now.alert
    cause = fields.declared("Root cause", program.root_causes, alert.root_cause or "")
    remedy = fields.declared("Remedy", program.remedies, alert.remedy or "")
    note = fields.note("Note")
    return lambda: {"root_cause": cause.said, "remedy": remedy.said, "note": note.said}


def _noted(action: str, label: str) -> Callable[[Host], Callable[[], Record]]:
    def draw(_host: Host) -> Callable[[], Record]:
        note = fields.note(label)
        return lambda: {"action": action, "note": note.said}

    return draw


def _verdict(host: Host) -> Callable[[], Record]:
    form = Judging(host.context.service.engine.rules.taxonomy, host.basis.reading, host.now.alert.verdict)
    form.draw()
    return form.record


_FORMS: Mapping[Action, Callable[[Host], Callable[[], Record]]] = {
    Action.ASSIGN: _assign,
    Action.ATTEMPT: _attempt,
    Action.RESOLVE: _resolve,
    Action.DISMISS: _noted("dismiss", "Why it is dismissed"),
    Action.REOPEN: _noted("reopen", "Why it is opened again"),
    Action.NOTE: _noted("note", "Note"),
    Action.VERDICT: _verdict,
}
