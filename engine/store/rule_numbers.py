"""Numbers of rules: how often each alerts, and how right it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from engine.alerts.alert import AlertKind
from engine.alerts.precision import Precision, precision_of
from engine.alerts.verdict import VerdictKind
from engine.names import is_storable
from engine.scope import EVERYTHING, Scope
from engine.store import schema
from engine.store.database import Database
from engine.store.scoping import chunks, in_scope


@dataclass(frozen=True, slots=True)
class RuleNumbers:
    """What is counted of one rule.

    Parameters
    ----------
    opened
        Alerts and signals opened since some moment; reviews are not among them.
    precision
        By the latest verdicts on all its alerts; None without any that counts.
    """

    opened: int = 0
    precision: Precision | None = None


class RuleNumbersOf:
    """The numbers of the rules of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, slugs: Sequence[str], since: datetime, scope: Scope = EVERYTHING) -> Mapping[str, RuleNumbers]:
        """Return the numbers of some rules, over the alerts in scope; those without any alert are not there."""
        table = schema.alert
        opened = func.sum(case((table.c.opened_at >= since, 1), else_=0))
        query = select(table.c.rule, table.c.verdict, opened, func.count()).where(
            table.c.kind.in_([str(AlertKind.ALERT), str(AlertKind.SIGNAL)]), *in_scope(table, scope)
        )
        counts: dict[str, int] = {}
        verdicts: dict[str, list[VerdictKind]] = {}
        with self._database.read() as connection:
            for some in chunks(sorted({one for one in slugs if is_storable(one)})):
                own = query.where(table.c.rule.in_(list(some))).group_by(table.c.rule, table.c.verdict)
                for rule, verdict, recent, every in connection.execute(own):
                    counts[rule] = counts.get(rule, 0) + recent
                    if verdict is not None:
                        verdicts.setdefault(rule, []).extend([VerdictKind(verdict)] * every)
        return {rule: RuleNumbers(count, precision_of(verdicts.get(rule, ()))) for rule, count in counts.items()}
