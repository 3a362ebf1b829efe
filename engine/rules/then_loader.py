"""Reading what a rule does when its conditions hold."""

from __future__ import annotations

from dataclasses import dataclass

from engine.alerts.recipients import check_channel, load_recipients
from engine.alerts.severity import Severity
from engine.fields import as_map, check_keys, choice_of, duration_of, share_of, text_of
from engine.located import Findings, Node
from engine.names import unknown
from engine.program import OPERATORS, Program
from engine.rules.rule import Cooldown
from engine.rules.window_loader import WindowLoader
from engine.target_loader import load_limit, load_steps
from engine.targets import Step
from engine.time_limit import TimeLimit

THEN_KEYS = ("severity", "send_to", "cooldown", "take", "auto", "follow_up_within", "close_within", "escalate")


@dataclass(frozen=True, slots=True)
class Then:
    """What a rule does; see `engine.rules.rule.Rule`."""

    severity: Severity = Severity.MEDIUM
    send_to: str | None = None
    cooldown: Cooldown | None = None
    take: float = 1.0
    follow_up_within: TimeLimit | None = None
    close_within: TimeLimit | None = None
    escalate: tuple[Step, ...] | None = None


@dataclass(frozen=True)
class ThenLoader:
    """Reads the `then` of one rule."""

    program: Program
    findings: Findings

    def load(self, node: Node | None) -> Then:
        """Return what a rule does; what does not fit is reported."""
        then = as_map(node, "then", self.findings)
        if then is None:
            return Then()
        check_keys(then, THEN_KEYS, "word of 'then'", self.findings)
        severity = choice_of(then.get("severity"), "severity", [s.value for s in Severity], self.findings)
        return Then(
            severity=Severity(severity or "medium"),
            send_to=self._send_to(then.get("send_to")),
            cooldown=self._cooldown(then.get("cooldown")),
            take=share_of(then.get("take"), "take", self.findings) or 1.0,
            follow_up_within=load_limit(then.get("follow_up_within"), "follow_up_within", self.findings),
            close_within=load_limit(then.get("close_within"), "close_within", self.findings),
            escalate=load_steps(then.get("escalate"), self.program, self.findings),
        )

    def _send_to(self, node: Node | None) -> str | None:
        """Return the one recipient of a rule: a receiver, or, where people are known, a person, a team or a word."""
        if node is not None and self.program.people is not None and not node.is_list:
            return next(iter(load_recipients(node, self.program, self.findings, strict=False)), None)
        send_to = text_of(node, "send_to", self.findings)
        if send_to is None or node is None:
            return send_to
        receiver = self.program.receivers.get(send_to)
        if receiver is not None:
            check_channel(node, receiver, self.findings)
        else:
            message = unknown("receiver", send_to, self.program.receivers)
            self.findings.error(
                node, f"{message} (receivers are declared in receivers.yaml; {OPERATORS} is always there)"
            )
        return send_to

    def _cooldown(self, node: Node | None) -> Cooldown | None:
        """Return a cooldown: `7d`, or `{per: customer, for: 7d}`."""
        if node is None or not node.is_map:
            span = duration_of(node, "cooldown", self.findings)
            return Cooldown(span) if span else None
        check_keys(node, ("per", "for"), "word of 'cooldown'", self.findings)
        per = WindowLoader(self.program, self.findings, lambda _: None).groupings(node.get("per"), "per")
        span = duration_of(node.get("for"), "for", self.findings)
        if node.get("for") is None:
            self.findings.error(node, "a cooldown needs its length; add 'for: 7d'")
        return Cooldown(span, per) if span else None
