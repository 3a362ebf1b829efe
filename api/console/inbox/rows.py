"""How an alert is drawn: as a row of the queue, and beside it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.highlight import Mark, shortened
from api.console.inbox.looking import Entry
from api.console.inbox.view import View
from api.console.palette import group_shown
from engine.alerts.alert import Alert, AlertKind

# What the preview shows of a text around the evidence; the alert's own page shows it whole.
MOST_PREVIEWED = 1_500
MOST_SCORES = 4
ACTS = (
    ("acknowledge", "Acknowledge"),
    ("assign", "Assign"),
    ("resolve", "Resolve"),
    ("verdict", "Verdict"),
    ("dismiss", "Dismiss"),
)
ON_A_CARD = frozenset({"acknowledge", "assign", "resolve"})
DONE_TO = {"resolved": "Resolved", "dismissed": "Dismissed"}


def path_of(alert: Alert, view: View) -> str:
    """Return the address of an alert's page, with the queue it was opened from."""
    queue = f"?queue={quote(view.words, safe='')}" if view.words else ""
    return f"/alerts/{quote(alert.id, safe='')}{queue}"


def draw_row(entry: Entry, view: View, *, picked: bool, may_act: bool) -> Element | None:
    """Draw a row of the queue, and return its box to pick it with, for those who may change alerts."""
    alert = entry.alert
    # What the script of the page knows a row by.
    ui.context.slot.parent.props["data-alert"] = alert.id
    box = _pick(entry, picked=picked) if may_act else Element("span")
    with Element("div") as content:
        if entry.has_left:
            content.classes("hf-inbox-left")
        with Element("div").classes("hf-inbox-line"):
            look.severity(alert.severity)
            look.link(alert.title, path_of(alert, view), "hf-link hf-strong").props["title"] = alert.title
            _kind(alert)
            draw_clocks(alert)
        if entry.feedback is not None:
            draw_words(entry)
        _draw_meta(entry)
        if may_act and not alert.is_closed:
            with Element("div").classes("hf-inbox-row-acts"):
                for name, said in ACTS:
                    if name in ON_A_CARD and _makes_sense(name, alert):
                        draw_act(name, said)
    return box if may_act else None


def _pick(entry: Entry, *, picked: bool) -> Element:
    box = Element("input").props("type=checkbox data-pick").classes("hf-inbox-pick")
    box.props["aria-label"] = f"Select {entry.alert.title}" + (
        f", {entry.alert.customer}" if entry.alert.customer else ""
    )
    if picked:
        box.props["checked"] = True
    return box


def draw_act(name: str, said: str, *, of: str | None = None, main: bool = False) -> None:
    """Draw a button that does something with an alert, or with what is selected."""
    button = look.words("button", said, "hf-inbox-act hf-inbox-act-main" if main else "hf-inbox-act")
    button.props["type"], button.props["data-act"] = "button", name
    if of is not None:
        button.props["data-id"] = of


def _makes_sense(name: str, alert: Alert) -> bool:
    return name != "acknowledge" or alert.state == "open"


def draw_clocks(alert: Alert) -> None:
    """Draw both clocks, or what became of the alert."""
    with Element("div").classes("hf-inbox-clocks"):
        if alert.is_closed:
            look.words("span", DONE_TO[alert.state])
            return
        for what, met, due in (
            ("Follow-up", "Followed up" if alert.followed_up_at else "", alert.follow_up_due),
            ("Closing", "", alert.close_due),
        ):
            if met:
                look.words("span", met)
            elif due is not None:
                with look.words("span", f"{what} "):
                    look.moment(due, look.Clock.DUE)


def _kind(alert: Alert) -> None:
    if alert.kind is not AlertKind.ALERT:
        look.chip(str(alert.kind).capitalize())


def draw_words(entry: Entry, most: int = 220) -> None:
    """Draw the words that the alert stands on, or how the feedback begins."""
    alert, feedback = entry.alert, entry.feedback
    part = alert.evidence[0].part if alert.evidence else 0
    if feedback is None or part >= len(feedback.parts):
        return
    marks = [
        Mark(one.start, one.end, group_shown(one.shows, entry.taxonomy), one.shows)
        for one in alert.evidence
        if one.part == part
    ]
    look.highlighted(*shortened(feedback.parts[part].text, marks, most))


def _draw_meta(entry: Entry) -> None:
    alert = entry.alert
    with Element("div").classes("hf-inbox-meta"):
        if alert.customer:
            look.words("span", alert.customer, "hf-inbox-who")
        with look.words("span", ""):
            look.moment(alert.opened_at, look.Clock.AGO)
        for said in (alert.unit, _state(alert), _holder(entry), *_numbers(entry)):
            if said:
                look.words("span", said)


def _state(alert: Alert) -> str:
    said = str(alert.state).replace("_", " ")
    return said if alert.verdict is None else f"{said}, judged {alert.verdict.replace('_', ' ')}"


def _holder(entry: Entry) -> str:
    return f"{entry.name(entry.alert.holder)} has it" if entry.alert.holder else "nobody has it yet"


def _numbers(entry: Entry) -> list[str]:
    """Return the channel and the scores of what was said."""
    feedback = entry.feedback
    if feedback is None:
        return []
    scores = [f"{name.upper()} {value:g}" for name, value in list(feedback.scores.items())[:MOST_SCORES]]
    return [*([feedback.channel] if feedback.channel else []), *scores]


def draw_preview(entry: Entry, view: View, *, may_act: bool) -> None:
    """Draw an alert beside the queue."""
    alert = entry.alert
    with Element("div").classes("hf-stack"):
        with Element("div").classes("hf-row"):
            look.severity(alert.severity)
            _kind(alert)
            look.words("span", _state(alert), "hf-small hf-muted")
        with look.words("h2", ""):
            look.link(alert.title, path_of(alert, view))
        if may_act and not alert.is_closed:
            with Element("div").classes("hf-inbox-acts"):
                for name, said in ACTS:
                    if _makes_sense(name, alert):
                        draw_act(name, said, of=alert.id, main=name == "acknowledge")
        draw_clocks(alert)
        draw_words(entry, MOST_PREVIEWED)
        _draw_facts(entry)
        _titled("Why it fired", lambda: [look.words("p", one, "hf-small") for one in alert.reasons])
        look.link("Open with its history", path_of(alert, view))


def _draw_facts(entry: Entry) -> None:
    alert, feedback = entry.alert, entry.feedback
    numbers = _numbers(entry)
    facts = {
        "Customer": alert.customer,
        "Unit": alert.unit,
        "Holder": entry.name(alert.holder) if alert.holder else "nobody yet",
        "Employee": entry.name(alert.employee) if alert.employee else None,
        "Scores": ", ".join(one for one in numbers if feedback is not None and one != feedback.channel),
        "Channel": feedback.channel if feedback is not None else None,
    }
    with Element("dl").classes("hf-pairs hf-small"):
        for name, value in facts.items():
            if value:
                look.words("dt", name)
                look.words("dd", value)
        look.words("dt", "Opened")
        with look.words("dd", ""):
            look.moment(alert.opened_at)


def _titled(title: str, build: Callable[[], object]) -> None:
    with Element("div"):
        look.words("p", title, "hf-small hf-strong")
        build()
