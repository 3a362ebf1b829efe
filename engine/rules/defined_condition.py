"""Conditions that have a name of their own, and are shared by rules."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.case import Case
from engine.rules.conditions import Condition
from engine.rules.trace import Trace
from engine.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class DefinedCondition:
    """A condition of ``_define.yaml``, where a rule or another definition meets it.

    It holds exactly when the condition behind the name does; the name stays, so that people see it.

    Parameters
    ----------
    name
        What it is called.
    condition
        What it stands for.
    """

    name: str
    condition: Condition

    def judge(self, case: Case) -> Truth:
        """Return whether the condition behind the name holds."""
        return self.condition.judge(case)

    def explain(self, case: Case) -> Trace:
        """Explain with what is behind the name."""
        inside = self.condition.explain(case)
        return Trace(self.said, inside.truth, children=(inside,))

    @property
    def said(self) -> str:
        """The condition as people say it."""
        return f"meets {self.name}"
