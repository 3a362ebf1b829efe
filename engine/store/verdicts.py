"""Verdicts: appended, never changed; the latest of an alert counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.changes import Action, By, Change
from engine.alerts.precision import Precision, precision_of
from engine.alerts.verdict import Verdict, VerdictKind
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.changes import apply_in
from engine.store.codec import alert_of
from engine.store.database import Database
from engine.store.scoping import in_scope
from engine.store.verdict_rows import latest_verdict, verdict_of


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert with its latest verdict."""

    alert: Alert
    verdict: Verdict


class Verdicts:
    """The verdicts of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(
        self, verdict: Verdict, scope: Scope = EVERYTHING, *, version: int | None = None, through: str | None = None
    ) -> Verdict:
        """Append a verdict as a change of its alert, and return the verdict that now counts.

        Who says again what counts already adds nothing, so that a request can be sent twice.

        Parameters
        ----------
        version
            The version of the alert that was seen; None judges whatever it is now.
        through
            The key that gives it in the name of ``verdict.who``.

        Raises
        ------
        NotFoundError
            If there is no such alert, or it is out of scope.
        StaleError
            If the alert has another version.
        """
        with self._database.write() as connection:
            change, by = Change(Action.VERDICT, verdict=verdict), By(verdict.who, through)
            apply_in(connection, change, {verdict.alert_id: version}, by, verdict.at, scope)
            return latest_verdict(connection, verdict.alert_id) or verdict

    def latest(self, kinds: Collection[VerdictKind] = tuple(VerdictKind)) -> list[Judged]:
        """Return the alerts whose latest verdict is one of some kinds, in the order of their feedback; no signals."""
        alert, verdict = schema.alert, schema.verdict
        last = select(func.max(verdict.c.id)).group_by(verdict.c.alert_id)
        query = (
            select(alert, *(column.label(f"verdict_{column.name}") for column in verdict.c))
            .join_from(alert, verdict, verdict.c.alert_id == alert.c.id)
            .where(verdict.c.id.in_(last), verdict.c.verdict.in_([str(kind) for kind in kinds]))
            .where(alert.c.kind != str(AlertKind.SIGNAL))
            .order_by(alert.c.sequence, alert.c.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return [Judged(alert_of(row), verdict_of(row, "verdict_")) for row in rows]

    def kinds(self) -> dict[str, VerdictKind]:
        """Return the latest verdict of every alert that has one, by alert."""
        table = schema.verdict
        query = select(table.c.alert_id, table.c.verdict).order_by(table.c.id)
        with self._database.read() as connection:
            return {row.alert_id: VerdictKind(row.verdict) for row in connection.execute(query)}

    def precision(self, rule: str, scope: Scope = EVERYTHING) -> Precision | None:
        """Return the precision of a rule by the latest verdicts on its alerts in scope; None without any that counts.

        Reviews are not counted: there the model said that it was unsure.
        """
        table = schema.alert
        query = select(table.c.verdict, func.count()).where(
            table.c.rule == rule,
            table.c.verdict.is_not(None),
            table.c.kind != str(AlertKind.REVIEW),
            *in_scope(table, scope),
        )
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(table.c.verdict)).all()
        return precision_of(VerdictKind(kind) for kind, count in rows for _ in range(count))
