"""Shared conditions on the shelf: kept like a rule, and nobody takes away what a rule uses."""

from __future__ import annotations

import pytest

from engine.errors import ManagedError, RulesError
from engine.shelf.export import exported, unmanaged
from engine.shelf.publisher import Publisher
from engine.store.store import Store
from tests.support.shelves import ANN, folder, live, publisher_on, rule

LOW = "low: {nps: {at_most: 3}}\n"
USES = "rule: uses\nstatus: shadow\nwhen: {meets: low}\n"


@pytest.fixture
def publisher(store: Store) -> Publisher:
    made = publisher_on(store)
    made.put("_define", LOW, None, ANN)
    made.put("uses", USES, None, ANN)
    made.put("other", rule("other"), None, ANN)
    return made


def test_rules_use_what_is_shared_and_follow_its_changes(publisher: Publisher, store: Store) -> None:
    before = {one.slug: one for one in publisher.look().rules}
    publisher.put("_define", LOW.replace("3", "4"), 1, ANN)
    after = {one.slug: one for one in publisher.look().rules}
    assert after["uses"].version != before["uses"].version
    assert after["other"] is before["other"]
    assert [one.slug for one in unmanaged(store.shelf)] == ["_define", "other", "uses"]
    assert exported(store.shelf).startswith("# The shared conditions are a file of their own")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("high: {nps: {at_least: 9}}\n", "this breaks uses.yaml:3:15: unknown definition", id="renamed"),
        pytest.param("low: {npz: 3}\n", "unknown condition 'npz'", id="broken"),
    ],
)
def test_what_would_break_a_rule_is_refused(publisher: Publisher, store: Store, text: str, said: str) -> None:
    with pytest.raises(RulesError) as caught:
        publisher.put("_define", text, 1, ANN)
    assert any(said in finding.message for finding in caught.value.findings), caught.value.findings
    with pytest.raises(RulesError):
        publisher.retire("_define", 1, ANN)
    assert store.shelf.revision() == 3
    assert live(publisher) == ["other", "uses"]


def test_a_folder_s_shared_conditions_are_managed(store: Store) -> None:
    publisher = publisher_on(store)
    pushed = publisher.push(folder(_define=LOW, f=USES), ANN)
    assert pushed.published == ("_define", "uses")
    with pytest.raises(ManagedError):
        publisher.put("_define", LOW.replace("3", "4"), 1, ANN)
    publisher.put("mine", USES.replace("uses", "mine"), None, ANN)
    with pytest.raises(RulesError, match=r"mine\.yaml:3:15"):
        publisher.push(folder(f=rule("uses")), ANN)
    assert live(publisher) == ["mine", "uses"]
