"""Alerts gained and lost: the same rules under the readings of two models."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.errors import ConfigError
from engine.feedback import Part
from engine.program import Program, RuleFile
from engine.reading import Reading
from engine.taxonomy import Taxonomy
from tests.support.clock import NOON
from tests.support.engines import feedback
from tests.support.keyword_reader import LEAVES, TAXONOMY, KeywordReader
from tests.support.service import RULES
from training.alert_changes import AlertComparison, RuleChange

WITHOUT_CHURN = Taxonomy(LEAVES | {"intent": ("complaint", "praise", "safety-risk")}, {})
PROGRAM = Program(
    rule_files=(RuleFile("r.yaml", RULES.replace("rule: leaving", "rule: leaving\nmust_not_lose: true")),)
)


class Deaf(KeywordReader):
    """Does not know a word, or is unsure of it."""

    def __init__(self, word: str, instead: str = "", taxonomy: Taxonomy = TAXONOMY) -> None:
        super().__init__(taxonomy)
        self._word, self._instead = word, instead

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        heard = [[Part(part.text.replace(self._word, self._instead)) for part in parts] for parts in records]
        return super().read(heard)


def changes(a: KeywordReader, b: KeywordReader, *texts: str, nps: int = 1) -> dict[str, RuleChange]:
    comparison = AlertComparison(PROGRAM, (a, b), NOON)
    for number, text in enumerate(texts):
        one = feedback(number, text, scores={"nps": nps})
        comparison.add(one, (a.read([one.parts])[0], b.read([one.parts])[0]))
    return {change.rule: change for change in comparison.changes()}


def test_an_alert_that_only_one_model_opens_is_told_with_its_text_and_both_reasons() -> None:
    found = changes(KeywordReader(), Deaf("furious"), "I am furious", "furious. leaving", "hello")
    furious = found["furious"]
    assert (furious.alerts, len(furious.lost), len(furious.gained)) == ((2, 0), 2, 0)
    assert (furious.lost[0].id, furious.lost[0].text) == ("f0", "I am furious")
    assert furious.lost[0].why == ("emotion anger (found anger/anger 0.9 (holds))", "nps at most 6 (found 1)")
    assert furious.lost[0].why_not == ("emotion anger is no (found anger/annoyance 0.01 (absent))",)
    assert not furious.forbidden
    assert (found["leaving"].alerts, found["leaving"].lost) == ((1, 1), ())
    back = changes(Deaf("furious"), KeywordReader(), "I am furious", "furious. leaving", "hello")["furious"]
    assert (back.gained, back.lost) == (furious.lost, ())


def test_an_alert_that_becomes_a_review_is_lost_and_a_rule_may_forbid_that() -> None:
    leaving = changes(KeywordReader(), Deaf("leaving", "maybe leaving"), "I am leaving")["leaving"]
    assert (leaving.alerts, leaving.reviews, leaving.forbidden) == ((1, 0), (0, 1), True)
    assert leaving.lost[0].why_not[0] == "it becomes a review"
    gained = changes(Deaf("leaving"), KeywordReader(), "I am leaving")["leaving"]
    assert (len(gained.gained), gained.forbidden) == (1, False)


def test_only_live_rules_open_alerts() -> None:
    assert set(changes(KeywordReader(), KeywordReader(), "bad")) == {"furious", "leaving", "low-score"}


def test_a_rule_that_does_not_load_under_one_model_loses_every_alert_and_says_why() -> None:
    other = KeywordReader(WITHOUT_CHURN)
    found = changes(KeywordReader(), other, "I am leaving", "furious")
    leaving = found["leaving"]
    assert (leaving.alerts, leaving.forbidden) == ((1, 0), True)
    assert "unknown intent 'churn'" in leaving.broken[0]
    assert leaving.lost[0].why_not == leaving.broken
    assert (found["furious"].alerts, found["furious"].broken) == ((1, 1), ())
    turned = changes(other, KeywordReader(), "I am leaving")["leaving"]
    assert (turned.alerts, len(turned.gained), turned.forbidden) == ((0, 1), 1, False)


def test_rules_with_errors_under_both_models_are_refused() -> None:
    program = Program(rule_files=(RuleFile("r.yaml", "rule: r\nwhen: {npz: 1}\n"),))
    with pytest.raises(ConfigError, match="unknown condition 'npz'"):
        AlertComparison(program, (KeywordReader(), KeywordReader(WITHOUT_CHURN)), NOON)
