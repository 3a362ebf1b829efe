"""What a rule does: its name and status, how grave its alerts are, who gets them, how soon, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import slug_of
from api.console.editor.fields import choice_field, text_field, tick
from engine.alerts.severity import Severity
from engine.rules.rule import IfUnsure, RuleStatus

STATUSES = {
    "draft": "Draft: not judged yet",
    "shadow": "Shadow: judged, and tells nobody",
    "live": "Live: judged, and alerts",
    "paused": "Paused: not judged now",
}
UNSURE = {
    "skip": "Nothing happens",
    "review": "Somebody looks, and no message is sent",
    "alert": "It alerts all the same",
}
GRAVE = {str(one): str(one).capitalize() for one in Severity}
AS_ROUTED = "As the routes say"
WHOSE = {
    "manager_of: holder": "the holder's manager",
    "manager_of: employee": "the employee's manager",
    "lead_of: unit": "the unit's lead",
}
MOST_PEOPLE = 300


class Basics:
    """The name, the title, the author, and the status."""

    def __init__(self, bench: Bench, *, is_new: bool) -> None:
        self._bench = bench
        self._named = not is_new
        self._is_new = is_new

    def draw(self) -> None:
        """Draw the fields."""
        bench, draft = self._bench, self._bench.draft
        self._named = self._named or _said(draft.get(("rule",))) != slug_of(_said(draft.get(("title",))))
        text_field("What it is for", _said(draft.get(("title",))), bench.act(self._titled), maxlength="200")
        with Element("div").classes("hf-row hf-fields"):
            if self._is_new:
                self._slug = Element("div").classes("hf-grow")
                self._show_name()
            else:
                with Element("div").classes("hf-labelled"):
                    look.words("span", "Name", "hf-label-text")
                    look.words("span", _said(draft.get(("rule",))), "hf-code")
            text_field("Author", _said(draft.get(("author",))), bench.set(("author",), _text), style="hf-grow")
            status = _said(draft.get(("status",))) or "draft"
            choice_field("Status", STATUSES, status if status in set(RuleStatus) else "draft", bench.set(("status",)))

    def _show_name(self) -> None:
        self._slug.clear()
        with self._slug:
            text_field(
                "Name, which never changes",
                _said(self._bench.draft.get(("rule",))),
                self._bench.act(self._renamed),
                maxlength="100",
                spellcheck="false",
            )

    async def _titled(self, title: Any) -> None:
        self._bench.draft.put(("title",), str(title))
        if self._is_new and not self._named:
            name = slug_of(str(title))
            if name != self._bench.draft.get(("rule",)):
                self._bench.draft.put(("rule",), name)
                self._show_name()
        self._bench.written()

    async def _renamed(self, name: Any) -> None:
        self._named = True
        self._bench.put(("rule",), str(name).strip())


def draw_then(bench: Bench) -> None:
    """Draw what happens when the conditions hold."""
    then = bench.draft.get(("then",))
    then = then if isinstance(then, dict) else {}
    with Element("div").classes("hf-row hf-fields"):
        choice_field("How grave", GRAVE, _said(then.get("severity")) or "medium", bench.set(("then", "severity")))
        _send_to(bench, then.get("send_to"))
        unsure = _said(bench.draft.get(("if_unsure",))) or "skip"
        choice_field(
            "When the model is unsure", UNSURE, unsure if unsure in set(IfUnsure) else "skip", bench.set(("if_unsure",))
        )
    with Element("div").classes("hf-row hf-fields"):
        for key, label, hint in (
            ("follow_up_within", "Try to reach the customer within", "24h, 8bh, 2bd"),
            ("close_within", "Resolve within", "4d, 5bd"),
        ):
            value = bench.draft.get(("then", key))
            text_field(label, _said(value), bench.set(("then", key), _text), style="hf-short", placeholder=hint)
        _Cooldown(bench).draw()
    _draw_more(bench, then)


def _send_to(bench: Bench, value: Any) -> None:
    if isinstance(value, dict) and len(value) == 1:
        ((word, whom),) = value.items()
        value = f"{word}: {whom}"
    if isinstance(value, (dict, list)):
        look.words("p", "Who gets the messages is written in the YAML.", "hf-small hf-muted")
        return
    groups = _receivers(bench, _said(value))
    choice_field("Who gets the messages", groups, _said(value), bench.set(("then", "send_to"), _target))


def _receivers(bench: Bench, value: str) -> Sequence[tuple[str, Mapping[str, str]]]:
    program = bench.program
    channels = {name: name for name, one in sorted(program.receivers.items()) if one.is_channel}
    found: list[tuple[str, Mapping[str, str]]] = [("", {"": AS_ROUTED}), ("Receivers", channels)]
    if program.people is not None:
        known = program.people
        teams = sorted({team for one in known for team in one.teams})
        found.append(("Teams", {team: team for team in teams[:MOST_PEOPLE]}))
        found.append(("People", {one.id: f"{one.name} ({one.id})" for one in known[:MOST_PEOPLE]}))
        found.append(("By who it is about", WHOSE))
    if value and not any(value in options for _, options in found):
        found.append(("As it is written", {value: value}))
    return [(title, options) for title, options in found if options]


def _target(value: Any) -> Any:
    said = str(value)
    word, _, whom = said.partition(": ")
    return {word: whom} if said in WHOSE else said or None


class _Cooldown:
    """For how long a rule stays quiet after an alert, and for whom."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        value = bench.draft.get(("then", "cooldown"))
        told = value if isinstance(value, dict) else {"for": value}
        self._for = _said(told.get("for"))
        self._per: Any = told.get("per")

    def draw(self) -> None:
        names = ["customer", "employee", "unit", "channel", "source", *self._bench.program.attributes]
        options = {"": "everybody", **{name: f"the same {name.replace('_', ' ')}" for name in names}}
        many = isinstance(self._per, list)
        if many:
            options["*"] = ", ".join(map(str, self._per))
        text_field(
            "Stay quiet after an alert for", self._for, self._bench.act(self._said), style="hf-short", placeholder="7d"
        )
        choice_field("about", options, "*" if many else _said(self._per), self._bench.act(self._about))

    async def _said(self, text: Any) -> None:
        self._for = str(text).strip()
        self._write()

    async def _about(self, per: Any) -> None:
        self._per = self._per if per == "*" else str(per) or None
        self._write()

    def _write(self) -> None:
        value = {"per": self._per, "for": self._for} if self._per else self._for
        self._bench.put(("then", "cooldown"), value if self._for else None)


def _draw_more(bench: Bench, then: Mapping[str, Any]) -> None:
    with Element("details") as folded:
        if then.keys() & {"take", "auto", "escalate"} or bench.draft.get(("must_not_lose",)):
            folded.props["open"] = True
        look.words("summary", "More", "hf-small")
        with Element("div").classes("hf-row hf-fields"):
            text_field(
                "Take only so much of the feedback",
                _said(then.get("take")),
                bench.set(("then", "take"), _text),
                style="hf-short",
                placeholder="25%",
            )
            lose = bench.draft.get(("must_not_lose",)) is True
            tick(
                "Another model may lose none of its alerts", lose, bench.set(("must_not_lose",), lambda on: on or None)
            )
            auto = then.get("auto") == "thank"
            tick(
                "Thank the customer, and resolve the alert",
                auto,
                bench.set(("then", "auto"), lambda on: "thank" if on else None),
            )
        if "escalate" in then:
            look.words(
                "p", "Who is told when it is late is written in the YAML, under 'escalate'.", "hf-small hf-muted"
            )


def _said(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def _text(value: Any) -> Any:
    return str(value).strip() or None
