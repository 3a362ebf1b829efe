"""Conditions over time: what opens a signal, what feeds and ends it, and what holds alerts back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from engine.alerts.alert import AlertKind, HeldReason
from engine.alerts.state import Outcome
from engine.intake import admit
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import LoadedRules, load_rules
from engine.rules.replay import Replay
from engine.rules.rule import RuleStatus
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader

ATTRIBUTES = {"store": AttributeSpec("store", "text"), "tier": AttributeSpec("tier", "text")}
READER = KeywordReader()


def rules_of(text: str) -> LoadedRules:
    loaded = load_rules(Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)
    assert not loaded.findings, [str(one) for one in loaded.findings]
    return loaded


def shadow_or_live(when: str, then: str = "{}", status: str = "live") -> LoadedRules:
    """One rule; as if it were live, without examples."""
    loaded = rules_of(f"rule: r\nstatus: shadow\nwhen: {when}\nthen: {then}\n")
    if status == "live":
        (rule,) = loaded.rules
        object.__setattr__(rule, "status", RuleStatus.LIVE)
    return loaded


class World:
    """Feedback at moments, through a replay."""

    def __init__(self, rules: LoadedRules) -> None:
        self.replay = Replay(rules)
        self.number = 0

    def at(self, minutes: float, text: str = "bad", received: float | None = None, **fields: Any) -> Outcome:
        self.number += 1
        occurred = NOON + timedelta(minutes=minutes)
        received_at = occurred if received is None else NOON + timedelta(minutes=received)
        record = {"id": f"f{self.number}", "text": text, "occurred_at": occurred, **fields}
        feedback = admit(record, Program(attributes=ATTRIBUTES), received_at)
        case = Case(feedback, READER.read([feedback.parts])[0])
        return self.replay.take([case], [received_at])[0]

    def passes(self, minutes: float) -> list[str]:
        return [alert.id for alert in self.replay.pass_time(NOON + timedelta(minutes=minutes))]


def opened(outcomes: Sequence[Outcome]) -> list[int]:
    return [len(outcome.alerts) for outcome in outcomes]


def held(outcome: Outcome) -> list[HeldReason]:
    return [one.reason for one in outcome.held_back]


COMPLAINTS = "{intent: complaint, count: {at_least: 3, within: 1h}}"


def test_a_count_opens_one_signal_when_it_is_reached_and_links_the_feedback_behind_it() -> None:
    world = World(shadow_or_live(COMPLAINTS))
    outcomes = [world.at(minute) for minute in (0, 10, 20, 30)]
    assert opened(outcomes) == [0, 0, 1, 0]
    (signal,) = outcomes[2].alerts
    assert (signal.kind, signal.key, signal.started_at) == (AlertKind.SIGNAL, "", NOON + timedelta(minutes=20))
    assert signal.reasons == ("count at least 3 within 1h (found 3)",)
    assert [sequence for alert, sequence in outcomes[2].links if alert == signal.id] == [1, 2, 3]
    assert held(outcomes[3]) == [HeldReason.SIGNAL_OPEN]
    assert outcomes[3].links == [(signal.id, 4)]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param((0, 30, 60), [0, 0, 0], id="the first is just out of the span"),
        pytest.param((0, 30, 59.9), [0, 0, 1], id="the first is just inside"),
        pytest.param((0, 40, 80, 90, 99), [0, 0, 0, 1, 0], id="spans slide"),
        pytest.param((0, 0, 0), [0, 0, 1], id="at one moment"),
    ],
)
def test_a_span_holds_its_end_and_not_its_beginning(minutes: Sequence[float], expected: list[int]) -> None:
    world = World(shadow_or_live(COMPLAINTS))
    assert opened([world.at(minute) for minute in minutes]) == expected


def test_what_does_not_match_does_not_count() -> None:
    world = World(shadow_or_live(COMPLAINTS))
    outcomes = [world.at(1, "great"), world.at(2), world.at(3, "maybe bad"), world.at(4), world.at(5, "great")]
    assert opened(outcomes) == [0, 0, 0, 0, 0]
    assert held(outcomes[2]) == [HeldReason.UNSURE]


def test_keys_are_counted_apart_whatever_their_case_and_feedback_without_one_not_at_all() -> None:
    world = World(shadow_or_live("{intent: complaint, count: {at_least: 2, within: 1h, per: store}}"))
    stores = ["Leeds", "York", "", "leeds", "York"]
    outcomes = [world.at(minute, attributes={"store": store}) for minute, store in enumerate(stores)]
    assert opened(outcomes) == [0, 0, 0, 1, 1]
    assert [outcome.alerts[0].key for outcome in outcomes[3:]] == ["leeds", "york"]
    assert outcomes[2].found["r"].found == "nothing to count per store here"


def test_distinct_counts_customers_not_records() -> None:
    world = World(shadow_or_live("{intent: complaint, distinct: {what: customer, at_least: 2, within: 1d}}"))
    outcomes = [world.at(minute, customer=customer) for minute, customer in enumerate(["a", "a", None, "b"])]
    assert opened(outcomes) == [0, 0, 0, 1]


def test_another_condition_can_be_counted_than_the_one_that_fires() -> None:
    when = "{customer_tier: gold, count: {of: {intent: complaint}, at_least: 2, within: 1d, per: customer}}"
    world = World(shadow_or_live(when.replace("customer_tier", "tier")))
    gold, silver = {"attributes": {"tier": "gold"}}, {"attributes": {"tier": "silver"}}
    outcomes = [
        world.at(0, "bad", customer="a", **silver),
        world.at(1, "bad", customer="a", **silver),
        world.at(2, "great", customer="a", **gold),
        world.at(3, "great", customer="b", **gold),
    ]
    assert opened(outcomes) == [0, 0, 1, 0]


def test_another_rules_matches_can_be_counted() -> None:
    loaded = rules_of(
        "rule: crash\nstatus: draft\nwhen: {topic: digital/reliability}\n---\n"
        "rule: r\nstatus: shadow\nwhen: {count: {of: {rule: crash}, at_least: 2, within: 1h}}\n"
    )
    world = World(loaded)
    outcomes = [world.at(0, "crash"), world.at(1, "bad"), world.at(2, "crash")]
    assert [held(outcome) for outcome in outcomes] == [[], [], [HeldReason.SHADOW]]


def test_a_rule_that_counts_a_rule_that_counts_a_third_counts_the_third() -> None:
    loaded = rules_of(
        "rule: r\nstatus: shadow\nwhen: {count: {of: {rule: b}, at_least: 2, within: 1h}}\n---\n"
        "rule: b\nstatus: draft\nwhen: {count: {of: {rule: c}, at_least: 5, within: 1h}}\n---\n"
        "rule: c\nstatus: draft\nwhen: {topic: digital/reliability}\n"
    )
    world = World(loaded)
    outcomes = [world.at(0, "crash"), world.at(1, "bad"), world.at(2, "crash")]
    assert [held(outcome) for outcome in outcomes] == [[], [], [HeldReason.SHADOW]]


def test_a_share_needs_its_volume() -> None:
    when = "{intent: complaint, share: {at_least: 50%, volume: 4, within: 1h}}"
    world = World(shadow_or_live(when))
    assert opened([world.at(0), world.at(1), world.at(2, "great"), world.at(3)]) == [0, 0, 0, 1]
    world = World(shadow_or_live(when))
    assert opened([world.at(0, "great"), world.at(1, "great"), world.at(2, "great"), world.at(3)]) == [0, 0, 0, 0]


def test_a_share_can_cross_as_time_passes_and_others_leave_the_span() -> None:
    world = World(shadow_or_live("{intent: complaint, share: {at_least: 60%, volume: 3, within: 1h}}"))
    for minute, text in enumerate(["great", "great", "great"]):
        world.at(minute, text)
    assert opened([world.at(minute) for minute in (50, 51, 52)]) == [0, 0, 0]
    assert len(world.passes(70)) == 1
    assert world.passes(71) == []


SPIKE = "{intent: complaint, spike: {within: 1h, against: 5, at_least: 5}}"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param([1, 0, 1, 2, 1], 9, True, id="far above"),
        pytest.param([1, 0, 1, 2, 1], 4, False, id="below the least count"),
        pytest.param([8, 9, 7, 8, 9], 12, False, id="within chance"),
        pytest.param([8, 9, 7, 8, 9], 25, True, id="above chance"),
        pytest.param([0, 30, 0, 28, 1], 25, False, id="counts that always scatter"),
        pytest.param([0, 0, 0, 0, 0], 5, True, id="from nothing"),
    ],
)
def test_a_spike_is_more_than_chance_explains(before: list[int], now: int, expected: bool) -> None:
    world = World(shadow_or_live(SPIKE))
    world.at(-400, "great")
    for hour, count in enumerate(before):
        for one in range(count):
            world.at(-60 * (5 - hour) - 59 + one)
    outcomes = [world.at(0.1 * one) for one in range(now)]
    assert bool(sum(opened(outcomes))) is expected


def test_a_spike_needs_two_whole_spans_of_history() -> None:
    world = World(shadow_or_live(SPIKE))
    outcomes = [world.at(0.1 * one) for one in range(20)]
    assert sum(opened(outcomes)) == 0
    assert outcomes[-1].found["r"].found == "20, and too little history: 0 whole spans before"


def test_a_flatline_shows_when_nothing_comes_and_ends_with_the_next_feedback() -> None:
    world = World(shadow_or_live("{flatline: {within: 2h, against: 3, usual: 2, per: store}}"))
    for minute in range(0, 600, 30):
        world.at(minute, attributes={"store": "Leeds"})
    assert world.passes(600 + 85) == []
    signals = world.passes(600 + 120)
    assert len(signals) == 1
    assert world.passes(600 + 180) == []
    world.at(785, attributes={"store": "Leeds"})
    assert world.replay._state.episodes["r", "leeds"].ended is None
    world.passes(790)
    assert world.replay._state.episodes["r", "leeds"].ended is not None


def test_a_signal_ends_after_a_whole_span_below_four_fifths_and_then_a_new_one_may_open() -> None:
    world = World(shadow_or_live("{intent: complaint, count: {at_least: 5, within: 1h}}"))
    assert sum(opened([world.at(minute) for minute in range(5)])) == 1
    # At 65 all have left the span; from 61 on the count is below four.
    assert sum(opened([world.at(minute) for minute in range(100, 105)])) == 0
    world.passes(300)
    episode = world.replay._state.episodes["r", ""]
    assert episode.ended is not None
    assert sum(opened([world.at(minute) for minute in range(301, 306)])) == 1
    assert world.replay._state.episodes["r", ""].alert != episode.alert


def test_late_feedback_lands_in_the_span_of_its_own_time() -> None:
    world = World(shadow_or_live(COMPLAINTS))
    outcomes = [world.at(0), world.at(50), world.at(20, received=51)]
    assert opened(outcomes) == [0, 0, 1]
    assert outcomes[2].alerts[0].started_at == NOON + timedelta(minutes=50)


def test_what_comes_too_late_raises_no_signal_and_says_so() -> None:
    world = World(shadow_or_live(COMPLAINTS))
    outcomes = [world.at(minute, received=60 * 24.5 + minute) for minute in (0, 1, 2)]
    assert opened(outcomes) == [0, 0, 0]
    assert held(outcomes[2]) == [HeldReason.LATE]


def test_a_revision_takes_its_count_back() -> None:
    world = World(shadow_or_live(COMPLAINTS))
    world.at(0)
    world.at(1)
    world.number -= 1
    world.at(2, "great")
    assert opened([world.at(3), world.at(4)]) == [0, 1]


def test_a_cooldown_links_further_matches_to_the_alert_of_their_key() -> None:
    world = World(shadow_or_live("{intent: complaint}", "{cooldown: {per: customer, for: 1h}}"))
    outcomes = [
        world.at(0, customer="a"),
        world.at(10, customer="A"),
        world.at(20, customer="b"),
        world.at(59.9, customer="a"),
        world.at(60, customer="a"),
        world.at(61),
        world.at(62),
    ]
    assert opened(outcomes) == [1, 0, 1, 0, 1, 1, 1]
    first = outcomes[0].alerts[0].id
    assert [one.alert for one in outcomes[1].held_back] == [first]
    assert outcomes[3].links == [(first, 4)]


def test_a_cooldown_without_a_key_is_the_rules_own() -> None:
    world = World(shadow_or_live("{intent: complaint}", "{cooldown: 1h}"))
    assert opened([world.at(0, customer="a"), world.at(1, customer="b"), world.at(61)]) == [1, 0, 1]


def test_a_larger_sample_takes_what_a_smaller_took_and_more() -> None:
    taken = []
    for share in ("10%", "0.5", "100%"):
        world = World(shadow_or_live("{intent: complaint}", f"{{take: {share}}}"))
        outcomes = [world.at(minute) for minute in range(300)]
        taken.append({place for place, outcome in enumerate(outcomes) if outcome.alerts})
        assert all(outcome.alerts or held(outcome) == [HeldReason.SAMPLED_OUT] for outcome in outcomes)
    assert taken[0] < taken[1] < taken[2]
    assert 15 <= len(taken[0]) <= 50
    assert 120 <= len(taken[1]) <= 180


BAD = [
    pytest.param("{count: {within: 1h}}", "count needs a threshold; add 'at_least: 3'", id="no threshold"),
    pytest.param("{count: {at_least: 3}}", "count needs the span it looks at", id="no span"),
    pytest.param("{count: {at_least: 0, within: 1h}}", "whole number from 1", id="a count of nothing"),
    pytest.param("{count: {at_least: 2.5, within: 1h}}", "whole number from 1", id="half a record"),
    pytest.param("{count: {at_least: 2, within: 1s}}", "from 1m to 400d", id="a second"),
    pytest.param("{count: {at_least: 2, within: 1h, per: shop}}", "unknown thing to group by 'shop'", id="per"),
    pytest.param("{count: {at_least: 2, within: 1h, of: {rule: x}}}", "unknown rule 'x'", id="no such rule"),
    pytest.param("{count: {at_least: 2, within: 1h, of: {rule: r}}}", "no conditions but its own count", id="itself"),
    pytest.param("{share: {at_least: 120%, within: 1h}}", "a share above 0 and at most 1", id="a share above all"),
    pytest.param("{distinct: {at_least: 2, within: 1h}}", "add 'what: customer'", id="nothing that differs"),
    pytest.param("{spike: {within: 1h, p: 2}}", "a probability between 0 and 1", id="p"),
    pytest.param("{spike: {within: 1h, ratio: 2}}", "unknown word of spike 'ratio'", id="a word"),
    pytest.param("{any: [{count: {at_least: 2, within: 1h}}]}", "stands at the top of 'when'", id="under any"),
    pytest.param(
        "{count: {at_least: 2, within: 1h}, spike: {within: 1h}}", "one condition over time", id="two windows"
    ),
]


@pytest.mark.parametrize(("when", "said"), BAD)
def test_a_window_with_errors_says_where_and_what(when: str, said: str) -> None:
    program = Program(
        attributes=ATTRIBUTES, any_attribute=False, rule_files=(RuleFile("r.yaml", f"rule: r\nwhen: {when}\n"),)
    )
    loaded = load_rules(program, TAXONOMY)
    assert not loaded.rules
    assert any(said in str(one) for one in loaded.errors), [str(one) for one in loaded.errors]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param("then: {take: 25%}", "error: 'take' samples the feedback that opens alerts", id="take"),
        pytest.param("if_unsure: review", "warning: a signal has no review", id="review"),
    ],
)
def test_what_only_alerts_about_one_feedback_have_is_told(more: str, said: str) -> None:
    text = f"rule: r\nwhen: {{intent: complaint, count: {{at_least: 2, within: 1h}}}}\n{more}\n"
    loaded = load_rules(Program(attributes=ATTRIBUTES, rule_files=(RuleFile("r.yaml", text),)), TAXONOMY)
    assert [said in str(one) for one in loaded.findings] == [True], [str(one) for one in loaded.findings]
