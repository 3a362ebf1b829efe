"""The page where a text is tried: pasted or opened, read as it is typed, and judged by every rule."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from api.console import fields, look
from api.console.context import UNFORESEEN, Context, later, log
from api.console.feedback.asking import PATH
from api.console.feedback.goes import draw_goes
from api.console.feedback.judged import Rank, judged_of
from api.console.feedback.rules import RulesList
from api.console.feedback.search import dress
from api.console.feedback.understood import draw_understood
from api.console.verbatim import Verbatim, prepared
from api.text_trying import said_in, try_record
from engine.errors import HeedfulError, ReaderUnavailableError, SignInError
from engine.intake import MAX_VALUE_CHARACTERS
from engine.program import AttributeSpec
from engine.scope import TESTERS
from engine.text_trial import TriedText

# As much as the socket of a page takes at once, whatever is in it.
MOST_CHARACTERS = 200_000
WAIT_MS = 60
MOST_REST_S = 1.0
MOST_ATTRIBUTES = 30
BEGIN = "Type or paste what a customer could say: it is read as you type, and not stored."
DOWN = "The reader is down: nothing can be read at this moment. It is tried again with the next change."
TYPED = f"(event) => heedfulFeedback.paused(event, emit, {WAIT_MS})"
FILE = "(event) => heedfulFeedback.open(event, '{field}').then((said) => {{ if (said) emit(said) }})"


class TryPage:
    """The page; one reading at a time is under way for it, and then the latest text is read.

    Parameters
    ----------
    context
        Who looks at it.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._text = ""
        self._record: dict[str, Any] = {}
        self._wanted = 0
        self._busy = False

    def draw(self) -> None:
        """Draw it."""
        dress()
        with Element("p"):
            look.link("All feedback", PATH, "hf-link hf-small")
        with Element("div").classes("hf-one"):
            with Element("div"):
                with _card("What a customer said"), Element("div").classes("hf-stack"):
                    self._draw_text()
                    self._draw_fields()
                with _card("Sentence by sentence") as self._said:
                    self._verbatim: Verbatim | None = None
                    self._place = Element("div")
                with _card("What the rules would do").classes("hf-one-last") as self._judged:
                    self._rules = RulesList(self._context, is_trial=True)
            with Element("div"):
                with _card("What was understood") as self._understood:
                    self._labels = Element("div")
                with _card("Where it would go") as self._goes:
                    self._destinations = Element("div")
        self._hide()

    def _draw_text(self) -> None:
        with Element("div").classes("hf-field-row"):
            label = look.words("label", "Text, or a transcript as WebVTT, SRT or JSON")
            field = TextElement(tag="textarea", text="").classes("hf-native hf-try-text")
        field.props.update({"maxlength": MOST_CHARACTERS, "spellcheck": "false"})
        label.props["for"] = field.html_id
        field.on("input", self._context.doing(self._typed), js_handler=TYPED)
        with Element("div").classes("hf-row"):
            with Element("label").classes("hf-plain-button hf-file"):
                look.words("span", "Open a file")
                file = Element("input").props("type=file accept=.txt,.vtt,.srt,.json,text/plain,application/json")
                file.on("change", self._context.doing(self._refused), js_handler=FILE.format(field=field.html_id))
            self._status = look.words("p", BEGIN, "hf-small hf-muted hf-grow").props("role=status")

    def _draw_fields(self) -> None:
        program = self._context.service.engine.program
        with Element("div").classes("hf-try-fields"):
            for name, spec in program.scores.items():
                field = fields.Field(f"{name} ({spec.min:g} to {spec.max:g})", most=20)
                field.element.props.update({"type": "number", "step": "any", "min": spec.min, "max": spec.max})
                self._follow(field, "scores", name)
        with Element("details").classes("hf-facet-group"):
            look.words("summary", "More about it")
            with Element("div").classes("hf-try-fields"):
                for name in ("channel", "unit", "customer", "employee"):
                    self._follow(fields.Field(name.capitalize()), name)
                for name, attribute in list(program.attributes.items())[:MOST_ATTRIBUTES]:
                    self._follow(_attribute_field(attribute), "attributes", name)

    def _follow(self, field: fields.Field, *path: str) -> None:
        async def changed(event: GenericEventArguments) -> None:
            self._set(path, str(event.args or "").strip())
            self._again()

        field.element.on("change", self._context.doing(changed), js_handler=fields.VALUE)

    def _set(self, path: tuple[str, ...], value: str) -> None:
        place = self._record
        for step in path[:-1]:
            place = place.setdefault(step, {})
        if value:
            place[path[-1]] = value
        else:
            place.pop(path[-1], None)

    async def _typed(self, event: GenericEventArguments) -> None:
        self._text = str(event.args or "")[:MOST_CHARACTERS]
        self._again()

    async def _refused(self, event: GenericEventArguments) -> None:
        self._say(str(event.args), "hf-bad")

    def _again(self) -> None:
        """Read what is there now; while something is being read, once that is done."""
        self._wanted += 1
        if not self._busy:
            self._busy = True
            later(self._run())

    async def _run(self) -> None:
        done = -1
        try:
            while done != self._wanted and self._context.client.has_socket_connection:
                done, started = self._wanted, time.monotonic()
                await self._try()
                # With a thousand rules a try is work: whoever types takes a third of the time at most.
                await asyncio.sleep(min(MOST_REST_S, 2 * (time.monotonic() - started)))
        finally:
            self._busy = False

    async def _try(self) -> None:
        context, text = self._context, self._text
        if not text.strip():
            with context.client:
                self._hide()
            return
        record = {name: dict(value) if isinstance(value, dict) else value for name, value in self._record.items()}
        started = time.monotonic()
        try:
            found = await try_record(context.service, context.caller, said_in(text) | record)
            evidence = found.evidence
            shown = await context.read(lambda: prepared(found.feedback, found.reading, evidence))
        except SignInError:
            context.leave()
        except ReaderUnavailableError:
            with context.client:
                self._say(DOWN, "hf-bad")
        except HeedfulError as problem:
            with context.client:
                self._say(_sentence(str(problem)), "hf-bad")
        except Exception as problem:
            log.error("a text could not be tried", error=type(problem).__name__, exc_info=problem)
            with context.client:
                self._say(UNFORESEEN, "hf-bad")
        else:
            with context.client:
                self._show(found, shown, time.monotonic() - started)

    def _show(self, found: TriedText, shown: Any, took_s: float) -> None:
        judged = judged_of(found.explained, found.rules.by_slug, is_trial=True)
        self._set_visible(True)
        if self._verbatim is None:
            with self._place:
                self._verbatim = Verbatim(shown)
        self._verbatim.show(shown)
        self._labels.clear()
        with self._labels:
            draw_understood(found.reading)
        self._rules.show(judged)
        self._draw_goes(found)
        fired = sum(one.rank is Rank.FIRED for one in judged)
        would = {0: "no rule would fire", 1: "one rule would fire"}.get(fired, f"{fired} rules would fire")
        said = "As it would be stored: " if found.feedback.redactions else ""
        self._say(f"{said}{would} (read in {took_s * 1000:.0f} ms, not stored)", "hf-muted")

    def _draw_goes(self, found: TriedText) -> None:
        """Show it to those who may try routes: it says who is told what."""
        if not self._context.may(TESTERS):
            return
        self._destinations.clear()
        with self._destinations:
            draw_goes(found.tried, {one.slug: one.title for one in found.rules.rules})

    def _hide(self) -> None:
        self._set_visible(False)
        self._say(BEGIN, "hf-muted")

    def _set_visible(self, is_shown: bool) -> None:
        for place in (self._said, self._judged, self._understood):
            place.set_visibility(is_shown)
        self._goes.set_visibility(is_shown and self._context.may(TESTERS))

    def _say(self, said: str, style: str) -> None:
        self._status.text = said
        self._status.classes(replace=f"hf-small hf-grow {style}")


def _attribute_field(spec: AttributeSpec) -> fields.Field:
    """Show a field for an attribute; what it takes is what the program declares."""
    if spec.kind == "one_of":
        return fields.choice(spec.name, {"": "None", **{one: one for one in spec.values}})
    if spec.kind == "flag":
        return fields.choice(spec.name, {"": "None", "true": "Yes", "false": "No"})
    field = fields.Field(spec.name, most=MAX_VALUE_CHARACTERS)
    if spec.kind == "number":
        field.element.props.update({"type": "number", "step": "any"})
    return field


def _sentence(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"


def _card(title: str) -> Element:
    return look.section(title).classes("hf-card")
