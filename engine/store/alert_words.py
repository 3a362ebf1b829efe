"""Alerts by a line that somebody types: an id, or words that the customer said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, and_, exists, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.store import schema

MOST_WORDS = 16
ESCAPE = "\\"


class _Said(FunctionElement[str]):
    """The texts of a record, one after the other."""

    name = "said"
    type = Text()
    inherit_cache = True


@compiles(_Said, "sqlite")
def _sqlite(element: _Said, compiler: Any, **options: Any) -> str:
    record = compiler.process(element.clauses, **options)
    texts = f"json_each({record}, '$.parts')"
    return f"(SELECT group_concat(json_extract(value, '$.text'), char(10)) FROM {texts})"  # noqa: S608


@compiles(_Said, "postgresql")
def _postgresql(element: _Said, compiler: Any, **options: Any) -> str:
    record = compiler.process(element.clauses, **options)
    texts = f"json_array_elements(CAST({record} AS json) -> 'parts') AS part"
    return f"(SELECT string_agg(part ->> 'text', chr(10)) FROM {texts})"  # noqa: S608


def finds(line: str) -> Any:
    """Return the condition that a line names an alert, its feedback or its customer, or that all its words were said.

    The case of letters is no difference. Of a longer line the first 16 words count.
    """
    alert, feedback = schema.alert.c, schema.feedback.c
    words = [_says(_Said(feedback.record), word) for word in line.split()[:MOST_WORDS]]
    own = exists().where(feedback.sequence == alert.sequence, *words).correlate(schema.alert)
    named = [column == line for column in (alert.id, alert.customer, alert.feedback_id)]
    return or_(*named, and_(alert.feedback_id != "", own))


def _says(said: _Said, word: str) -> Any:
    lower = word.lower()
    # SQLite leaves letters beyond ASCII as they are: small, capital, or the first of a sentence.
    raised = "".join(one if one.isascii() else one.upper() for one in lower)
    ways = dict.fromkeys((lower, raised, raised[:1] + lower[1:]))
    return or_(*(func.lower(said).like(_anywhere(way), escape=ESCAPE) for way in ways))


def _anywhere(word: str) -> str:
    for special in (ESCAPE, "%", "_"):
        word = word.replace(special, ESCAPE + special)
    return f"%{word}%"
