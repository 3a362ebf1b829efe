"""Insights: every number is what the search behind it finds, for everybody by what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from engine.alerts.problem_intake import Setting, admit_problem
from engine.errors import ForbiddenError, QuestionError
from engine.insights.asking import parse_target
from engine.insights.bins import Every
from engine.insights.kinds import kind_of
from engine.insights.trends import Depth
from engine.people import Directory
from engine.scope import EVERYTHING, Scope
from engine.store import insight_rows
from engine.store.alert_filter import AlertFilter
from engine.store.insights import Who, spanned
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY
from tests.support.people import employ
from tests.support.searched import DAY, PROGRAM, Searched, asked, searched

WHOLE = {"since": (NOON - 29 * DAY).isoformat(), "until": (NOON + DAY).isoformat()}
FILTERS: dict[str, dict[str, Any]] = {
    "everything": {},
    "filtered": {"label": ["topic:digital"], "missing": ["channel"], "unit": "emea", "words": "bad"},
}
KINDS = ("emotion", "intent", "topic", "sentiment", "unit", "channel", "store", "tier", "member", "source", "language")


@pytest.fixture
def home(store: Store) -> Searched:
    found = searched(store, 70)
    alerts = store.alerts.page(AlertFilter(rule="furious")).alerts[:4]
    setting = Setting(NOON, PROGRAM, TAXONOMY, Directory())
    store.problems.open(*admit_problem({"title": "Menus", "alerts": [one.id for one in alerts]}, "kim", setting))
    return found


def numbers(told: Any, within: dict[str, Any] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield every number of a report with the parameters behind it."""
    if isinstance(told, list):
        for one in told:
            yield from numbers(one)
        return
    if not isinstance(told, dict):
        return
    for number, behind in PAIRS:
        if number in told and behind in told:
            yield told[number], told[behind]
    if "series" in told:
        for series in told["series"]:
            for count, one in zip(series["counts"], told["bins"], strict=True):
                yield count, series["behind"] | {name: one["behind"][name] for name in ("since", "until")}
    for value in told.values():
        yield from numbers(value)


# A driver's `count` is behind it, and `count + rest_count` behind_all: see `whole`.
PAIRS = (
    *(("feedback", "behind"), ("count", "behind_count"), ("good", "behind_good"), ("bad", "behind_bad")),
    *(("answers", "behind"), ("target", "behind"), ("all", "behind_all"), ("driver_count", "behind")),
    *(("series_count", "behind"), ("praise", "behind_praise"), ("alerts", "behind_alerts")),
)


def whole(told: dict[str, Any]) -> dict[str, Any]:
    """Return a report whose numbers are all named by what is behind them."""
    for one in told.get("drivers", ()):
        one |= {"all": one["count"] + one["rest_count"], "driver_count": one["count"]}
    for one in told.get("series", ()):
        one["series_count"] = one["count"]
    if "target" in told:
        told["all"] = told["target"] + told["rest"]
    return told


def check(home: Searched, told: dict[str, Any], who: Who = Who()) -> int:  # noqa: B008
    """Check every number of a report, and return how many there are that are not 0."""
    wrong, right = [], 0
    seen: dict[str, int] = {}
    for number, params in numbers(whole(told)):
        key = repr(params)
        if key not in seen:
            seen[key] = home.behind(dict(params), who.scope, who.person)
        if seen[key] != number:
            wrong.append((number, seen[key], params))
        right += number > 0
    assert wrong == []
    return right


@pytest.mark.parametrize("given", FILTERS.values(), ids=FILTERS)
def test_every_number_is_what_the_search_behind_it_finds(home: Searched, given: dict[str, Any]) -> None:
    insights, wanted = home.store.insights, asked(**given, **WHOLE)
    checked = 0
    for who in (Who(), Who(Scope("emea/uk"))):
        checked += check(home, insights.volume(wanted, Every.WEEK, PROGRAM, who).as_dict(), who)
        checked += check(home, insights.patterns(wanted, Every.WEEK, PROGRAM, who).as_dict(), who)
        for name in ("topic", "sentiment", "unit", "store"):
            kind = kind_of(name, PROGRAM)
            report = insights.trends(wanted, kind, Every.WEEK, PROGRAM, depth=Depth(leaves=True), who=who)
            checked += check(home, report.as_dict(), who)
    for name in KINDS:
        for score in ("nps", "csat"):
            report = insights.segments(wanted, PROGRAM.scores[score], kind_of(name, PROGRAM))
            checked += check(home, report.as_dict())
    assert checked > 50


