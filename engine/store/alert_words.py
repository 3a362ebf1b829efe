"""Alerts by a line that somebody types: an id, or words that the customer said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, and_, exists, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.insights.wording import Term, parse_wording
from engine.store import schema
from engine.store.search_filter import fts5_of, tsquery_of


class _Said(FunctionElement[bool]):
    """Whether the words of a commit are what a question in a database's own language asks for."""

    name = "said"
    type = Boolean()
    inherit_cache = True


@compiles(_Said, "sqlite")
def _sqlite(element: _Said, compiler: Any, **options: Any) -> str:
    sequence, question, _ = element.clauses
    sequence, question = (compiler.process(one, **options) for one in (sequence, question))
    return f"{sequence} IN (SELECT rowid FROM search_words WHERE search_words MATCH {question})"  # noqa: S608


@compiles(_Said, "postgresql")
def _postgresql(element: _Said, compiler: Any, **options: Any) -> str:
    sequence, _, question = element.clauses
    sequence, question = (compiler.process(one, **options) for one in (sequence, question))
    return f"{sequence} IN (SELECT sequence FROM search_words WHERE words @@ CAST({question} AS tsquery))"  # noqa: S608


def finds(line: str, named: Sequence[str] = ()) -> Any:
    """Return the condition that a line names an alert, its feedback or its customer, or asks for what was said.

    Words are asked for as in the search of feedback: all of them, a "phrase", -not, begin*.

    Parameters
    ----------
    named
        Under which names a customer is stored whom the line may name.

    Raises
    ------
    QuestionError
        If it is longer than anybody types.
    """
    alert, feedback, wording = schema.alert.c, schema.feedback.c, parse_wording(line)
    names = [alert.id == line, alert.feedback_id == line, alert.customer.in_(dict.fromkeys((line, *named)))]
    if not wording:
        return or_(*names)
    asked = [_said(wording.wanted)] if wording.wanted else []
    asked += [~_said(wording.unwanted, any_of=True)] if wording.unwanted else []
    # The words are those of a feedback's latest revision, whichever opened the alert.
    own = exists().where(feedback.source == alert.source, feedback.id == alert.feedback_id, and_(*asked))
    return or_(*names, own.correlate(schema.alert))


def _said(terms: Sequence[Term], *, any_of: bool = False) -> Any:
    questions = (fts5_of(terms, any_of=any_of), tsquery_of(terms, any_of=any_of))
    return _Said(schema.feedback.c.sequence, *map(literal, questions))
