"""Publishers over a store, and rules short enough to see through."""

from __future__ import annotations

from engine.program import Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from engine.shelf.publisher import Publisher, Signature
from engine.store.store import Store
from tests.support.clock import StillClock
from tests.support.keyword_reader import TAXONOMY

ANN = Signature("ann", "because")


def rule(slug: str, at_most: int = 3, title: str = "Low") -> str:
    return f"rule: {slug}\ntitle: {title}\nstatus: shadow\nwhen: {{nps: {{at_most: {at_most}}}}}\n"


def folder(**files: str) -> LoadedRules:
    """The rules of a folder; ``a_b`` is the file a-b.yaml, ``_define`` is _define.yaml."""
    named = {name if name.startswith("_") else name.replace("_", "-"): text for name, text in files.items()}
    rule_files = tuple(RuleFile(f"{name}.yaml", text) for name, text in named.items())
    return load_rules(Program(rule_files=rule_files), TAXONOMY)


def publisher_on(store: Store, clock: StillClock | None = None) -> Publisher:
    return Publisher(store.shelf, folder(), clock or StillClock())


def live(publisher: Publisher) -> list[str]:
    return [one.slug for one in publisher.look().rules]