def test_drivers_are_what_the_searches_behind_them_find(home: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.insights.drivers.LEAST_EXPECTED", 1.0)
    monkeypatch.setattr("engine.insights.drivers.LEAST_RECORDS", 5)
    found = 0
    for target in ("alerted", "rule=furious", "score=nps:..6", "label=topic:digital", "attribute=tier:gold"):
        for given in ({}, {"unit": "emea", "source": ["web", "survey"]}):
            report = home.store.insights.drivers(asked(**given, **WHOLE), parse_target(target, PROGRAM), PROGRAM)
            found += check(home, report.as_dict())
            own = target.partition("=")[2].partition(":")[2]
            assert own not in {one.name for one in report.drivers}
    assert found > 200


def test_what_makes_alerts_stands_out(store: Store) -> None:
    home = searched(store, 240)
    report = home.store.insights.drivers(asked(**WHOLE), parse_target("rule=furious", PROGRAM), PROGRAM)
    over = {(str(one.kind), one.name) for one in report.drivers if one.finding == "over"}
    assert ("emotion", "anger/anger") in over
    assert not {name for kind, name in over if kind in ("store", "tier", "member", "channel", "source", "unit")}
    told = report.as_dict()["drivers"][0]
    assert told["low"] <= told["ratio"] or told["ratio"] is None


def test_signals_tell_how_much_is_behind_them(home: Searched) -> None:
    for scope in (EVERYTHING, Scope("emea/uk")):
        report = home.store.insights.happenings(NOON - 30 * DAY, NOON + DAY, Who(scope)).as_dict()
        check(home, report, Who(scope))
    report = home.store.insights.happenings(NOON - 60 * DAY, NOON + DAY).as_dict()
    assert report["signals"]
    assert [one["alerts"] for one in report["problems"]] == [4]


def test_rules_tell_what_the_list_of_alerts_has(home: Searched) -> None:
    lines = home.store.insights.rules(NOON - DAY, NOON + DAY, NOON)
    for line in lines:
        page = home.store.alerts.page(AlertFilter(rule=line.rule, kind="alert"), limit=500)
        assert len(page.alerts) == line.alerts
    assert {line.rule for line in lines} >= {"furious", "low-score"}


def test_nothing_is_counted_of_nothing(store: Store) -> None:
    insights, wanted = store.insights, asked(**WHOLE)
    assert insights.volume(wanted, Every.DAY, PROGRAM).as_dict()["total"]["share"] is None
    assert insights.patterns(wanted, Every.DAY, PROGRAM).total.share.of == 0
    assert insights.trends(wanted, kind_of("topic", PROGRAM), Every.DAY, PROGRAM).series == ()
    assert insights.drivers(wanted, parse_target("alerted", PROGRAM), PROGRAM).drivers == ()
    assert insights.segments(wanted, PROGRAM.scores["nps"], kind_of("store", PROGRAM)).segments == ()
    empty = replace(wanted, until=wanted.since)
    assert insights.volume(empty, Every.DAY, PROGRAM).bins == ()
    assert insights.rules(NOON, NOON, NOON) == []


def test_an_employee_is_counted_for_few(home: Searched) -> None:
    employ(home.store)
    wanted = asked(employee="ann", **WHOLE)
    for who in (Who(), Who(person="bob"), Who(person="nobody")):
        with pytest.raises(ForbiddenError):
            home.store.insights.volume(wanted, Every.DAY, PROGRAM, who)
    report = home.store.insights.volume(wanted, Every.DAY, PROGRAM, Who(person="ann"))
    assert report.total.share.of == len(home.plain(lambda one, *_: one.employee == "ann"))
    with pytest.raises(QuestionError, match="coaching"):
        kind_of("employee", PROGRAM)


def test_too_much_is_refused(home: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insight_rows, "MOST", 50)
    with pytest.raises(QuestionError, match="shorter span"):
        home.store.insights.volume(asked(**WHOLE), Every.DAY, PROGRAM)


def test_a_span_is_the_last_thirty_days_unless_said() -> None:
    assert spanned(asked(), NOON, PROGRAM).since == NOON - 30 * DAY
    given = spanned(asked(since=datetime(2026, 1, 1)), NOON, PROGRAM)  # noqa: DTZ001
    assert given.since is not None
    assert given.since.tzinfo is PROGRAM.zone
