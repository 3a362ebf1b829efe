"""How far a replay is, and whether anybody still waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Event

from engine.decision import Stored
from engine.errors import OverloadedError, ReplayStoppedError


@dataclass
class ReplayWatch:
    """Watches a replay: one thread replays, another looks and may stop it.

    Parameters
    ----------
    total
        How many records it takes; 0 while that is not known.
    done
        How many of them it has taken.
    stopped
        Whether nobody waits for it any more.
    """

    total: int = 0
    done: int = 0
    stopped: bool = False

    def stop(self) -> None:
        """Let it end at the next record."""
        self.stopped = True

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def passing(self, records: Iterable[Stored], ending: Event) -> Iterator[Stored]:
        """Pass records on.

        Parameters
        ----------
        ending
            Set once the service ends.

        Raises
        ------
        ReplayStoppedError
            Once nobody waits for it.
        OverloadedError
            Once the service ends.
        """
        for one in records:
            if ending.is_set():
                raise OverloadedError("the service is shutting down; ask again in a moment")
            if self.stopped:
                raise ReplayStoppedError
            self.done += 1
            yield one
