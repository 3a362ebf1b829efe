"""The figures of insights, without a browser: what they say, and that every number leads to what is behind it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from api.auth import Caller
from api.console.asked import params_of
from api.console.insights import drivers as driven
from api.console.insights import happenings, labels, overview, scores, trust
from api.console.insights.figure import Behind, Figure, Nothing, Shown, Tiles
from api.console.insights.looking import Looking
from api.console.insights.options import Spread, forest, lines
from api.console.insights.place import Place, every_of, place_of
from api.console.insights.saying import change_said, listed, share_said, span_said
from api.tables import table_text
from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.bins import Every
from engine.insights.telling import Share
from engine.scope import Role, Scope
from tests.console.insights_house import HOSTILE, records
from tests.support.clock import NOON
from tests.support.service import RULES, House, house

BASE = "https://voc.example.com"
VIEWS = {
    "overview": overview.parts,
    "labels": labels.parts,
    "drivers": driven.parts,
    "scores": scores.parts,
    "rules": trust.parts,
    "happenings": happenings.parts,
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("insights")) as found:
        answer = found.post(records(NOON))
        assert answer.status_code == 200, answer.text
        yield found


def looking(busy: House, unit: str | None = None, place: Place | None = None, days: int = 30) -> Looking:
    now = busy.service.engine.clock.now() + timedelta(minutes=1)
    asked = Asked(since=now - timedelta(days=days), until=now, unit=unit)
    place = place or Place()
    return Looking(busy.service, Caller("x", Role.VIEWER, Scope()), asked, every_of(place, asked), place, now, BASE)


def shown(view: str, look: Looking) -> list[Shown]:
    return [part.find() for part in VIEWS[view](look)]


def numbers(found: Shown) -> Iterator[tuple[str, Behind]]:
    """Yield every number that leads somewhere."""
    if isinstance(found, Tiles):
        yield from ((one.value, one.behind) for one in found.tiles if one.behind and one.value.isdigit())
    if isinstance(found, Figure):
        yield from ((cell.text, cell.behind) for cell in chain(*found.table.rows) if cell.behind)


@pytest.mark.parametrize("unit", [pytest.param(None, id="everything"), pytest.param("emea", id="a unit")])
@pytest.mark.parametrize("view", ["overview", "labels", "drivers", "scores"])
def test_every_number_leads_to_exactly_what_is_behind_it(busy: House, view: str, unit: str | None) -> None:
    search = busy.service.store.search
    checked = 0
    for found in shown(view, looking(busy, unit)):
        for text, behind in numbers(found):
            page = search.page(behind.asked, limit=1, counted=True)
            assert page.count is not None
            assert page.count.count == int(re.split(r"[ (]", text)[0].replace(",", "")), (behind, text)
            checked += 1
    assert checked >= 5


def test_every_bar_and_point_leads_to_what_it_stands_for(busy: House) -> None:
    figures = [one for one in shown("overview", looking(busy)) if isinstance(one, Figure)]
    assert len(figures) == 2
    for figure in figures:
        assert figure.chart is not None
        for (series, index), behind in figure.points.items():
            one = figure.chart["series"][series] if series < len(figure.chart["series"]) else {"type": ""}
            if one["type"] == "bar":
                page = busy.service.store.search.page(behind.asked, limit=1, counted=True)
                assert page.count is not None
                assert page.count.count == one["data"][index]


def test_what_is_found_is_said_in_words(busy: House) -> None:
    said = {view: [one.finding for one in shown(view, looking(busy)) if isinstance(one, Figure)] for view in VIEWS}
    volume, patterns = said["overview"]
    assert volume.startswith("90 records of feedback; 33.3% of it with an alert (95%: 24.5% to 43.6%). The most came")
    assert patterns == "None of 30 records with an alert is part of a pattern: each stands alone."
    assert said["labels"][0].startswith("Of 90 records that were read: 67% billing and 33% digital.")
    (drivers,) = said["drivers"]
    assert drivers.startswith("30 records against 60 others. More often: ")
    assert "anger (only here)" in drivers
    assert said["scores"][0].startswith("nps of 90 answers: ")
    assert "Clearly apart from that: lowest in digital (-100)" in said["scores"][0]
    assert said["rules"][0].endswith("There are too few verdicts to tell how right they are.")


SIGNAL = """
---
rule: many
title: Many complaints
status: live
when: {intent: complaint, count: {at_least: 3, within: 9d}}
examples:
  fires: [{text: bad}, {text: so bad}, {text: bad menu}]
  stays_quiet: [{text: hello}, {text: great}, {text: thanks}]
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with six verdicts, a signal, and a problem of two alerts."""
    with house(tmp_path_factory.mktemp("judged"), rules=RULES + SIGNAL) as found:
        assert found.post(records(NOON, 60)).status_code == 200
        alerts = [one["id"] for one in found.get("/v1/alerts", rule="furious", limit=8).json()["alerts"]]
        for place, one in enumerate(alerts[:6]):
            body = {"verdict": "right" if place else "not_actionable"}
            answer = found.client.post(f"/v1/alerts/{one}/verdict", json=body, headers=found.key())
            assert answer.status_code == 200, answer.text
        body = {"title": f"The till {HOSTILE}", "alerts": alerts[6:]}
        answer = found.client.post("/v1/problems", json=body, headers=found.key())
        assert answer.status_code < 300, answer.text
        yield found


def test_verdicts_signals_and_problems_are_told(judged: House) -> None:
    right, team, rule = shown("rules", looking(judged))
    assert isinstance(right, Figure)
    assert right.finding.endswith("The least right is furious: 83% of 6.")
    assert right.chart is not None
    assert right.chart["series"][1]["data"][0]["value"] == [pytest.approx(5 / 6), 0]
    assert right.points[1, 0].asked.rules == ("furious",)
    assert all(isinstance(one, Figure) and "none due yet" in one.finding for one in (team, rule))
    signals, problems = shown("happenings", looking(judged))
    assert isinstance(signals, Figure)
    assert isinstance(problems, Figure)
    assert signals.finding == "1 signal, 1 of them not ended. The newest: Many complaints."
    ((text, behind),) = numbers(signals)
    count = judged.service.store.search.page(behind.asked, limit=1, counted=True).count
    assert count is not None
    assert count.count == int(text) >= 3
    assert problems.finding == "1 problem, 1 not solved; 2 alerts linked to them."
    # A file is read elsewhere: each line leads back, and a signal's to what is behind it.
    (row,) = signals.table.data
    assert (row["link"], row["feedback_link"]) == (f"{BASE}/alerts/{row['id']}", f"{BASE}/feedback?behind={row['id']}")
    (line,) = problems.table.data
    assert (line["link"], problems.table.rows[0][0].to) == (f"{BASE}/problems/{line['id']}", f"/problems/{line['id']}")
    assert row["problem_link"] is None
    linked = judged.service.store.search.page(Asked(alerted=True), limit=60).found
    assert {alert.problem for one in linked for alert in one.alerts} == {None, line["id"]}
    (pattern,) = [one for one in shown("overview", looking(judged)) if isinstance(one, Figure)][1:]
    assert pattern.finding == "All of 20 records with an alert are part of a pattern."


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_time_is_said_to_be_empty(busy: House, view: str) -> None:
    now = looking(busy)
    long_ago = now.asked.within(NOON - timedelta(days=900), NOON - timedelta(days=800))
    early = Looking(now.service, now.caller, long_ago, Every.WEEK, now.place, now.now)
    assert all(isinstance(one, Nothing) for one in shown(view, early))


def test_a_few_records_are_not_drawn_as_shares(busy: House) -> None:
    figures = [one for one in shown("labels", looking(busy, days=1)) if isinstance(one, Figure)]
    assert figures
    assert all(one.chart is None and "too few records" in one.note and one.table.is_open for one in figures)


def test_saved_tables_run_no_formula(busy: House) -> None:
    (found,) = shown("scores", looking(busy, place=Place((("by", "attribute.store"),))))
    assert isinstance(found, Figure)
    names = [row["name"] for row in csv.DictReader(io.StringIO(table_text(found.table.data)))]
    assert {"'=cmd()", HOSTILE, "Leeds"} <= set(names)


def test_a_unit_outside_of_the_own_is_refused(busy: House) -> None:
    now = looking(busy, "emea")
    other = Looking(now.service, Caller("x", Role.VIEWER, Scope("amer")), now.asked, now.every, now.place, now.now)
    with pytest.raises(QuestionError, match="no unit is below both amer and emea"):
        shown("rules", other)
    assert all(isinstance(one, Nothing) for one in shown("overview", other))


@pytest.mark.parametrize(
    ("now", "before", "says"),
    [
        (Share(5, 10), Share(0, 0), "nothing in the 30 days before"),
        (Share(1, 10), Share(1, 12), "8.3% in the 30 days before: too few to compare"),
        (Share(50, 100), Share(48, 100), "48.0% in the 30 days before: no clear change"),
        (Share(80, 100), Share(20, 100), "20.0% in the 30 days before: clearly more now"),
        (Share(20, 100), Share(80, 100), "80.0% in the 30 days before: clearly less now"),
        (Share(0, 0), Share(80, 100), "80.0% in the 30 days before: too few to compare"),
    ],
    ids=["nothing", "few", "alike", "more", "less", "none now"],
)
def test_a_change_is_told_where_it_is_more_than_chance(now: Share, before: Share, says: str) -> None:
    assert change_said(now, before, "30 days") == says


def test_names_and_spans_are_said() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(list("abcde"))] == ["a", "a and b", "a, b, c and 2 more"]
    assert share_said(None) == "none"
    spans = [timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=30)]
    assert [span_said(NOON, NOON + one) for one in spans] == ["hour", "5 hours", "day", "30 days"]


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ((("view", "nowhere"),), "there is no view 'nowhere' of the insights"),
        ((("days", "0"),), "'0' is no number of days from 1 to 3,660"),
        ((("days", "9" * 50),), "is no number of days"),
        ((("every", "year"),), "'year' is none of hour, day and week"),
    ],
    ids=["view", "no days", "many days", "bins"],
)
def test_an_address_that_leads_nowhere_is_said_to(params: tuple[tuple[str, str], ...], problem: str) -> None:
    place = place_of(params)
    with pytest.raises(QuestionError, match=re.escape(problem)):
        _ = (place.view, place.days, every_of(place, Asked(since=NOON, until=NOON)))


def test_an_address_keeps_what_it_knows_and_nothing_else() -> None:
    place = place_of([("unit", "emea"), ("token", "x"), ("label", "topic:digital"), ("label", "intent:churn")])
    assert [name for name, _ in place.params] == ["unit", "label", "label"]
    assert place.minus("label", "intent:churn").plus("alerted", "true").params[-1] == ("alerted", "true")
    assert place.having(unit=None).one("unit") is None
    since = datetime(2026, 3, 1, tzinfo=UTC)
    assert params_of(Asked(alerted=True, since=since)) == [("alerted", "true"), ("since", "2026-03-01T00:00:00+00:00")]


def test_intervals_without_an_end_go_to_the_edge() -> None:
    axis = {"type": "value", "min": -1.0, "max": 5.0}
    chart = forest([Spread("a", None, -9.0, None), Spread("b", 0.0, 0.0, 1.0)], axis)
    assert [one["data"] for one in chart["series"][:2]] == [[[-1.0, 0], [5.0, 0]], [[0.0, 1], [1.0, 1]]]
    assert [one["value"] for one in chart["series"][2]["data"]] == [[5.0, 0], [0.0, 1]]


def test_names_stand_where_nothing_is_read_as_html_or_code() -> None:
    chart = lines(["x"], {HOSTILE: [0.5], ":formatter": [0.5]})
    assert chart["tooltip"]["renderMode"] == "richText"
    assert [one["name"] for one in chart["series"]] == [HOSTILE, ":formatter"]
