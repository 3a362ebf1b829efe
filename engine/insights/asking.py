"""Reading conditions as people type them: ``topic:digital``, ``nps:..6``, ``store:Leeds``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from engine.errors import QuestionError
from engine.insights.asked import ABSENT, Asked, LabelAsked, RangeAsked, ValueAsked
from engine.insights.wording import parse_wording
from engine.names import show, unknown
from engine.program import AttributeSpec, Program
from engine.reading import ReadingStatus
from engine.rules.sentiment_condition import SENTIMENTS
from engine.taxonomy import TASKS

MOST = 50
_LABEL = re.compile(r"(?P<task>[a-z]+):(?P<node>[^>]{1,200}?)(?:>=(?P<least>[0-9.]{1,10}))?\Z")
# Before the name of an attribute that the program does not declare.
UNDECLARED = "attribute."
TEXTS = ("unit", "employee", "behind")
CUSTOMER = "customer"
FLAGS = ("alerted", "pattern")
STATUSES = tuple(str(status) for status in ReadingStatus)

LISTS = (
    *("label", "sentiment", "score", "attribute", "missing"),
    *("source", "channel", "language", "status", "rule"),
)
CONDITIONS = (*LISTS, *TEXTS, *FLAGS, CUSTOMER)


def parse_asked(program: Program, given: dict[str, Any]) -> Asked:
    """Return the conditions that parameters mean, by the names of `Asked.as_params`.

    Parameters
    ----------
    program
        Declares scores and attributes, and the zone of naive times.
    given
        Texts, lists of texts, flags and moments; None and absent do not ask. The names of one customer are a list.

    Raises
    ------
    QuestionError
        If one is not valid: it names the parameter.
    """
    many = {name: _list(given, name) for name in LISTS}
    typed = given.get("words") or ""
    since, until = (_moment(given.get(name), program.zone) for name in ("since", "until"))
    if since is not None and until is not None and since > until:
        raise QuestionError("the span ends before it begins: since comes first", "since")
    return Asked(
        wording=parse_wording(typed),
        typed=typed,
        labels=tuple(map(_label, many["label"])),
        sentiments=_known(many["sentiment"], "sentiment", SENTIMENTS),
        scores=tuple(_score(text, program) for text in many["score"]),
        attributes=tuple(_attribute(text, program) for text in many["attribute"]),
        missing=tuple(_absent(name, program) for name in many["missing"]),
        sources=tuple(many["source"]),
        channels=tuple(many["channel"]),
        languages=tuple(many["language"]),
        customers=tuple(given.get("customer") or ()),
        statuses=_known(many["status"], "status", STATUSES),
        rules=tuple(many["rule"]),
        since=since,
        until=until,
        **{name: given.get(name) for name in (*TEXTS, *FLAGS)},
    )


def parse_where(pairs: Sequence[str]) -> dict[str, Any]:
    """Return the parameters that ``KEY=VALUE`` pairs mean, as `parse_asked` takes them.

    Raises
    ------
    QuestionError
        If one is no pair, or its key is no condition.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair or name not in CONDITIONS:
            known = unknown("condition", name, CONDITIONS)
            raise QuestionError(known if is_pair else f"'{show(pair)}' is no condition; write KEY=VALUE", "where")
        if name in (*LISTS, CUSTOMER):
            found.setdefault(name, []).append(value)
            continue
        if name in FLAGS and value not in ("true", "false"):
            raise QuestionError(f"{name} is true or false, not '{show(value)}'", "where")
        found[name] = value == "true" if name in FLAGS else value
    return found


def parse_target(text: str, program: Program) -> Asked:
    """Return what a target means: ``alerted``, or a condition such as ``score=nps:..6`` or ``rule=late-delivery``.

    Raises
    ------
    QuestionError
        If it is none.
    """
    name, is_pair, value = text.partition("=")
    flag = {"true": True, "false": False}.get(value if is_pair else "true")
    if name in FLAGS and flag is not None:
        return parse_asked(program, {name: flag})
    if name not in LISTS or not value:
        raise QuestionError(
            f"'{show(text)}' is no target; write alerted, rule=late-delivery, score=nps:..6, label=intent:churn, "
            "sentiment=negative or attribute=store:Leeds",
            "target",
        )
    return parse_asked(program, {name: [value]})


