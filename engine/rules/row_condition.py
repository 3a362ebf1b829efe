"""Conditions on the rows of a reading: the record's own row, or those of some sentences."""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.rules.case import Case
from engine.rules.text_scope import Stretch, TextScope
from engine.rules.trace import Trace
from engine.rules.truth import Truth

# The record's own row of a reading, as if it were a stretch of sentences.
RECORD = (-1,)


class RowCondition(ABC):
    """Judged on the record or, with a scope, on the sentences inside."""

    __slots__ = ()

    scope: TextScope | None

    def judge(self, case: Case) -> Truth:
        """Return whether it holds for the record, or for the sentences of its scope."""
        return self._judge(case, self._rows(case))

    def judge_within(self, case: Case, stretch: Stretch) -> Truth:
        """Return whether it holds for some sentences."""
        return self._judge(case, stretch.rows)

    def explain(self, case: Case) -> Trace:
        """Return whether it holds for the record, or for the sentences of its scope, and why."""
        return self._explain(case, self._rows(case))

    def explain_within(self, case: Case, stretch: Stretch) -> Trace:
        """Return whether it holds for some sentences, and why."""
        return self._explain(case, stretch.rows)

    def _rows(self, case: Case) -> tuple[int, ...]:
        return RECORD if self.scope is None else self.scope.stretch(case).rows

    @abstractmethod
    def _judge(self, case: Case, rows: tuple[int, ...]) -> Truth: ...

    @abstractmethod
    def _explain(self, case: Case, rows: tuple[int, ...]) -> Trace: ...
