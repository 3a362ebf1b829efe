"""The conditions of a search as conditions of a query on entries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, cast, false, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from engine.alerts.alert import AlertKind
from engine.errors import QuestionError
from engine.insights.asked import Asked, LabelAsked
from engine.insights.wording import Term
from engine.names import unknown
from engine.rules.sentiment_condition import NEGATIVE, POSITIVE
from engine.rules.tallies import stamp
from engine.scope import Scope
from engine.store import schema
from engine.store.entries import words_table
from engine.store.schema_search import search_entry
from engine.store.scoping import in_scope
from engine.store.search_json import Json
from engine.taxonomy import taxonomy_from_dict

# A condition that so few fit is where a query begins; what more fit is looked at entry by entry.
RARE = 20_000
SIDES = {"positive": (True, False), "negative": (False, True), "mixed": (True, True), "neutral": (False, False)}
READ = "read"
# Confidences have four decimals, and stand in the store as the nearest float: 0.9 as a little less.
ROUNDING = 1e-6
Condition = ColumnElement[bool]
_entry = search_entry


@dataclass(frozen=True, slots=True)
class Filter:
    """Turns conditions into those of a query on entries, on one connection.

    Parameters
    ----------
    scope
        Which feedback and alerts may be seen.
    """

    connection: Connection
    scope: Scope

    def conditions(self, asked: Asked) -> list[Condition]:
        """Return all conditions.

        Raises
        ------
        QuestionError
            If a label is in none of the trees that feedback was read with.
        """
        return [*self.plain(asked), *self.words(asked)]

    def plain(self, asked: Asked) -> list[Condition]:
        """Return the conditions on all but the words."""
        if not asked.is_storable:
            return [false()]
        found: list[Condition] = [*in_scope(_entry, self.scope), *_columns(asked)]
        found += [self._label(label) for label in asked.labels]
        if asked.sentiments:
            found.append(self._sentiment(asked.sentiments))
        json_of = Json(self._is_sqlite)
        found += [json_of.holds(_entry.c.scores, one) for one in asked.scores]
        found += [json_of.holds(_entry.c.attributes, one) for one in asked.attributes]
        found += [self._missing(name, json_of) for name in asked.missing]
        if asked.customers:
            table = schema.feedback
            found.append(self._in(select(table.c.sequence).where(table.c.customer.in_(asked.customers))))
        return found + self._alerts(asked)

    def words(self, asked: Asked) -> list[Condition]:
        """Return the conditions on the words, wanted and unwanted."""
        wanted = asked.wording.wanted
        found = [_entry.c.sequence.in_(self._worded(self.said(wanted)))] if wanted else []
        return [*found, *self.unwanted(asked)]

    def unwanted(self, asked: Asked) -> list[Condition]:
        """Return the conditions that words are not there."""
        terms = asked.wording.unwanted
        return [_entry.c.sequence.not_in(self._worded(self.said(terms, any_of=True)))] if terms else []

    def said(self, terms: Sequence[Term], *, any_of: bool = False) -> Condition:
        """Return the condition that a row of words has all of some terms, or any of them."""
        if self._is_sqlite:
            return literal_column("search_words").op("MATCH", is_comparison=True)(fts5_of(terms, any_of=any_of))
        words = words_table(self.connection).c.words
        return words.op("@@", is_comparison=True)(cast(tsquery_of(terms, any_of=any_of), TSQUERY))

    def _worded(self, condition: Condition) -> Select[Any]:
        table = words_table(self.connection)
        return select(next(iter(table.c))).where(condition)

    @property
    def _is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def is_rare(self, query: Select[Any]) -> bool:
        """Return whether a query finds few enough to begin with it."""
        some = query.limit(RARE + 1).subquery()
        return (self.connection.scalar(select(func.count()).select_from(some)) or 0) <= RARE

    def _in(self, query: Select[Any]) -> Condition:
        """Return the condition that a query finds the entry's commit."""
        if self.is_rare(query):
            return _entry.c.sequence.in_(query)
        (own,) = query.selected_columns
        return query.where(own == _entry.c.sequence).correlate(_entry).exists()

    def _label(self, asked: LabelAsked) -> Condition:
        table = schema.reading_label
        leaves = leaves_of(self.connection, asked)
        query = select(table.c.sequence).where(table.c.task == asked.task, table.c.label.in_(leaves))
        if asked.at_least is not None:
            return self._in(query.where(table.c.confidence >= asked.at_least - ROUNDING))
        return _entry.c.sequence.in_(query) if self.is_rare(query) else self._holds(asked.task, asked.node)

    def _holds(self, task: str, node: str) -> Condition:
        """Return the condition that a label at or below a node is among those of the entry."""
        return or_(*(self._has(_entry.c.labels, f"{task}:{node}{end}") for end in ("/", "\n")))

    def _has(self, column: Any, part: str) -> Condition:
        return (func.instr(column, part) if self._is_sqlite else func.strpos(column, part)) > 0

    def _sentiment(self, names: Sequence[str]) -> Condition:
        sides = [or_(*(self._holds("emotion", group) for group in groups)) for groups in (POSITIVE, NEGATIVE)]
        wanted = [
            and_(*(side if holds else ~side for side, holds in zip(sides, SIDES[name], strict=True))) for name in names
        ]
        return and_(_entry.c.status == READ, or_(*wanted))

    def _missing(self, name: str, json_of: Json) -> Condition:
        if name == "customer":
            table = schema.feedback
            return (
                select(table.c.sequence)
                .where(table.c.sequence == _entry.c.sequence, table.c.customer.is_(None))
                .correlate(_entry)
                .exists()
            )
        if name in _entry.c:
            return _entry.c[name].is_(None)
        name = name.removeprefix("attribute.")
        return and_(*(json_of.lacks(column, name) for column in (_entry.c.scores, _entry.c.attributes)))

    def _alerts(self, asked: Asked) -> list[Condition]:
        found: list[Condition] = []
        if asked.rules or asked.alerted:
            found.append(self._in(about_alerts(self.scope, asked.rules)))
        if asked.alerted is False:
            found.append(~self._in(about_alerts(self.scope)))
        if asked.pattern is not None:
            patterned = self._in(about_patterns(self.scope))
            found += [self._in(about_alerts(self.scope)), patterned if asked.pattern else ~patterned]
        if asked.behind is not None:
            found.append(self._in(behind_alert(self.scope, asked.behind)))
        return found


