"""Engines over a store, with the keyword reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.delivery.spec import DEFAULT_RECEIVERS, ReceiverSpec
from engine.feedback import Feedback
from engine.intake import admit
from engine.pipeline import Engine
from engine.program import Program, RuleFile
from engine.rules.load import load_rules
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES


def engine_on(
    store: Store,
    *,
    rules: str = RULES,
    reader: KeywordReader | None = None,
    clock: StillClock | None = None,
    degrade: bool = False,
    receivers: Sequence[str] = (),
) -> Engine:
    declared = dict(DEFAULT_RECEIVERS) | {name: ReceiverSpec(name, "log") for name in receivers}
    program = Program(rule_files=(RuleFile("rules.yaml", rules),), degrade=degrade, receivers=declared)
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.errors
    return Engine(store, reader or KeywordReader(), loaded, clock or StillClock())


def feedback(number: int | str, text: str = "I am furious", **fields: Any) -> Feedback:
    record = {"id": f"f{number}", "text": text, "scores": {"nps": 1}} | fields
    return admit(record, Program(), NOON)
