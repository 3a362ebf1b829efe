"""The model: which one reads, how good it is, what came before it, and changing it."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.judging import card, known, measuring, parts
from api.console.judging.known import Known
from api.console.judging.promoting import Promoting
from api.console.page import Page
from api.console.settings.section import WHOLE
from engine.scope import TESTERS
from models.store import Change, Pointer

PAGE = Page("/models", "Models", roles=TESTERS, icon="psychology", place=6)
SHOWN = 20


async def page(context: Context) -> None:
    """Build the page."""
    parts.begin(context, PAGE.path)
    models = await context.read(lambda: known.known_models(context.service))
    store = known.store_of(context.service)
    pointer = await context.read(store.pointer) if store else None
    reads = known.read_with(context.service, models)
    _Now(context, pointer).draw()
    if pointer is not None and WHOLE.holds(context):
        Promoting(context, models, pointer).draw()
    with look.section("How good it is"):
        await _draw_scores(context, reads)
    if pointer is not None:
        with look.section("History"):
            _draw_history(pointer)
    if reads is not None:
        told = await context.read(lambda: known.card_of(reads))
        with look.section("Its card"), Element("details").classes("hf-details hf-card"):
            look.words("summary", "What it is, what it was trained on, and what it is not for")
            # The card is a file of the model, that its manifest verifies; nothing of a customer is in it.
            ui.markdown(told).classes("hf-document")


async def _draw_scores(context: Context, reads: Known | None) -> None:
    if reads is None:
        look.nothing_here("Nothing is known of how good it is", "The model that reads is none that came with scores.")
        return
    metrics = await context.read(lambda: known.metrics_of(reads))
    with Element("div").classes("hf-card hf-stack"):
        card.draw_scores(metrics)
    if context.may(parts.JUDGING) and context.caller.scope.unit is None:
        await measuring.Measuring(context, reads).draw()


class _Now:
    """Says which model reads; when another was promoted, when it takes over."""

    def __init__(self, context: Context, pointer: Pointer | None) -> None:
        self._context = context
        self._pointer = pointer
        self._said: tuple[str, str | None] | None = None

    def draw(self) -> None:
        """Draw it, and look again every other second: it is in the memory of the process."""
        with look.section("Reading now"), Element("div").classes("hf-card hf-stack").props("role=status") as self._box:
            pass
        self._look()
        if self._pointer is not None:
            ui.timer(2.0, self._look)

    def _look(self) -> None:
        service = self._context.service
        now = (service.reader.model, service.reader.problem or service.model_problem)
        if now == self._said:
            return
        self._said = now
        self._box.clear()
        with self._box:
            self._draw(*now)

    def _draw(self, model: str, problem: str | None) -> None:
        last = self._pointer.changes[-1] if self._pointer and self._pointer.changes else None
        said = {"Model": model or "none yet: it is being loaded"}
        if last is not None and last.model == model:
            said |= {"Since": f"{last.what} by {last.by}", "Why": last.why or "no reason was given"}
        elif last is not None:
            said["Next"] = f"{last.model}, {last.what} by {last.by}; it takes over within seconds once it is loaded"
        elif self._pointer is not None:
            said["Since"] = "nothing was promoted yet: it is the model that ships"
        else:
            said["Since"] = "the start: this service was told one model, and another needs another start"
        trees = self._context.service.rules.taxonomy
        counts = {task: len(trees.leaves[task]) for task in trees.leaves}
        said["Labels"] = ", ".join(f"{count} {task}s" for task, count in counts.items())
        parts.facts(said)
        if problem:
            look.words("p", f"{problem[:1].upper()}{problem[1:]}", "hf-notice hf-notice-bad").props("role=alert")


def _draw_history(pointer: Pointer) -> None:
    if not pointer.changes:
        look.words("p", "Nothing was promoted yet.", "hf-muted")
        return
    listed = look.Listed(_draw_change, "Changes of the model, the latest first")
    newest = list(enumerate(pointer.changes))[::-1][:SHOWN]
    listed.show([(place, 0, change) for place, change in newest])
    if len(pointer.changes) > SHOWN:
        look.words("p", f"The latest {SHOWN} of {len(pointer.changes)}; 'heedful models' has all.", "hf-small hf-muted")


def _draw_change(change: Change) -> None:
    with Element("div").classes("hf-row"):
        look.words("span", f"{change.model} {change.what} by {change.by}", "hf-strong hf-grow")
        look.moment(datetime.fromisoformat(change.at))
    look.words("p", change.why or "No reason was given.", "hf-small hf-muted")