def about_alerts(scope: Scope, rules: Sequence[str] = ()) -> Select[Any]:
    """Return the query of the commits of feedback that alerts of some rules, or of any, are about."""
    alert = schema.alert
    wanted = [alert.c.kind == str(AlertKind.ALERT), *in_scope(alert, scope)]
    if rules:
        wanted.append(alert.c.rule.in_(rules))
    return _about(*wanted)


def about_patterns(scope: Scope) -> Select[Any]:
    """Return the query of the commits of feedback whose alert has a problem, or that stands behind a signal."""
    alert = schema.alert
    seen = in_scope(alert, scope)
    with_problem = _about(alert.c.kind == str(AlertKind.ALERT), alert.c.problem.is_not(None), *seen)
    behind = _linked(alert.c.kind == str(AlertKind.SIGNAL), *seen)
    both = with_problem.union(behind).subquery()
    return select(both.c.sequence)


def behind_alert(scope: Scope, alert_id: str) -> Select[Any]:
    """Return the query of the commits of what an alert is about, and of what is linked to it."""
    alert = schema.alert
    own = [alert.c.id == alert_id, *in_scope(alert, scope)]
    both = _about(alert.c.kind != str(AlertKind.SIGNAL), *own).union(_linked(*own)).subquery()
    return select(both.c.sequence)


def _about(*wanted: Any) -> Select[Any]:
    """Return the commits of feedback, of all its revisions, that some alerts are about."""
    alert, feedback = schema.alert, schema.feedback
    same = and_(feedback.c.source == alert.c.source, feedback.c.id == alert.c.feedback_id)
    return select(feedback.c.sequence).join_from(alert, feedback, same).where(*wanted)


def _linked(*wanted: Any) -> Select[Any]:
    """Return the commits of feedback, of all its revisions, that is linked to some alerts."""
    alert, link, feedback = schema.alert, schema.alert_feedback, schema.feedback
    then = feedback.alias("then")
    same = and_(feedback.c.source == then.c.source, feedback.c.id == then.c.id)
    joined = select(feedback.c.sequence).join_from(alert, link, link.c.alert_id == alert.c.id)
    return joined.join(then, then.c.sequence == link.c.sequence).join(feedback, same).where(*wanted)


def leaves_of(connection: Connection, asked: LabelAsked) -> list[str]:
    """Return the leaves at or below a node, in every tree that feedback was read with.

    Raises
    ------
    QuestionError
        If there are trees, and none has the node.
    """
    nodes, found = _trees(connection, asked)
    if nodes and not found:
        raise QuestionError(unknown(asked.task, asked.node, nodes), "label")
    return sorted(found)


def knows_label(connection: Connection, asked: LabelAsked) -> bool:
    """Return whether a tree that feedback was read with has a node."""
    return bool(_trees(connection, asked)[1])


def _trees(connection: Connection, asked: LabelAsked) -> tuple[set[str], set[str]]:
    """Return all nodes of a task, and the leaves at or below one of them."""
    nodes: set[str] = set()
    found: set[str] = set()
    below = f"{asked.node}/"
    for content in connection.scalars(select(schema.taxonomy.c.content)):
        tree = taxonomy_from_dict(json.loads(content))
        nodes.update(tree.nodes(asked.task))
        found.update(leaf for leaf in tree.leaves[asked.task] if leaf == asked.node or leaf.startswith(below))
    return nodes, found


def _columns(asked: Asked) -> list[Condition]:
    columns, found = _entry.c, list[Condition]()
    for name, values in (
        ("source", asked.sources),
        ("channel", asked.channels),
        ("language", asked.languages),
        ("status", asked.statuses),
    ):
        if values:
            found.append(columns[name].in_(values))
    if asked.unit is not None:
        found += in_scope(_entry, Scope(asked.unit))
    if asked.employee is not None:
        found.append(columns.employee == asked.employee)
    if asked.since is not None:
        found.append(columns.at >= stamp(asked.since))
    if asked.until is not None:
        found.append(columns.at < stamp(asked.until))
    return found


def fts5_of(terms: Sequence[Term], *, any_of: bool = False) -> str:
    """Return what FTS5 is asked for all of some terms, or any of them."""
    return (" OR " if any_of else " AND ").join(map(_fts5, terms))


def tsquery_of(terms: Sequence[Term], *, any_of: bool = False) -> str:
    """Return what PostgreSQL is asked for all of some terms, or any of them."""
    return (" | " if any_of else " & ").join(map(_tsquery, terms))


def _fts5(term: Term) -> str:
    """Return a term as FTS5 reads it: no word has a quote in it."""
    return f'"{" ".join(term.words)}"' + (" *" if term.begins else "")


def _tsquery(term: Term) -> str:
    quoted = [f"'{word}'" for word in term.words]
    if term.begins:
        quoted[-1] += ":*"
    return f"({' <-> '.join(quoted)})"
