"""How an alert is drawn: as a row of the queue, and beside it as a whole."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.alert import telling
from api.console.drawn import Part, chip, drawn, highlighted, link, moment, part, severity
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
    box = _pick(entry, picked=picked) if may_act else None
    inside = [
        part(
            "div",
            severity(alert.severity),
            link(alert.title, path_of(alert, view), "hf-link hf-strong", title=alert.title),
            *_kind(alert),
            _clocks(alert),
            style="hf-inbox-line",
        ),
        *_words(entry),
        _meta(entry),
    ]
    if may_act and not alert.is_closed:
        acts = [act_part(name, said) for name, said in ACTS if name in ON_A_CARD and _makes_sense(name, alert)]
        inside.append(part("div", *acts, style="hf-inbox-row-acts"))
    row = part("div", *inside, style="hf-inbox-left" if entry.has_left else "")
    drawn(row) if may_act else drawn(part("span"), row)
    return box


def _pick(entry: Entry, *, picked: bool) -> Element:
    box = Element("input").props("type=checkbox data-pick").classes("hf-inbox-pick")
    box.props["aria-label"] = f"Select {entry.alert.title}" + (
        f", {entry.alert.customer}" if entry.alert.customer else ""
    )
    if picked:
        box.props["checked"] = True
    return box


def act_part(name: str, said: str, *, of: str | None = None, main: bool = False) -> Part:
    """Return a button that does something with an alert, or with what is selected."""
    style = "hf-inbox-act hf-inbox-act-main" if main else "hf-inbox-act"
    return part("button", said, style=style, type="button", data_act=name, **({} if of is None else {"data_id": of}))


def _makes_sense(name: str, alert: Alert) -> bool:
    return name != "acknowledge" or alert.state == "open"


def _clocks(alert: Alert) -> Part:
    """Return both clocks, or what became of the alert."""
    if alert.is_closed:
        return part("div", part("span", DONE_TO[alert.state]), style="hf-inbox-clocks")
    inside = []
    for what, met, due in (
        ("Follow-up", "Followed up" if alert.followed_up_at else "", alert.follow_up_due),
        ("Closing", "", alert.close_due),
    ):
        if met:
            inside.append(part("span", met))
        elif due is not None:
            inside.append(part("span", f"{what} ", moment(due, look.Clock.DUE)))
    return part("div", *inside, style="hf-inbox-clocks")


def _kind(alert: Alert) -> list[Part]:
    return [] if alert.kind is AlertKind.ALERT else [chip(str(alert.kind).capitalize())]


def _words(entry: Entry, most: int = 220) -> list[Part]:
    """Return the words that the alert stands on, or how the feedback begins."""
    alert, feedback = entry.alert, entry.feedback
    at = alert.evidence[0].part if alert.evidence else 0
    if feedback is None or at >= len(feedback.parts):
        return []
    marks = [
        Mark(one.start, one.end, group_shown(one.shows, entry.taxonomy), one.shows)
        for one in alert.evidence
        if one.part == at
    ]
    return [highlighted(*shortened(feedback.parts[at].text, marks, most))]


def _meta(entry: Entry) -> Part:
    alert = entry.alert
    inside = [part("span", alert.customer, style="hf-inbox-who")] if alert.customer else []
    inside.append(part("span", moment(alert.opened_at, look.Clock.AGO)))
    said = (alert.unit, _state(alert), _holder(entry), *_numbers(entry))
    return part("div", *inside, *(part("span", one) for one in said if one), style="hf-inbox-meta")


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
    state = part("span", _state(alert), style="hf-small hf-muted")
    inside = [
        part("div", severity(alert.severity), *_kind(alert), state, style="hf-row"),
        part("h2", link(alert.title, path_of(alert, view))),
    ]
    if may_act and not alert.is_closed:
        named = [(name, said) for name, said in ACTS if _makes_sense(name, alert)]
        acts = [act_part(name, said, of=alert.id, main=name == "acknowledge") for name, said in named]
        inside.append(part("div", *acts, style="hf-inbox-acts"))
    why = [part("p", telling.because(one), style="hf-small") for one in alert.reasons]
    inside += [
        _clocks(alert),
        *_words(entry, MOST_PREVIEWED),
        _facts(entry),
        part("div", part("p", "Why it fired", style="hf-small hf-strong"), *why),
        link("Open with its history", path_of(alert, view)),
    ]
    drawn(part("div", *inside, style="hf-stack"))


def _facts(entry: Entry) -> Part:
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
    inside: list[Part] = []
    for name, value in facts.items():
        if value:
            inside += [part("dt", name), part("dd", value)]
    opened = part("dd", moment(alert.opened_at))
    return part("dl", *inside, part("dt", "Opened"), opened, style="hf-pairs hf-small")


def draw_words(entry: Entry, most: int = 220) -> None:
    """Draw the words that an alert stands on, in a list of another page."""
    drawn(*_words(entry, most))
