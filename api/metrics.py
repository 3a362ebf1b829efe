"""What Prometheus may scrape. No metric has a label that comes from a customer's words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.decision import Decision
from engine.store.claims import Outcome
from engine.store.outbox import OutboxRows

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Those that a metric tells apart; the API and `heedful languages` tell all.
LANGUAGES = frozenset(
    {"en", "es", "fr", "de", "it", "pt", "nl", "pl", "sv", "da", "no", "fi", "cs", "hu", "ro", "el", "tr", "ru", "uk"}
    | {"ar", "he", "fa", "hi", "bn", "ta", "ur", "id", "ms", "tl", "vi", "th", "zh", "ja", "ko"}
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Metrics:
    """The service's counters."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.feedback = Counter("heedful_feedback", "Feedback decided", ["status"], registry=self.registry)
        self.languages = Counter(
            "heedful_feedback_by_language", "Feedback decided", ["language", "status"], registry=self.registry
        )
        self.alerts = Counter("heedful_alerts", "Alerts opened", ["rule", "severity", "kind"], registry=self.registry)
        self.held = Counter("heedful_held_back", "Matches held back", ["rule", "reason"], registry=self.registry)
        self.requests = Counter(
            "heedful_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "heedful_request_seconds", "Seconds a request took", ["route"], registry=self.registry, buckets=BUCKETS
        )
        self.commit = Histogram(
            "heedful_commit_seconds", "Seconds to judge and commit a batch", registry=self.registry, buckets=BUCKETS
        )
        self.heard = Counter("heedful_heard_seconds", "Seconds of recordings that were heard", registry=self.registry)
        self.waiting = Gauge("heedful_waiting_requests", "Requests that wait to be read", registry=self.registry)
        self.model = Info("heedful_model", "The model that is read with", registry=self.registry)
        self.model_refused = Gauge(
            "heedful_model_refused", "1 while the model store's current model cannot be used", registry=self.registry
        )
        self.outbox = Gauge(
            "heedful_notifications", "Notifications by state", ["state", "receiver"], registry=self.registry
        )
        self.oldest_due = Gauge(
            "heedful_oldest_due_seconds",
            "Seconds since when the oldest notification is due",
            ["receiver"],
            registry=self.registry,
        )
        self.tries = Counter(
            "heedful_delivery_tries", "Tries to deliver", ["receiver", "outcome"], registry=self.registry
        )

    def decided(self, decisions: Iterable[Decision]) -> None:
        """Count new decisions."""
        for decision in decisions:
            status = str(decision.reading.status)
            self.feedback.labels(status).inc()
            self.languages.labels(_language(decision.reading.language), status).inc()
            for alert in decision.alerts:
                self.alerts.labels(alert.rule, str(alert.severity), str(alert.kind)).inc()
            for held in decision.held_back:
                self.held.labels(held.rule, str(held.reason)).inc()

    def tried(self, outcomes: Iterable[Outcome]) -> None:
        """Count tries to deliver."""
        for one in outcomes:
            self.tries.labels(one.claimed.receiver, str(one.standing)).inc()

    def waiting_to_be_sent(self, rows: OutboxRows, now: datetime) -> None:
        """Show how notifications stand."""
        self.outbox.clear()
        for (state, receiver), count in rows.counts_by_receiver().items():
            self.outbox.labels(state, receiver).set(count)
        self.oldest_due.clear()
        for receiver, since in rows.oldest_due().items():
            self.oldest_due.labels(receiver).set(max(0.0, (now - since).total_seconds()))

    def text(self) -> bytes:
        """Return the exposition."""
        return generate_latest(self.registry)


def _language(code: str | None) -> str:
    """Return a language as a label: few are told apart, so that no sender makes the labels many."""
    return "none" if code is None else code if code in LANGUAGES else "other"


class Measured:
    """Counts and times every request of an application, by its route's template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # What raises instead of answering becomes a 500 further out.
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.metrics.requests.labels(route, method, str(status)).inc()
            self.metrics.seconds.labels(route).observe(time.perf_counter() - started)
