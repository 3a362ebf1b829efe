"""Publishing on real databases: every change a version, errors publish nothing, the faster one wins."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ConflictError, ManagedError, NotFoundError, RulesError, StaleError
from engine.shelf.export import exported
from engine.shelf.publisher import Publisher, Pushed
from engine.shelf.version import RuleVersion
from engine.store.shelf import RuleFilter
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.shelves import ANN, folder, live, publisher_on, rule


@pytest.fixture
def publisher(store: Store) -> Publisher:
    return publisher_on(store)


def test_every_change_is_a_version_that_stays(store: Store) -> None:
    clock = StillClock()
    publisher = publisher_on(store, clock)
    first = publisher.put("a", rule("a"), None, ANN)
    clock.move(timedelta(minutes=1))
    publisher.put("a", rule("a", 4, "Lower"), 1, ANN)
    publisher.retire("a", 2, ANN)
    assert live(publisher) == []
    back = publisher.restore("a", 1, 3, ANN)
    assert (back.number, back.draft.text, back.draft.retired) == (4, rule("a"), False)
    assert live(publisher) == ["a"]
    told = [(one.number, one.draft.title, one.draft.retired, one.revision) for one in store.shelf.history("a")]
    assert told == [(4, "Low", False, 4), (3, "Lower", True, 3), (2, "Lower", False, 2), (1, "Low", False, 1)]
    assert (first.who, first.why, first.at) == ("ann", "because", NOON)
    assert store.shelf.version("a", 2).at == NOON + timedelta(minutes=1)
    assert [one.number for one in store.shelf.history("a", before=3, limit=1)] == [2]


def test_what_says_the_same_publishes_nothing(publisher: Publisher, store: Store) -> None:
    publisher.put("a", rule("a"), None, ANN)
    assert publisher.put("a", rule("a"), 1, ANN).number == 1
    assert publisher.restore("a", 1, 1, ANN).number == 1
    assert store.shelf.revision() == 1


STALE: list[object] = [
    pytest.param(
        lambda p: p.put("a", rule("a", 5), None, ANN), "in version 2; name that", id="a new one that is there"
    ),
    pytest.param(lambda p: p.put("a", rule("a", 5), 1, ANN), "in version 2 now, and not 1", id="an old version"),
    pytest.param(lambda p: p.put("a", rule("a", 5), 9, ANN), "in version 2 now, and not 9", id="a version to come"),
    pytest.param(lambda p: p.put("b", rule("b"), 1, ANN), "'b' is not there any more", id="one that never was"),
    pytest.param(lambda p: p.retire("a", 1, ANN), "in version 2 now", id="retire an old version"),
    pytest.param(lambda p: p.restore("a", 1, 1, ANN), "in version 2 now", id="restore over an old version"),
]


@pytest.mark.parametrize(("change", "said"), STALE)
def test_who_changes_something_else_than_they_saw_is_refused(
    publisher: Publisher, store: Store, change: Callable[[Publisher], RuleVersion], said: str
) -> None:
    publisher.put("a", rule("a"), None, ANN)
    publisher.put("a", rule("a", 4), 1, ANN)
    with pytest.raises(StaleError, match=said):
        change(publisher)
    assert store.shelf.revision() == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p.retire("nothing", 1, ANN), id="retire"),
        pytest.param(lambda p: p.restore("nothing", 1, 1, ANN), id="restore"),
        pytest.param(lambda p: p.restore("a", 7, 1, ANN), id="restore a version that is not there"),
    ],
)
def test_what_is_not_there_cannot_be_changed(publisher: Publisher, change: Callable[[Publisher], RuleVersion]) -> None:
    publisher.put("a", rule("a"), None, ANN)
    with pytest.raises(NotFoundError):
        change(publisher)


BAD = [
    pytest.param("rule: a\nwhen: {npz: 1, emotion: angr}\n", [(2, "'npz'"), (2, "'angr'")], id="all its errors"),
    pytest.param("rule: b\nwhen: {nps: 1}\n", [(1, "the text names rule 'b', and it is to be 'a'")], id="its name"),
    pytest.param(
        "rule: a\nwhen: {nps: 1}\n---\nrule: b\nwhen: {nps: 1}\n", [(4, "the text names rule 'b'")], id="two rules"
    ),
    pytest.param("rule: a\nwhen: {nps: 1}\n---\nrule: a\nwhen: {nps: 2}\n", [(4, "already in")], id="twice the same"),
    pytest.param("# nothing\n", [(1, "there is no rule here; begin with 'rule: a'")], id="no rule"),
    pytest.param("rule: a\nwhen: {nps: \x00}\n", [(1, "not valid YAML")], id="a NUL"),
    pytest.param("rule: a\nwhen: {nps: 1}\n# " + "x" * 2**20, [(1, "larger than 1 MiB")], id="too large"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_text_with_errors_is_not_published(
    publisher: Publisher, store: Store, text: str, said: list[tuple[int, str]]
) -> None:
    with pytest.raises(RulesError) as caught:
        publisher.put("a", text, None, ANN)
    assert len(caught.value.findings) == len(said)
    for finding, (line, words) in zip(caught.value.findings, said, strict=True):
        assert finding.line == line
        assert words in finding.message
    assert store.shelf.revision() == 0
    draft, findings = publisher.validate(text)
    assert (draft is None) == any(one.level == "error" for one in findings)


def test_validating_says_what_would_be_published_and_publishes_nothing(publisher: Publisher, store: Store) -> None:
    publisher.put("a", rule("a"), None, ANN)
    draft, findings = publisher.validate(rule("a", 5, "Another"))
    assert draft is not None
    assert (draft.slug, draft.title, findings) == ("a", "Another", ())
    assert store.shelf.revision() == 1
    assert live(publisher) == ["a"]


def test_a_folder_makes_managed_versions_of_what_changed_only(publisher: Publisher, store: Store) -> None:
    both = rule("a") + "---\n# of b\n" + rule("b")
    assert publisher.push(folder(f=both, g=rule("c")), ANN) == Pushed(("a", "b", "c"), (), ())
    assert publisher.push(folder(f=both, g=rule("c")), ANN) == Pushed()
    assert store.shelf.revision() == 1
    changed = rule("a") + "---\n# of b, with other words\n" + rule("b", 7)
    assert publisher.push(folder(f=changed, g=rule("c")), ANN) == Pushed(("b",), (), ())
    assert publisher.push(folder(f=changed), ANN) == Pushed((), (), ("c",))
    assert live(publisher) == ["a", "b"]
    assert [one.slug for one in store.shelf.page(RuleFilter(managed=True))] == ["a", "b"]
    assert [one.slug for one in store.shelf.page(RuleFilter(retired=True))] == ["c"]
    assert publisher.push(folder(f=changed, g=rule("c")), ANN) == Pushed(("c",), (), ())
    assert store.shelf.latest("c").number == 3


def test_rules_made_over_http_stay_until_the_folder_has_them_too(publisher: Publisher) -> None:
    publisher.put("mine", rule("mine"), None, ANN)
    publisher.push(folder(f=rule("a")), ANN)
    assert live(publisher) == ["a", "mine"]
    assert publisher.push(folder(f=rule("a"), g=rule("mine", 5)), ANN).taken_over == ("mine",)
    for change in (
        lambda: publisher.put("mine", rule("mine"), 2, ANN),
        lambda: publisher.retire("mine", 2, ANN),
        lambda: publisher.restore("mine", 1, 2, ANN),
    ):
        with pytest.raises(ManagedError, match=r"comes from g.yaml: change it there"):
            change()
    publisher.push(folder(f=rule("a")), ANN)
    assert live(publisher) == ["a"]
    assert not publisher.restore("mine", 1, 3, ANN).draft.managed


def test_a_folder_with_errors_publishes_nothing_and_lists_them_all(publisher: Publisher, store: Store) -> None:
    with pytest.raises(RulesError) as caught:
        publisher.push(folder(f="rule: a\nwhen: {npz: 1}\n", g="rule: b\n", h=rule("c")), ANN)
    assert [(one.file, one.line) for one in caught.value.findings] == [("f.yaml", 1 + 1), ("g.yaml", 1)]
    assert store.shelf.revision() == 0


def test_at_a_start_good_rules_are_published_and_broken_ones_stay_as_they_were(publisher: Publisher) -> None:
    publisher.push(folder(f=rule("a") + "---\n" + rule("b"), g=rule("c")), ANN)
    broken = folder(f=rule("a", 9) + "---\nrule: b\nwhen: {npz: 1}\n", h=rule("d"))
    assert publisher.push(broken, ANN, leniently=True) == Pushed(("a", "d"), (), ("c",))
    assert live(publisher) == ["a", "b", "d"]


def test_only_so_many_rules_can_be_published(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.shelf.publisher.MOST_RULES", 2)
    publisher.push(folder(f=rule("a") + "---\n" + rule("b")), ANN)
    with pytest.raises(ConflictError, match="at most 2 rules can be published, and this would make 3"):
        publisher.put("c", rule("c"), None, ANN)
    publisher.push(folder(f=rule("a") + "---\n" + rule("c")), ANN)
    assert live(publisher) == ["a", "c"]


def outcome(change: Callable[[], RuleVersion]) -> str:
    try:
        change()
    except StaleError:
        return "stale"
    return "published"


def test_of_those_who_change_the_same_version_exactly_one_wins(store: Store, url: str) -> None:
    publisher_on(store).put("a", rule("a"), None, ANN)
    stores = [Store(url) for _ in range(2)]
    publishers = [publisher_on(stores[number % 2]) for number in range(6)]
    changes = [lambda p=p, n=n: p.put("a", rule("a", n), 1, ANN) for n, p in enumerate(publishers, start=4)]
    with ThreadPoolExecutor(len(changes)) as pool:
        assert sorted(pool.map(outcome, changes)) == ["published"] + ["stale"] * 5
    assert store.shelf.latest("a").number == 2
    for one in stores:
        one.close()


def test_those_who_change_different_rules_all_win(store: Store, url: str) -> None:
    stores = [Store(url) for _ in range(2)]
    publishers = [publisher_on(stores[number % 2]) for number in range(6)]
    with ThreadPoolExecutor(len(publishers)) as pool:
        list(pool.map(lambda n: publishers[n].put(f"r{n}", rule(f"r{n}"), None, ANN), range(6)))
    assert live(publishers[0]) == [f"r{number}" for number in range(6)]
    assert store.shelf.revision() == 6
    for one in stores:
        one.close()


def test_one_publisher_sees_what_another_did(store: Store) -> None:
    one, other = publisher_on(store), publisher_on(store)
    one.put("a", rule("a"), None, ANN)
    one.put("b", rule("b"), None, ANN)
    before = {rule.slug: rule for rule in other.look().rules}
    one.put("a", rule("a", 9), 1, ANN)
    after = {rule.slug: rule for rule in other.look().rules}
    assert after["a"] != before["a"]
    # What did not change is not loaded again.
    assert after["b"] is before["b"]


TEXTS = ["", "# first\n", "---\n", "--- # here\n", "%YAML 1.1\n---\n"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4))
def test_what_is_exported_loads_as_it_is(heads: list[str]) -> None:
    store = Store("sqlite://")
    store.migrate()
    publisher = publisher_on(store)
    publisher.push(folder(f=rule("managed")), ANN)
    for number, head in enumerate(heads):
        publisher.put(f"r{number}", head + rule(f"r{number}", number), None, ANN)
    loaded = folder(f=exported(store.shelf))
    assert not loaded.findings
    assert [one.slug for one in loaded.rules] == [f"r{number}" for number in range(len(heads))]
    store.close()
