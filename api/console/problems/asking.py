"""What the list of problems shows, as it stands in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from api.addresses import PROBLEMS
from api.console.asked import address
from engine.alerts.problem import ProblemState
from engine.store.problem_pages import ProblemFilter

MOST_CHARACTERS = 200
STATES = {"": "Open and solved", ProblemState.OPEN: "Open", ProblemState.SOLVED: "Solved"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Which problems are shown; empty does not ask.

    Parameters
    ----------
    topic, unit
        And what is below it.
    search
        What a title has in it.
    after
        Where the page of the list begins: the cursor of the one before.
    """

    state: str = ""
    topic: str = ""
    unit: str = ""
    holder: str = ""
    search: str = ""
    after: str = ""

    @property
    def wanted(self) -> ProblemFilter:
        """Return it as the store is asked."""
        state = ProblemState(self.state) if self.state else None
        return ProblemFilter(state, self.topic or None, self.unit or None, self.holder or None, self.search or None)

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows only a part of the list."""
        return replace(self, after="") != Asking()

    @property
    def params(self) -> list[tuple[str, str]]:
        """Return it as the parameters of an address."""
        said = [(one.name, str(getattr(self, one.name))) for one in fields(self)]
        return [(name, value) for name, value in said if value]

    @property
    def address(self) -> str:
        """Where it is found again."""
        return address(PROBLEMS, self.params)

    def having(self, name: str, value: str) -> Asking:
        """Return the same from its first page on, with another value of one part."""
        return asking_of([*replace(self, after="").params, (name, value)])


def asking_of(params: Iterable[tuple[str, str]]) -> Asking:
    """Return what an address asks for; what nobody knows is left out."""
    names = {one.name for one in fields(Asking)}
    said = {name: value.replace("\x00", "").strip()[:MOST_CHARACTERS] for name, value in params if name in names}
    if said.get("state", "") not in STATES:
        del said["state"]
    return Asking(**said)
