"""The form of a receiver: what it is, where to send, what it may see, and when it may be disturbed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Check, Field, choice
from api.console.settings.parts import handler
from engine.delivery.receiver_file import SETTINGS
from engine.delivery.spec import KINDS, Sees
from engine.delivery.template_folder import names_of
from engine.errors import QuestionError

SAID: Mapping[str, str] = {
    "slack": "Slack",
    "teams": "Microsoft Teams",
    "apprise": "E-mail, SMS, voice and others (Apprise)",
    "webhook": "Another system (signed webhook)",
    "log": "The log of the service",
}
SEES = {
    Sees.EVERYTHING: "everything",
    Sees.MASKED: "words without personal data",
    Sees.LABELS: "labels only, no words",
}
WHERE = "The name of an environment variable that holds the address, such as CARE_SLACK_WEBHOOK"
NAMED = "Rules and routes name it so: lower-case letters, digits and -"


class ReceiverForm:
    """Draws the settings of a receiver as fields, and reads them back.

    Parameters
    ----------
    name
        The receiver's; None of one that is to be.
    settings
        What its text says by now.
    """

    def __init__(self, context: Context, name: str | None, settings: Mapping[str, Any]) -> None:
        self._context = context
        self._name = name
        self._settings = settings
        self._kind = str(settings.get("kind", "slack"))
        self._read: dict[str, Callable[[], Any]] = {}
        self._rows: list[tuple[str, Element]] = []

    def draw(self) -> None:
        """Draw it."""
        with Element("div").classes("st-form"):
            self._named = None if self._name else Field("Name", hint=NAMED, most=100).first()
            choice("What it is", SAID, self._kind, changed=handler(self._context, self._change_kind))
            self._variable("url", "Where to send", WHERE)
            self._variable("secret", "Secret that signs its messages", "The name of such a variable too")
            self._choice("sees", "May see", {str(one): said for one, said in SEES.items()}, str(Sees.MASKED))
            self._choice("fallback", "If not reached, tell also", {"": "Nobody else"} | self._others())
            self._draw_disturbing()
        with Element("details"):
            look.words("summary", "More settings")
            with Element("div").classes("st-form st-after"):
                self._draw_more()
        self._show()

    @property
    def name(self) -> str:
        """The receiver's name."""
        return self._name or (self._named.said if self._named is not None else None) or ""

    @property
    def settings(self) -> dict[str, Any]:
        """What is said, as the text of a receiver says it.

        Raises
        ------
        QuestionError
            If a number is none.
        """
        found = {name: read() for name, read in self._read.items() if name in self._keeps}
        return {"kind": self._kind} | {name: value for name, value in found.items() if value not in (None, False, "")}

    @property
    def _keeps(self) -> tuple[str, ...]:
        return SETTINGS[next(kind for kind in KINDS if kind == self._kind)]

    async def _change_kind(self, kind: str) -> None:
        if kind in SAID:
            self._kind = kind
            self._show()

    def _show(self) -> None:
        """Show what a receiver of this kind can keep: nothing that was written is lost."""
        for name, row in self._rows:
            row.set_visibility(name in self._keeps)

    def _draw_disturbing(self) -> None:
        hint = "For each recipient; the rest comes in one digest"
        with self._row("budget"):
            budget = Field("Messages a day", self._said("budget"), hint=hint)
        self._read["budget"] = lambda: _whole("Messages a day", budget.said)
        self._text("digest_at", "Digest at", "Such as 08:00, where there is a number a day")
        quiet = self._settings.get("quiet_hours") or {}
        with self._row("quiet_hours"):
            begins = Field("Quiet from", str(quiet.get("from", "")), hint="Such as 22:00; what is critical still comes")
        with self._row("quiet_hours"):
            ends = Field("Quiet until", str(quiet.get("to", "")), hint="Such as 07:00")

        def hours() -> dict[str, Any] | None:
            given = {name: one.said for name, one in (("from", begins), ("to", ends)) if one.said}
            rest = {name: value for name, value in quiet.items() if name not in ("from", "to")}
            return given | rest if given else None

        self._read["quiet_hours"] = hours

    def _draw_more(self) -> None:
        program = self._context.service.engine.program
        self._text("zone", "Time zone", "Such as Europe/London; else the program's")
        self._text("timeout", "Give up a try after", "1s to 60s; 10s where nothing is said")
        templates = {name: name for name in sorted(names_of(program.templates))}
        self._choice("template", "Template", {"": "The one that comes with Heedful"} | templates)
        named = {"": "None", **{name: name for name in sorted(program.attributes)}}
        self._choice("address_attribute", "Attribute with the customer's address", named)
        self._check("to_customer", "Its messages go to the customers themselves")
        self._check("allow_private", "Its address may be inside the own network")

    def _others(self) -> dict[str, str]:
        return {name: name for name in sorted(self._context.service.specs) if name != self._name}

    def _said(self, name: str) -> str:
        value = self._settings.get(name)
        return "" if value is None else str(value)

    def _row(self, name: str, style: str = "") -> Element:
        row = Element("div").classes(style)
        self._rows.append((name, row))
        return row

    def _variable(self, name: str, label: str, hint: str) -> None:
        with self._row(name):
            field = Field(label, self._said(name).strip("${}"), hint=hint)
        self._read[name] = lambda: f"${{{field.said.strip('${}')}}}" if field.said else None

    def _text(self, name: str, label: str, hint: str) -> None:
        with self._row(name):
            field = Field(label, self._said(name), hint=hint)
        self._read[name] = lambda: field.said

    def _choice(self, name: str, label: str, options: Mapping[str, str], default: str = "") -> None:
        with self._row(name):
            field = choice(label, options, self._said(name) or default)
        # What is so anyway is not written.
        self._read[name] = lambda: None if field.value == default else field.said

    def _check(self, name: str, label: str) -> None:
        with self._row(name, "hf-wide"):
            check = Check(label, value=self._settings.get(name) is True)
        self._read[name] = lambda: check.value


def _whole(label: str, said: str | None) -> int | None:
    try:
        return int(said) if said else None
    except ValueError as problem:
        raise QuestionError(f"{label} is a whole number") from problem
