"""Alerts of the past or of a backtest, with the words that they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui.element import Element

from api.console import look
from api.console.alert import telling
from api.console.context import Context
from api.console.highlight import Mark, shortened
from api.console.palette import group_shown
from engine.alerts.alert import Alert
from engine.feedback import Feedback
from engine.rules.backtest import Raised
from engine.taxonomy import Taxonomy

Said = Mapping[int, Feedback]


def words_of(context: Context, alerts: Sequence[Raised]) -> Said:
    """Return what customers said whose alerts these are, as far as the account may see it; run it in a thread."""
    sequences = [one.alert.sequence for one in alerts if one.alert.feedback_id]
    return context.service.store.words.of(sequences, context.caller.scope)


def draw_samples(alerts: Sequence[Raised], said: Said, taxonomy: Taxonomy) -> None:
    """Draw alerts with the words that they stand on, and why."""
    for one in alerts:
        with Element("div").classes("hf-sample"):
            _draw_sample(one.alert, said.get(one.alert.sequence), taxonomy)


def _draw_sample(alert: Alert, feedback: Feedback | None, taxonomy: Taxonomy) -> None:
    part = alert.evidence[0].part if alert.evidence else 0
    if feedback is not None and alert.feedback_id and part < len(feedback.parts):
        marks = [
            Mark(one.start, one.end, group_shown(one.shows, taxonomy), one.shows)
            for one in alert.evidence
            if one.part == part
        ]
        look.highlighted(*shortened(feedback.parts[part].text, marks))
    with Element("div").classes("hf-row hf-small hf-muted"):
        look.moment(alert.opened_at)
        holder = alert.holder or alert.team or alert.receiver
        look.words("span", f"to {holder}")
        if alert.reasons:
            look.words("span", "; ".join(map(telling.because, alert.reasons[:3])))
