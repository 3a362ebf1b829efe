"""Feedback in other languages on its way through the engine: judged by what is known, kept, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from engine.feedback import Part
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.reading import AND, Reading, ReadingStatus, blank_reading
from engine.rules.load import load_rules
from engine.scope import Scope
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader

RULES = """
rule: low
status: shadow
when: {nps: {at_most: 2}}
---
rule: gold
status: shadow
when: {attribute.customer_tier: gold}
---
rule: said
status: shadow
when: {says: [devolucion*, "no funciona"]}
---
rule: spanish
status: shadow
when: {language: es}
---
rule: not-read
status: shadow
when: {status: unsupported_language}
---
rule: angry
status: shadow
when: {emotion: anger}
---
rule: calm
status: shadow
when: {none: [{emotion: anger}]}
---
rule: meant
status: shadow
when: {says: {about: a broken app}}
---
rule: angry-or-low
status: shadow
when: {any: [{emotion: anger}, {nps: {at_most: 2}}]}
"""
SPANISH = "furious, esto no funciona"
MIXED = "I am furious. Esto no funciona"


class Polyglot(KeywordReader):
    """Takes "esto" for Spanish, and does not read it."""

    def _one(self, parts: Sequence[Part]) -> Reading:
        reading = super()._one(parts)
        text = " ".join(part.text for part in parts).lower()
        if "esto" not in text:
            return replace(reading, language_confidence=0.75)
        if reading.n_sentences > 1:
            spanish = np.array(["esto" in parts[p].text[s:e].lower() for p, s, e in reading.spans.tolist()])
            codes = tuple("es" if one else "en" for one in spanish)
            return replace(reading, language_confidence=0.5, languages=codes, model=f"{self.model}{AND}palabras@1")
        status = ReadingStatus.UNSUPPORTED_LANGUAGE
        return blank_reading(status, self.taxonomy, model=self.model, language="es", language_confidence=0.875)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def engine(store: Store, clock: StillClock) -> Engine:
    rules = load_rules(Program(rule_files=(RuleFile("r.yaml", RULES),)), TAXONOMY)
    assert not rules.errors
    return Engine(store, Polyglot(), rules, clock)


def outcomes(engine: Engine, record: str) -> dict[str, str]:
    return {one.rule: one.trace.truth.said for one in engine.explain("default", record).rules}


def test_what_is_not_read_goes_through_every_rule_that_needs_no_reading(engine: Engine) -> None:
    (decision,) = engine.process([feedback(1, SPANISH, attributes={"customer_tier": "gold"})])
    assert decision.reading.status is ReadingStatus.UNSUPPORTED_LANGUAGE
    assert not decision.reading.held
    assert outcomes(engine, "f1") == {
        "low": "yes",
        "gold": "yes",
        "said": "yes",
        "spanish": "yes",
        "not-read": "yes",
        "angry": "unknown",
        "calm": "unknown",
        "meant": "unknown",
        "angry-or-low": "yes",
    }


def test_what_is_known_of_languages_is_kept(engine: Engine, store: Store) -> None:
    engine.process([feedback(1, SPANISH), feedback(2, MIXED), feedback(3, "I am furious")])
    found = [store.records.find([("default", f"f{n}")])[("default", f"f{n}")].decision.reading for n in (1, 2, 3)]
    assert [(one.language, one.language_confidence, one.languages) for one in found] == [
        ("es", 0.875, ()),
        ("en", 0.5, ("en", "es")),
        ("en", 0.75, ()),
    ]
    assert (found[1].model, found[1].space) == (f"keywords@1{AND}palabras@1", "keywords@1")
    shown = found[1].as_dict("f2")
    assert (shown["languages"], [one["language"] for one in shown["sentences"]]) == (["en", "es"], ["en", "es"])
    assert found[1].only(np.array([False, True])).languages == ("es",)


def test_languages_are_counted_by_their_latest_revision_in_a_span_and_a_scope(
    engine: Engine, store: Store, clock: StillClock
) -> None:
    engine.process([feedback(1, SPANISH, unit="emea/uk"), feedback(2, "furious", unit="emea"), feedback(3, "")])
    clock.move(timedelta(hours=1))
    engine.process([feedback(2, SPANISH, unit="emea")], revise=True)
    engine.process([feedback(4, SPANISH, unit="apac")])
    report = store.languages.report(NOON, NOON + timedelta(hours=2))
    assert [(one.language, str(one.status), one.count) for one in report.counts] == [
        ("es", "unsupported_language", 3),
        (None, "empty", 1),
    ]
    assert (report.feedback, report.unsupported) == (4, 3)
    below = store.languages.report(NOON, NOON + timedelta(hours=2), Scope("emea"))
    assert (below.feedback, below.unsupported) == (2, 2)
    assert store.languages.report(NOON, NOON + timedelta(hours=1)).feedback == 2
    assert store.languages.report(NOON - timedelta(days=2), NOON).counts == []
