"""What insights are made of, without a store: words, bins, intervals, targets, and who sees whom."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import QuestionError
from engine.insights.asking import parse_target, parse_where
from engine.insights.bins import Every, bins_of
from engine.insights.excerpt import MOST_SHOWN, excerpt
from engine.insights.intervals import adjusted, difference_p, mean_of, net_promoters, ratio_of
from engine.insights.seeing import Seeing, led_by, managers_of, seeing
from engine.insights.wording import Term, indexed, parse_wording, spans
from engine.people import Directory, Person
from engine.program import AttributeSpec, Program
from tests.support.searched import asked

LONDON, LORD_HOWE, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")


def term(words: str, *, begins: bool = False) -> Term:
    return Term(tuple(words.split()), begins)


WORDINGS: dict[str, tuple[str, tuple[Term, ...], tuple[Term, ...]]] = {
    "nothing": ("", (), ()),
    "words": ("late Delivery", (term("late"), term("delivery")), ()),
    "twice": ("late late", (term("late"),), ()),
    "a phrase": ('"late delivery"', (term("late delivery"),), ()),
    "curly quotes": ("“late delivery”", (term("late delivery"),), ()),
    "a phrase that does not end": ('x "late delivery', (term("x"), term("late delivery")), ()),
    "not": ("late -bus", (term("late"),), (term("bus"),)),
    "not a phrase": ('-"late bus"', (), (term("late bus"),)),
    "a hyphen inside": ("e-mail", (term("e mail"),), ()),
    "an apostrophe": ("don't", (term("don t"),), ()),
    "a beginning": ("deliv*", (term("deliv", begins=True),), ()),
    "a star inside is none": ("de*liv", (term("de liv"),), ()),
    "Han": ("很慢", (term("很 慢"),), ()),
    "accents": ("Café", (term("cafe"),), ()),
}


@pytest.mark.parametrize(("typed", "wanted", "unwanted"), WORDINGS.values(), ids=WORDINGS)
def test_words_as_people_type_them(typed: str, wanted: tuple[Term, ...], unwanted: tuple[Term, ...]) -> None:
    found = parse_wording(typed)
    assert (found.wanted, found.unwanted) == (wanted, unwanted)


@pytest.mark.parametrize("typed", ["x" * 1_001, " ".join(f"w{n}" for n in range(65))], ids=["long", "many"])
def test_more_than_anybody_types_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError):
        parse_wording(typed)


@given(st.text(max_size=200))
def test_any_text_is_words_that_are_found_in_it(text: str) -> None:
    words = indexed(text).split()
    assert not any(one.isspace() or one in "'\"\\" for word in words for one in word)
    if words:
        marked = spans(text, [Term(tuple(words))])
        assert len(marked) == 1
        assert 0 <= marked[0][0] < marked[0][1] <= len(text)


@given(st.text(max_size=120), st.integers(0, 2_000), st.integers(0, 2_000))
@settings(max_examples=50)
def test_an_excerpt_shows_what_was_found(word: str, before: int, after: int) -> None:
    text = f"{'so ' * before}needle {word}{' and' * after}"
    found = excerpt(text, [term("needle")])
    assert found.text == text[found.start : found.start + MOST_SHOWN]
    assert found.text[slice(*found.spans[0])].casefold() == "needle"
    assert found.cut == (len(found.text) < len(text))


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
    st.integers(0, 40 * 86_400),
    st.sampled_from(list(Every)),
    st.sampled_from([LONDON, LORD_HOWE, NEW_YORK, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/Sao_Paulo")]),
)
def test_bins_cover_a_span_without_gaps(start: datetime, seconds: int, every: Every, zone: ZoneInfo) -> None:
    since = start.replace(tzinfo=UTC)
    until = since + timedelta(seconds=seconds)
    bins = bins_of(since, until, every, zone)
    assert bool(bins) == bool(seconds)
    if bins:
        assert (bins[0].start, bins[-1].end) == (since, until)
    for one, other in pairwise(bins):
        assert one.end.astimezone(UTC) == other.start.astimezone(UTC)
        assert one.end.astimezone(zone).minute == 0 or zone is LORD_HOWE
    assert all(one.start.astimezone(UTC) < one.end.astimezone(UTC) for one in bins)


CLOCK_CHANGES: dict[str, tuple[ZoneInfo, datetime, int, int]] = {
    "spring": (LONDON, datetime(2026, 3, 29, tzinfo=LONDON), 23, 23),
    "autumn": (LONDON, datetime(2026, 10, 25, tzinfo=LONDON), 25, 25),
    "half an hour": (LORD_HOWE, datetime(2026, 10, 4, tzinfo=LORD_HOWE), 24, 23),
    "no change": (NEW_YORK, datetime(2026, 5, 5, tzinfo=NEW_YORK), 24, 24),
}


@pytest.mark.parametrize(("zone", "midnight", "bins", "hours"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES)
def test_a_day_is_from_midnight_to_midnight(zone: ZoneInfo, midnight: datetime, bins: int, hours: int) -> None:
    end = (midnight + timedelta(days=2)).replace(tzinfo=zone)
    first, *_ = bins_of(midnight, end, Every.DAY, zone)
    assert (first.end.astimezone(UTC) - first.start.astimezone(UTC)) // timedelta(hours=1) == hours
    assert len(bins_of(first.start, first.end, Every.HOUR, zone)) == bins


def test_weeks_begin_on_monday_and_too_many_bins_are_refused() -> None:
    since = datetime(2026, 3, 5, tzinfo=UTC)
    bins = bins_of(since, since + timedelta(days=20), Every.WEEK, LONDON)
    assert [one.start.day for one in bins] == [5, 9, 16, 23]
    with pytest.raises(QuestionError, match="bins"):
        bins_of(since, since + timedelta(days=100), Every.HOUR, LONDON)


# Katz et al. by hand: 15 of 100 against 5 of 100.
RATIOS = {"plain": ((15, 100, 5, 100), (3.0, 1.1334, 7.9410)), "none": ((0, 10, 5, 10), (0.0, 0.0, None))}


@pytest.mark.parametrize(("counts", "wanted"), RATIOS.values(), ids=RATIOS)
def test_ratios(counts: tuple[int, int, int, int], wanted: tuple[float, float, float | None]) -> None:
    found = ratio_of(*counts)
    assert (found.value, found.low) == pytest.approx(wanted[:2], abs=1e-3)
    assert wanted[2] is None or found.high == pytest.approx(wanted[2], abs=1e-3)
    assert ratio_of(3, 10, 0, 10).high == math.inf


@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_a_ratio_lies_in_its_interval(of: int, other_of: int, data: st.DataObject) -> None:
    count, other = data.draw(st.integers(0, of)), data.draw(st.integers(0, other_of))
    found = ratio_of(count, of, other, other_of)
    assert found.low <= found.high
    if count and other:
        assert found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9
    assert 0 <= difference_p(count, of, other, other_of) <= 1


def test_false_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    from scipy.stats import false_discovery_control

    chances = np.random.default_rng(3).random(200) ** 3
    assert adjusted(chances.tolist()) == pytest.approx(false_discovery_control(chances).tolist())
    assert adjusted([]) == []


def test_intervals_hold_what_they_should_19_times_in_20() -> None:
    chance = np.random.default_rng(5)
    for of, shares in ((30, (0.3, 0.2)), (200, (0.1, 0.6)), (15, (0.9, 0.05))):
        draws = chance.multinomial(of, [*shares, 1 - sum(shares)], 2_000)
        truth = 100 * (shares[0] - shares[1])
        found = [net_promoters(up, down, of) for up, down, _ in draws.tolist()]
        assert np.mean([low <= truth <= high for _, low, high in found]) > 0.93


def test_nobody_would_call_chance_a_driver() -> None:
    chance = np.random.default_rng(9)
    draws = chance.binomial([400, 4_000], 0.2, (500, 2)).tolist()
    found = adjusted([difference_p(a, 400, b, 4_000) for a, b in draws])
    assert sum(one < 0.05 for one in found) == 0


def test_means() -> None:
    values = [3.0, 5.0, 4.0, 8.0]
    mean, low, high = mean_of(sum(values), sum(one * one for one in values), 4)
    assert (mean, low, high) == (5.0, pytest.approx(1.5628, abs=1e-3), pytest.approx(8.4372, abs=1e-3))
    assert mean_of(7, 49, 1) == (7, None, None)


REFUSED: dict[str, dict[str, Any]] = {
    "a label without its task": {"label": ["digital"]},
    "no such task": {"label": ["colour:red"]},
    "no such score": {"score": ["nsp:1"]},
    "no range": {"score": ["nps:"]},
    "a range without ends": {"score": ["nps:.."]},
    "a range backwards": {"score": ["nps:9..2"]},
    "no number": {"score": ["nps:nan"]},
    "no end": {"score": ["nps:0..inf"]},
    "no such attribute": {"attribute": ["stroe:Leeds"]},
    "no value": {"attribute": ["attribute.:x"]},
    "not one of": {"attribute": ["tier:tin"]},
    "no flag": {"attribute": ["member:yes"]},
    "no such status": {"status": ["read?"]},
    "no such sentiment": {"sentiment": ["glad"]},
    "no such name": {"missing": ["stroe"]},
    "backwards": {"since": "2026-03-02", "until": "2026-03-01"},
    "far too many": {"source": [str(n) for n in range(51)]},
}


@pytest.mark.parametrize("given_", REFUSED.values(), ids=REFUSED)
def test_conditions_that_are_none_are_told(given_: dict[str, Any]) -> None:
    with pytest.raises(QuestionError) as told:
        asked(**given_)
    assert told.value.field in {*given_, "since"}


@pytest.mark.parametrize("text", ["", "nothing", "rule=", "score=", "words=x", "alerted=maybe", "unit=emea"])
def test_targets_that_are_none_are_told(text: str) -> None:
    with pytest.raises(QuestionError):
        parse_target(text, Program())


@pytest.mark.parametrize("pair", ["", "label", "labels=x", "alerted=yes", "=x"])
def test_pairs_that_are_none_are_told(pair: str) -> None:
    with pytest.raises(QuestionError):
        parse_where([pair])


NAMES = st.sampled_from(["store", "a:b", "x y", 'q"t', "attribute.z"])


@given(NAMES, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_conditions_say_themselves_as_they_are_asked(name: str, value: str) -> None:
    program = Program(attributes={"store": AttributeSpec("store", "text"), "a:b": AttributeSpec("a:b", "text")})
    found = asked(program, attribute=[f"{name}:{value}"], label=["topic:a/b>=0.5"], score=["nps:..6"], alerted=True)
    assert asked(program, **found.as_params()) == found


PEOPLE = (
    Person("top", "Top"),
    Person("left", "Left", manager="top", gone=True),
    Person("mid", "Mid", manager="left"),
    Person("ann", "Ann", manager="mid"),
    Person("peer", "Peer", manager="mid"),
    Person("round", "Round", manager="robin"),
    Person("robin", "Robin", manager="round"),
    Person("loop", "Loop", manager="loop"),
)
STANDING = {
    "oneself": ("ann", "ann", Seeing.SELF),
    "a manager": ("mid", "ann", Seeing.MANAGER),
    "above one who left": ("top", "ann", Seeing.MANAGER),
    "one who left": ("left", "ann", Seeing.NOBODY),
    "a peer": ("peer", "ann", Seeing.NOBODY),
    "below": ("ann", "mid", Seeing.NOBODY),
    "nobody": (None, "ann", Seeing.NOBODY),
    "unknown": ("x", "ann", Seeing.NOBODY),
    "unknown of oneself": ("x", "x", Seeing.NOBODY),
    "of one who left": ("top", "left", Seeing.MANAGER),
    "an unknown employee": ("top", "x", Seeing.NOBODY),
    "in a ring": ("robin", "round", Seeing.MANAGER),
}


@pytest.mark.parametrize(("person", "employee", "wanted"), STANDING.values(), ids=STANDING)
def test_who_sees_whom(person: str | None, employee: str, wanted: Seeing) -> None:
    people = Directory(PEOPLE)
    assert seeing(person, employee, people) is wanted
    assert managers_of("ann", people) == ("mid", "top")
    assert led_by("mid", people) == ("ann", "mid", "peer")
    assert led_by("left", people) == ()
    assert led_by("loop", people) == ("loop",)
