"""Problems as rows of their table."""

from __future__ import annotations

import json
from typing import Any

from engine.alerts.matching import matching_from_dict
from engine.alerts.problem import Inhibition, Problem, ProblemState
from engine.store.schema_base import Row

AS_IT_IS = ("title", "cause", "topic", "unit", "holder", "due_at", "created_at", "created_by", "solved_at", "version")


def problem_of(row: Row) -> Problem:
    """Return the problem of a row."""
    inhibits = None
    if row["inhibits"] is not None:
        said = json.loads(row["inhibits"])
        inhibits = Inhibition(matching_from_dict(said["matching"]), said["link"])
    values = {name: row[name] for name in AS_IT_IS}
    return Problem(id=row["id"], state=ProblemState(row["state"]), inhibits=inhibits, **values)


def row_of(problem: Problem) -> dict[str, Any]:
    """Return a problem as a row."""
    inhibits = json.dumps(problem.inhibits.as_dict()) if problem.inhibits else None
    values = {name: getattr(problem, name) for name in AS_IT_IS}
    return {"id": problem.id, "state": str(problem.state), "inhibits": inhibits, **values}
