"""The moments at which a service is killed, by what its transactions write: the product knows nothing of this."""

from __future__ import annotations

import os
import re
import signal
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

CRASH_AT = "HEEDFUL_CRASH_AT"
DOTALL = re.DOTALL


class Moment(StrEnum):
    """Where in a transaction: at a statement of it, or before or after its commit."""

    AT = "at"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A transaction that writes something, and the moment in it.

    Parameters
    ----------
    writes
        A pattern that one of its statements fits, with the values in it.
    lacks
        A pattern that none of its statements fits.
    """

    moment: Moment
    writes: str
    lacks: str = r"(?!)"


CLAIM = r"^UPDATE notification SET .*claimed_by"
CARRY = r"^UPDATE notification SET .*carried_by"
ESCALATION = r"^INSERT INTO escalation "
CHANGE = r"^UPDATE alert SET .*version"
RECORD = r"^INSERT INTO notification_attempt"
BOUNDARIES = {
    "within the commit": Boundary(Moment.AT, r"^INSERT INTO notification "),
    "before the commit": Boundary(Moment.BEFORE, r"^INSERT INTO feedback "),
    "after the commit, before the answer": Boundary(Moment.AFTER, r"^INSERT INTO feedback "),
    "before a claim is committed": Boundary(Moment.BEFORE, CLAIM, RECORD),
    "after a claim, before the send": Boundary(Moment.AFTER, CLAIM, RECORD),
    "after a send, before its record": Boundary(Moment.AT, RECORD),
    "before a record is committed": Boundary(Moment.BEFORE, RECORD),
    "after a record": Boundary(Moment.AFTER, RECORD),
}
# Those of `programs.WHOLE`, where time, people and receivers bring more.
MORE = {
    # First: one alert tells of all that are dead, and is opened once.
    "while a dead letter is told of": Boundary(Moment.AT, r"^INSERT INTO alert .*heedful-dead-letter"),
    "before a dead letter is committed": Boundary(Moment.BEFORE, r"^INSERT INTO alert .*heedful-dead-letter"),
    "while a group takes a message": Boundary(Moment.AT, CARRY),
    "before a carry is committed": Boundary(Moment.BEFORE, CARRY),
    "within an escalation": Boundary(Moment.AT, ESCALATION),
    "before an escalation is committed": Boundary(Moment.BEFORE, ESCALATION),
    "after an escalation": Boundary(Moment.AFTER, ESCALATION),
    "while a customer is thanked": Boundary(Moment.AT, r"^INSERT INTO thanked "),
    "before thanks are committed": Boundary(Moment.BEFORE, r"^INSERT INTO thanked "),
    "within a change": Boundary(Moment.AT, CHANGE),
    "after a change, before its answer": Boundary(Moment.AFTER, CHANGE, r"^INSERT INTO (feedback|escalation) "),
}
MIGRATION = r"^(ALTER|CREATE|UPDATE (alert|notification) )"
MIGRATIONS = {
    "within a migration": Boundary(Moment.AT, MIGRATION),
    "before a migration is committed": Boundary(Moment.BEFORE, MIGRATION),
    "after a migration": Boundary(Moment.AFTER, MIGRATION),
}
ERASURES = {
    "before an erasure is begun": Boundary(Moment.BEFORE, r"^INSERT INTO erasure "),
    "after an erasure is begun": Boundary(Moment.AFTER, r"^INSERT INTO erasure "),
    "within some erased records": Boundary(Moment.AT, r"^(DELETE FROM|UPDATE) feedback "),
    "before some erased records are committed": Boundary(Moment.BEFORE, r"^(DELETE FROM|UPDATE) feedback "),
    "after some erased records": Boundary(Moment.AFTER, r"^(DELETE FROM|UPDATE) feedback "),
    "within a rewritten text": Boundary(Moment.AT, r"^UPDATE problem "),
    "before the patterns are read again": Boundary(Moment.BEFORE, r"^UPDATE progress SET .*erased"),
    "before the files are written anew": Boundary(Moment.AFTER, r"^UPDATE progress SET .*erased"),
    "before an erasure is finished": Boundary(Moment.BEFORE, r"^UPDATE erasure SET finished_at"),
}


class Watch:
    """Kills its own process when a boundary is reached for the n-th time."""

    def __init__(self, boundary: Boundary, times: int) -> None:
        self._boundary = boundary
        self._left = times
        self._here = threading.local()
        self._counting = threading.Lock()

    def install(self) -> None:
        """Listen to every transaction of every database from now on."""
        event.listen(Engine, "begin", self._begin)
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._before)
        commit, after = DefaultDialect.do_commit, self._after

        def do_commit(dialect: DefaultDialect, connection: Any) -> None:
            commit(dialect, connection)
            after()

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]

    def _begin(self, _connection: Any) -> None:
        self._here.said = []

    def _statement(self, _connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        said = f"{statement} {values}"
        self._said.append(said)
        if self._boundary.moment is Moment.AT and re.search(self._boundary.writes, said, DOTALL):
            self._reached()

    def _before(self, _connection: Any) -> None:
        if self._boundary.moment is Moment.BEFORE and self._fits():
            self._reached()

    def _after(self) -> None:
        if self._boundary.moment is Moment.AFTER and self._fits():
            self._reached()
        self._here.said = []

    @property
    def _said(self) -> list[str]:
        said: list[str] = getattr(self._here, "said", [])
        self._here.said = said
        return said

    def _fits(self) -> bool:
        wanted, unwanted = self._boundary.writes, self._boundary.lacks
        return any(re.search(wanted, said, DOTALL) for said in self._said) and not any(
            re.search(unwanted, said, DOTALL) for said in self._said
        )

    def _reached(self) -> None:
        with self._counting:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
                # The signal ends every thread, this one too, before it goes on.
                signal.pause()


def watch_from(environment: str | None) -> None:
    """Watch for the boundary that a variable names, as ``TIMES:NAME``; without one, for nothing."""
    if environment:
        times, _, name = environment.partition(":")
        Watch((BOUNDARIES | MORE | MIGRATIONS | ERASURES)[name], int(times)).install()