def _list(given: dict[str, Any], name: str) -> Sequence[str]:
    values = list(dict.fromkeys(given.get(name) or ()))
    if len(values) > MOST:
        raise QuestionError(f"there are more than {MOST} conditions on {name}", name)
    return values


def _known(values: Iterable[str], kind: str, valid: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        if value not in valid:
            raise QuestionError(unknown(kind, value, valid), kind)
    return tuple(values)


def _label(text: str) -> LabelAsked:
    match = _LABEL.match(text)
    if match is None or match["task"] not in TASKS:
        raise QuestionError(
            f"'{show(text)}' is no label; write TASK:LABEL, such as topic:digital or emotion:anger>=0.8", "label"
        )
    least = None if match["least"] is None else _number(match["least"], "label")
    return LabelAsked(match["task"], match["node"], least)


def _score(text: str, program: Program) -> RangeAsked:
    name, colon, said = text.rpartition(":")
    if name not in program.scores:
        raise QuestionError(unknown("score", name if colon else text, program.scores), "score")
    found = _range(name, said, "score")
    if found is None:
        raise QuestionError(f"'{show(text)}' is no range; write {name}:0..6, {name}:9.. or {name}:10", "score")
    return found


def _range(name: str, said: str, field: str) -> RangeAsked | None:
    first, dots, last = said.partition("..")
    try:
        low, high = (float(end) if end else None for end in (first, last))
    except ValueError:
        return None
    if not dots:
        high = low
    ends = [end for end in (low, high) if end is not None]
    if not ends or not all(map(math.isfinite, ends)):
        return None
    if ends[0] > ends[-1]:
        raise QuestionError(f"'{show(said)}' ends before it begins; write the smaller number first", field)
    return RangeAsked(name, low, high)


def _attribute(text: str, program: Program) -> RangeAsked | ValueAsked:
    """Return a condition on an attribute; its name may have colons in it where it is declared."""
    name, said = _split(text, program)
    spec = program.attributes.get(name)
    if spec is not None and spec.kind == "number" and (found := _range(name, said, "attribute")) is not None:
        return found
    return ValueAsked(name, _value(said, spec), declared=spec is not None)


def _split(text: str, program: Program) -> tuple[str, str]:
    declared = [name for name in program.attributes if text.startswith(f"{name}:")]
    if declared:
        name = max(declared, key=len)
        return name, text[len(name) + 1 :]
    name, _, said = text.partition(":")
    if not name.removeprefix(UNDECLARED) or not said:
        raise QuestionError(f"'{show(text)}' is no condition; write NAME:VALUE, such as store:Leeds", "attribute")
    return attribute_name(name, program, "attribute"), said


def attribute_name(name: str, program: Program, field: str) -> str:
    """Return the attribute that a name means; ``attribute.NAME`` reaches an undeclared one.

    Raises
    ------
    QuestionError
        If it is not declared, and the program's attributes are.
    """
    if name in program.attributes:
        return name
    if not program.any_attribute and not name.startswith(UNDECLARED):
        raise QuestionError(unknown("attribute", name, program.attributes), field)
    return name.removeprefix(UNDECLARED)


def _value(said: str, spec: AttributeSpec | None) -> str | float | bool:
    kind = "text" if spec is None else spec.kind
    if kind == "flag":
        if said not in ("true", "false"):
            raise QuestionError(f"'{show(said)}' is neither true nor false", "attribute")
        return said == "true"
    if kind == "number":
        return _number(said, "attribute")
    if spec is not None and kind == "one_of" and said not in spec.values:
        raise QuestionError(unknown("value", said, spec.values), "attribute")
    return said


def _number(said: str, field: str) -> float:
    try:
        number = float(said)
        if not math.isfinite(number):
            raise ValueError
    except ValueError as problem:
        raise QuestionError(f"'{show(said)}' is no number", field) from problem
    return number


def _moment(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment


def _absent(name: str, program: Program) -> str:
    if name in ABSENT or name in program.scores or name in program.attributes or name.startswith(UNDECLARED):
        return name
    if not program.any_attribute:
        raise QuestionError(unknown("name", name, (*ABSENT, *program.scores, *program.attributes)), "missing")
    return UNDECLARED + name
