"""Who may be given alerts, as a choice offers them: nobody whom the change would refuse."""

from __future__ import annotations

from collections.abc import Iterable

from engine.people import Directory


def takers(people: Directory, units: Iterable[str | None]) -> dict[str, str]:
    """Return the teams and people who may take on something of each of some units, by id, the teams first."""
    wanted = set(units)
    teams = [team for team in sorted(people.teams) if all(people.takes(team, unit) for unit in wanted)]
    fit = [one for one in people.people if all(people.takes(one.id, unit) for unit in wanted)]
    found = {team: f"Team {team}" for team in teams}
    return found | {one.id: one.name if one.name == one.id else f"{one.name} ({one.id})" for one in fit}
