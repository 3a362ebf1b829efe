"""A feedback that was found: how it begins or where its words stand, what was read in it, and its alerts."""

from __future__ import annotations

from nicegui.element import Element

from api.addresses import alert_path, feedback_path
from api.console import look
from api.console.highlight import Mark
from api.console.palette import group_of
from engine.reading import ReadingStatus
from engine.store.searching import Found
from engine.taxonomy import TASKS

MOST_LABELS = 8
MOST_ALERTS = 3
NOTHING_SAID = "No words of the customer"
STATUSES: dict[str, str] = {
    ReadingStatus.EMPTY: "nothing to read",
    ReadingStatus.UNSURE: "not understood",
    ReadingStatus.UNSUPPORTED_LANGUAGE: "language not read",
    ReadingStatus.UNREAD: "not read yet",
}


def draw_found(found: Found) -> None:
    """Draw it, as an entry of a list."""
    one = found.feedback
    with Element("div").classes("hf-row hf-small"):
        look.link(one.id if one.source == "default" else f"{one.source}/{one.id}", feedback_path(*one.key)).classes(
            "hf-strong hf-found-name"
        )
        look.moment(found.occurred_at, look.Clock.AGO).classes("hf-muted")
        for name, value in one.scores.items():
            look.words("span", f"{name} {value:g}", "hf-strong")
        for said in (one.channel, one.unit, one.customer, found.language):
            if said:
                look.words("span", said, "hf-muted hf-found-fact")
        if found.revision > 1:
            look.words("span", f"revision {found.revision}", "hf-muted")
    _draw_words(found)
    with Element("div").classes("hf-row hf-found-labels"):
        if found.status in STATUSES:
            look.chip(STATUSES[found.status])
        for task, label in _labels(found):
            look.label_chip(task, label)
        for alert in found.alerts[:MOST_ALERTS]:
            with Element("span").classes("hf-found-alert"):
                look.severity(alert.severity)
                look.link(alert.title, alert_path(alert.id))
        if len(found.alerts) > MOST_ALERTS:
            look.words("span", f"and {len(found.alerts) - MOST_ALERTS} alerts more", "hf-small hf-muted")


def _draw_words(found: Found) -> None:
    cut = found.excerpt
    if not cut.text.strip():
        look.words("p", NOTHING_SAID, "hf-muted")
        return
    before = "… " if cut.start else ""
    after = " …" if cut.start + len(cut.text) < len(found.feedback.text) else ""
    marks = [Mark(start + len(before), end + len(before), "topic", "found") for start, end in cut.spans]
    look.highlighted(f"{before}{cut.text}{after}", marks)


def _labels(found: Found) -> list[tuple[str, str]]:
    """Return the labels that say something, in the order of the tasks."""
    some = [(task, label) for task in TASKS for label in found.labels.get(task, ())]
    return [one for one in some if one[0] != "emotion" or group_of(*one) != "neutral"][:MOST_LABELS]
