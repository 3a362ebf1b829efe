"""Problems of tests: the program they are admitted by, and how they are opened and changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from engine.alerts.problem import Problem
from engine.alerts.problem_intake import Setting, admit_change, admit_problem
from engine.people import Directory, Person
from engine.program import Program
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY

DAY = timedelta(days=1)
PEOPLE = Directory([Person("ann", "Ann", teams=("digital-operations",))])
SETTING = Setting(NOON, Program(), TAXONOMY, PEOPLE)
RULES = """
rule: furious
status: live
when: {emotion: anger}
examples:
  fires: [{text: furious}, {text: furious.}, {text: so furious}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
---
rule: many-crashes
status: live
when: {topic: digital/reliability, count: {at_least: 3, within: 24h}}
then: {severity: high}
examples:
  fires: [{text: crash}, {text: a crash}, {text: crash again}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
"""


def opened(store: Store, alerts: Sequence[str] = (), scope: Scope = EVERYTHING, **record: Any) -> Problem:
    problem, linked = admit_problem({"title": "The app crashes", "alerts": list(alerts)} | record, "kim", SETTING)
    return store.problems.open(problem, linked, scope)


def changed(store: Store, problem: Problem, change: str, scope: Scope = EVERYTHING, **fields: Any) -> Problem:
    record = {"change": change, "version": problem.version} | fields
    return store.problems.change(problem.id, admit_change(record, SETTING), "lee", NOON + DAY, scope)
