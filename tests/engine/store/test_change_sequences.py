"""Any sequence of changes, whoever saw which version, keeps what an alert says of itself true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from engine.alerts.alert import CLOSED
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, By, Change
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import AlertStateError, ChangeError, StaleError
from engine.store import schema
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.engines import engine_on, feedback

WORDS = st.sampled_from([None, "refund", "call"])
NOTES = st.sampled_from(["", "why"])
CHANGES = st.one_of(
    st.builds(Change, st.sampled_from([Action.ACKNOWLEDGE, Action.START, Action.DISMISS, Action.REOPEN]), note=NOTES),
    st.builds(Change, st.just(Action.NOTE), note=st.just("hm")),
    st.builds(Change, st.just(Action.RESOLVE), remedy=WORDS, root_cause=WORDS),
    st.builds(Change, st.just(Action.ASSIGN), holder=st.sampled_from([None, "ann", "bob"])),
    st.builds(
        Change,
        st.just(Action.ATTEMPT),
        channel=st.sampled_from(Channel),
        outcome=st.sampled_from(AttemptOutcome),
        remedy=WORDS,
    ),
    st.builds(Change, st.just(Action.LINK), feedback=st.sampled_from([("default", "f1"), ("default", "f2")])),
)


class Sequence(RuleBasedStateMachine):
    """One alert under changes, beside what was accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store("sqlite://")
        self.store.migrate()
        self.clock = StillClock()
        batch = [feedback(number, "furious" if number == 1 else "hi", scores={"nps": 5}) for number in (1, 2)]
        self.alert = engine_on(self.store).process(batch)[0].alerts[0].id
        self.done: list[tuple[str, Any]] = []

    def teardown(self) -> None:
        self.store.close()

    @initialize()
    def opened(self) -> None:
        assert self.store.alerts.one(self.alert)[0].version == 1

    @rule(change=CHANGES, behind=st.sampled_from([0, 0, 0, 1, None]), minutes=st.integers(0, 90))
    def change(self, change: Change, behind: int | None, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))
        version = self.store.alerts.one(self.alert)[0].version
        seen = None if behind is None else version - behind
        try:
            self.store.changes.apply(change, {self.alert: seen}, By("kim"), self.clock.now())
        except (AlertStateError, ChangeError):
            assert not behind
        except StaleError:
            assert behind
        else:
            self.done.append((str(change.action), self.clock.now()))

    @rule(kind=st.sampled_from(VerdictKind))
    def judge(self, kind: VerdictKind) -> None:
        before = self.store.alerts.one(self.alert)[0].verdict
        self.store.verdicts.give(Verdict(self.alert, kind, "kim", self.clock.now()))
        if before != kind:
            self.done.append(("verdict", self.clock.now()))

    @invariant()
    def what_it_says_of_itself_is_true(self) -> None:
        alert, detail = self.store.alerts.one(self.alert)
        events = detail["events"]
        assert [(one["kind"], one["at"]) for one in events[1:]] == [(kind, at.isoformat()) for kind, at in self.done]
        assert alert.version == len(events)
        assert (alert.closed_at is not None) is (alert.state in CLOSED)
        assert (alert.resolved_at is not None) is (alert.state == "resolved")
        attempts = [at for kind, at in self.done if kind == "attempt"]
        assert alert.followed_up_at == min(attempts, default=None)
        assert len(detail["attempts"]) == len(attempts)
        assert alert.verdict == (detail["verdict"] or {}).get("verdict")
        moves = [one["data"] for one in events if "to" in one["data"]]
        assert [one["from"] for one in moves] == ["open", *(one["to"] for one in moves)][: len(moves)]
        assert alert.state == (moves[-1]["to"] if moves else "open")
        with self.store.database.read() as connection:
            verdicts = connection.scalar(select(func.count()).select_from(schema.verdict))
        assert verdicts == sum(kind == "verdict" for kind, _ in self.done)


TestSequences = Sequence.TestCase
TestSequences.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
