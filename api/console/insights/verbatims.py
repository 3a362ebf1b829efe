"""A verbatim in a list: what was said, when and where, and how it was read."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from api.addresses import alert_path, problem_path
from api.console import look
from api.console.highlight import Mark
from engine.store.searching import Found

MOST_LABELS = 6


def draw_verbatim(one: Found) -> None:
    """Draw what was said, when and where, how it was read, and which alerts there are about it."""
    feedback = one.feedback
    with Element("div").classes("hf-row hf-small hf-muted"):
        look.moment(one.occurred_at)
        for said in (feedback.channel, feedback.unit, feedback.customer):
            if said:
                ui.label(said)
        for name, value in feedback.scores.items():
            ui.label(f"{name} {value:g}")
    _draw_words(one)
    labels = [(task, label) for task, some in one.labels.items() for label in some]
    if labels:
        with Element("div").classes("hf-row"):
            for task, label in labels[:MOST_LABELS]:
                look.label_chip(task, label)
    for alert in one.alerts[:3]:
        with Element("div").classes("hf-row hf-small"):
            look.severity(alert.severity)
            look.link(alert.title, alert_path(alert.id))
            if alert.problem is not None:
                look.link("its problem", problem_path(alert.problem))


def _draw_words(one: Found) -> None:
    shown = one.excerpt
    before = "… " if shown.start else ""
    after = " …" if shown.start + len(shown.text) < len(one.feedback.text) else ""
    marks = [
        Mark(start + len(before), end + len(before), "topic", "what was searched for") for start, end in shown.spans
    ]
    look.highlighted(f"{before}{shown.text}{after}", marks)
