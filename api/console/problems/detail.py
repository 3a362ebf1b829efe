"""The fields of a problem, in the forms that open one and change one."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from api.console import fields
from api.console.context import Context
from api.console.inbox.acts import assignable
from engine.alerts.problem import Problem
from engine.alerts.problem_intake import MOST_TITLE, MOST_WORDS
from engine.errors import ProblemError
from engine.people import Directory
from engine.scope import Scope

MOST_UNIT = 800
QUIET = "While it is open, keep these quiet"
ABOUT = "While it is open, send no messages of alerts about its topic, and link them"
# What is kept quiet is what the form itself would choose.
TOPIC = "its topic"


class Details:
    """What a problem is: its fields, drawn where it is made.

    Parameters
    ----------
    context
        Who fills it in.
    people
        Of whom somebody may have it.
    begin
        What it begins with, by the names of a record.
    title_said
        What the field of the title is called.
    """

    def __init__(
        self, context: Context, people: Directory, begin: dict[str, str], *, title_said: str = "What it is"
    ) -> None:
        self._begin = begin
        self._title = fields.Field(title_said, begin.get("title", ""), most=MOST_TITLE)
        self._cause = fields.note("What is behind it, as far as it is known", most=MOST_WORDS, value=self._at("cause"))
        with Element("div").classes("hf-problem-fields"):
            topics = context.service.rules.taxonomy.nodes("topic")
            self._topic = fields.choice("Topic", _with({"": "None"}, topics, self._at("topic")), self._at("topic"))
            self._holder = fields.choice("Who has it", holders(context, people, self._at("holder")), self._at("holder"))
            hint = f"{context.account.unit} or below it" if context.account.unit else "Empty is everywhere"
            self._unit = (
                fields.Field("Unit", self._at("unit"), most=MOST_UNIT, hint=hint) if "id" not in begin else None
            )
            self._due = fields.Field("To be solved by", self._at("due"), kind="date", most=10)
        quiet = self._at("inhibits")
        self._quiet = fields.Check(f"{QUIET}: {quiet}" if quiet not in ("", TOPIC) else ABOUT, value=bool(quiet))

    def _at(self, name: str) -> str:
        return self._begin.get(name, "")

    def record(self) -> dict[str, Any]:
        """Return what is said, as the API takes it: of a problem that is there, only what is another than before.

        Raises
        ------
        ProblemError
            If something is to be kept quiet, and no topic says what.
        """
        named = [("title", self._title), ("cause", self._cause), ("topic", self._topic), ("holder", self._holder)]
        named += [("due", self._due), *([("unit", self._unit)] if self._unit is not None else [])]
        said = {name: field.said or "" for name, field in named}
        is_new = self._unit is not None
        found: dict[str, Any] = {name: value for name, value in said.items() if is_new or value != self._at(name)}
        # The day belongs to it.
        found |= {"due": f"{found['due']}T23:59"} if found.get("due") else {}
        is_quiet, was_quiet = self._quiet.value, bool(self._at("inhibits"))
        # What is kept quiet follows the topic, but where somebody chose it otherwise.
        if is_quiet and (not was_quiet or ("topic" in found and self._at("inhibits") == TOPIC)):
            found["inhibits"] = self._inhibits()
        elif was_quiet and not is_quiet:
            found["inhibits"] = ""
        return found

    def _inhibits(self) -> dict[str, Any]:
        """Return that alerts about the topic, in the unit, are kept quiet."""
        if self._topic.said is None:
            raise ProblemError("choose a topic: alerts about it are what is kept quiet", field="topic")
        unit = self._unit.said if self._unit is not None else self._at("unit")
        return {"matching": {"topic": self._topic.said} | ({"unit": unit} if unit else {})}


def begun_with(problem: Problem, zone: Any) -> dict[str, str]:
    """Return what the fields of a problem that is there begin with."""
    due = problem.due_at.astimezone(zone).date().isoformat() if problem.due_at else ""
    said = {"id": problem.id, "title": problem.title, "cause": problem.cause, "topic": problem.topic or ""}
    quiet = ""
    if problem.inhibits is not None:
        names = problem.inhibits.matching.as_dict()
        own = problem.topic is not None and set(names) <= {"topic", "unit"} and names.get("topic") == [problem.topic]
        quiet = TOPIC if own else problem.inhibits.matching.said
    return said | {"holder": problem.holder or "", "due": due, "unit": problem.unit or "", "inhibits": quiet}


def _with(options: dict[str, str], names: Any, value: str) -> dict[str, str]:
    found = options | {name: name for name in names}
    return found if value in found else found | {value: value}


def holders(context: Context, people: Directory, value: str, nobody: str = "Nobody yet") -> dict[str, str]:
    """Return who may have a problem: people and teams, and the receivers of the program."""
    names = assignable(people, Scope(context.account.unit))
    receivers = {name: f"Receiver {name}" for name in context.service.engine.program.receivers}
    found = {"": nobody} | names | receivers
    return found if value in found else found | {value: value}
