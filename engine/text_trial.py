"""Trying a text: what every rule would make of feedback that is not stored, and where its alerts would go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.alerts.alert import EvidenceSpan
from engine.explanation import RuleExplanation, explain_trial
from engine.feedback import Feedback
from engine.pipeline import Engine
from engine.reading import Reading
from engine.route_trial import RouteTrial, Tried
from engine.rules.load import LoadedRules


@dataclass(frozen=True)
class TriedText:
    """A feedback that is not stored, as it was read and judged.

    Parameters
    ----------
    explained
        Every rule, in the order of the program.
    tried
        The alerts that would open, and where each would go.
    """

    feedback: Feedback
    reading: Reading
    rules: LoadedRules
    explained: Sequence[RuleExplanation]
    tried: Sequence[Tried]

    @property
    def evidence(self) -> list[EvidenceSpan]:
        """The words that the alerts would stand on."""
        return [span for one in self.tried for span in one.addressed.alert.evidence]


def try_text(engine: Engine, feedback: Feedback, reading: Reading) -> TriedText:
    """Judge feedback that is redacted and read, by the rules of this moment.

    Windows and cooldowns depend on other feedback and are not looked at.
    """
    rules = engine.rules_under(reading.taxonomy)
    case = engine.phrases.case(rules, feedback, reading)
    return TriedText(feedback, reading, rules, explain_trial(case, rules), RouteTrial(engine).case(case, rules))
