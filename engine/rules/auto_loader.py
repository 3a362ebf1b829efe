"""Loading what a rule does by itself: `then: {auto: thank}`."""

from __future__ import annotations

from engine.fields import choice_of
from engine.located import Findings, Node
from engine.program import Program
from engine.rules.rule import Auto


def auto_of(rule: Node, program: Program, findings: Findings, *, over_time: bool) -> Auto | None:
    """Return what a rule does by itself, or None (reported when it is there but cannot be done)."""
    then = rule.get("then")
    node = then.get("auto") if then is not None else None
    chosen = choice_of(node, "auto", [one.value for one in Auto], findings)
    if chosen is None or node is None:
        return None
    if over_time:
        findings.error(node, "a signal is about many customers; only a rule about one feedback can thank")
    if not any(receiver.to_customer for receiver in program.receivers.values()):
        message = (
            "'auto: thank' needs a receiver that reaches customers; give one 'to_customer: true' in receivers.yaml"
        )
        findings.error(node, message)
    return Auto(chosen)
