"""Search, insights and coaching over HTTP: their shapes, tables, keys of units, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from api.insight_shapes import (
    CoachingOut,
    DriversOut,
    EmployeesOut,
    FoundFeedbackOut,
    HappeningsOut,
    NoteOut,
    RuleLinesOut,
    SegmentsOut,
    TrendsOut,
    VolumeOut,
)
from engine.people import Person
from engine.scope import Role
from tests.support.clock import NOON
from tests.support.service import House

INSIGHTS: dict[str, tuple[type, dict[str, Any]]] = {
    "volume": (VolumeOut, {"every": "hour"}),
    "patterns": (VolumeOut, {}),
    "trends": (TrendsOut, {"by": "emotion", "leaves": True}),
    "drivers": (DriversOut, {"target": "score=nps:..6"}),
    "scores": (SegmentsOut, {"of": "nps", "by": "store"}),
    "rules": (RuleLinesOut, {}),
    "happenings": (HappeningsOut, {}),
}


@pytest.fixture
def busy(home: House) -> House:
    home.service.store.people.bring([Person("mid", "Mid"), Person("ann", "Ann", manager="mid")], NOON)
    for number in range(12):
        home.post(
            {
                "id": f"f{number}",
                "text": "I am furious. The menu is <b>bad</b>" if number % 2 else "=1+1 thanks. great",
                "scores": {"nps": number % 11},
                "attributes": {"store": "=cmd()" if number % 3 else "Leeds"},
                "unit": f"emea/u{number % 2}",
                "employee": "ann",
            }
        )
        home.clock.move(timedelta(minutes=20))
    return home


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_feedback_is_searched_page_by_page(busy: House) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = busy.get("/v1/feedback", words="furious", alerted=True, limit=2, count=True, **cursor)
        page = FoundFeedbackOut.model_validate_json(answer.content)
        seen += [one.id for one in page.feedback]
        assert page.count is not None
        if page.cursor is None:
            break
        cursor = {"cursor": page.cursor}
    assert seen == ["f11", "f5", "f3", "f1"]
    assert page.count.count == 4
    (match, *_) = page.feedback[0].matches
    assert page.feedback[0].text[match.start : match.end] == "furious"
    assert [one.rule for one in page.feedback[0].alerts][:1] == ["furious"]


@pytest.mark.parametrize(("path", "shape", "params"), [(p, s, g) for p, (s, g) in INSIGHTS.items()], ids=INSIGHTS)
def test_insights_have_their_shape_and_their_table(busy: House, path: str, shape: Any, params: dict[str, Any]) -> None:
    answer = busy.get(f"/v1/insights/{path}", **params)
    assert shape.model_validate_json(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    table = busy.get(f"/v1/insights/{path}", format="csv", **params)
    assert table.headers["content-type"].startswith("text/csv")
    assert not any("behind" in name for name in (rows(table.text) or [{}])[0])


def test_numbers_are_drilled_to_what_is_behind_them(busy: House) -> None:
    report = busy.get("/v1/insights/scores", of="nps", by="store").json()
    for one in (*report["segments"], report["total"]):
        for number, behind in (("answers", "behind"), ("good", "behind_good"), ("bad", "behind_bad")):
            assert busy.get("/v1/feedback", count=True, **one[behind]).json()["count"]["count"] == one[number]
    rules = busy.get("/v1/insights/rules").json()["rules"]
    for line in rules:
        assert len(busy.get("/v1/alerts", **line["behind_alerts"]).json()["alerts"]) == line["alerts"] > 0


def test_no_cell_of_a_table_is_a_formula(busy: House) -> None:
    found = rows(busy.get("/v1/feedback", format="csv").text)
    assert len(found) == 12
    assert {one["text"][:2] for one in found} == {"'=", "I "}
    by_store = rows(busy.get("/v1/insights/scores", of="nps", by="store", format="csv").text)
    assert {one["name"] for one in by_store} == {"", "'=cmd()", "Leeds"}
    assert any(one["net_value"].startswith("-") for one in by_store)


def test_a_key_of_a_unit_sees_its_own(busy: House) -> None:
    own = busy.get("/v1/feedback", role="viewer", unit="emea/u1", limit=500).json()["feedback"]
    assert {one["unit"] for one in own} == {"emea/u1"}
    for path, params in (("volume", {}), ("trends", {"by": "unit", "leaves": True}), ("scores", {})):
        told = busy.get(f"/v1/insights/{path}", role="viewer", unit="emea/u1", **params).text
        assert "emea/u0" not in told
    assert busy.get("/v1/insights/volume", role="viewer", unit="emea/u1").json()["total"]["feedback"] == 6
    assert busy.get("/v1/insights/volume", role="ingest").status_code == 403


def as_person(busy: House, name: str) -> dict[str, str]:
    _, secret = busy.service.store.keys.create(name, Role.VIEWER, None, NOON)
    return {"authorization": f"Bearer {secret}"}


def test_coaching_is_for_the_employee_and_managers(busy: House) -> None:
    client, mid, ann = busy.client, as_person(busy, "mid"), as_person(busy, "ann")
    other = as_person(busy, "other")
    written = client.post("/v1/coaching/ann/notes", json={"note": "well done", "feedback": {"id": "f2"}}, headers=mid)
    note = NoteOut.model_validate_json(written.content)
    report = CoachingOut.model_validate_json(client.get("/v1/coaching/ann", headers=ann).content)
    assert (report.seeing, report.total.feedback, report.total.praise) == ("self", 12, 6)
    assert [one.note for one in report.notes] == ["well done"]
    assert rows(client.get("/v1/coaching/ann", params={"format": "csv"}, headers=mid).text)
    employees = EmployeesOut.model_validate_json(client.get("/v1/coaching", headers=mid).content)
    assert [one.id for one in employees.employees] == ["ann", "mid"]
    for headers in (other, busy.key("admin"), busy.key("viewer")):
        assert client.get("/v1/coaching/ann", headers=headers).status_code == 403
        assert client.get("/v1/feedback", params={"employee": "ann"}, headers=headers).status_code == 403
        assert client.get("/v1/insights/volume", params={"employee": "ann"}, headers=headers).status_code == 403
        assert client.post("/v1/coaching/ann/notes", json={"note": "x"}, headers=headers).status_code == 403
        assert client.get("/v1/coaching", headers=headers).json() == {"employees": []}
    assert client.delete(f"/v1/coaching/ann/notes/{note.id}", headers=ann).status_code == 404
    assert client.delete(f"/v1/coaching/ann/notes/{note.id}", headers=mid).status_code == 204


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a misspelt parameter": ("/v1/feedback", {"wrds": "x"}, "wrds"),
    "a label": ("/v1/feedback", {"label": "digital"}, "label"),
    "an unknown label": ("/v1/feedback", {"label": "topic:digitl"}, "label"),
    "a cursor": ("/v1/feedback", {"cursor": "x"}, "cursor"),
    "a score": ("/v1/insights/scores", {"of": "npss"}, "of"),
    "by employee": ("/v1/insights/trends", {"by": "employee"}, "by"),
    "a target": ("/v1/insights/drivers", {"target": "words=x"}, "target"),
    "too many bins": ("/v1/insights/volume", {"since": "2020-01-01", "every": "hour"}, "every"),
    "a span backwards": ("/v1/insights/rules", {"since": "2026-03-02", "until": "2026-03-01"}, "since"),
    "a target that fits nothing": ("/v1/insights/drivers", {"channel": "a", "target": "channel=b"}, "target"),
}


@pytest.mark.parametrize(("path", "params", "field"), REFUSED.values(), ids=REFUSED)
def test_a_bad_question_is_a_problem_that_names_the_parameter(
    busy: House, path: str, params: dict[str, Any], field: str
) -> None:
    answer = busy.get(path, **params)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "body", [{}, [], {"note": 1}, {"note": " "}, {"note": "x", "feedback": "f1"}, {"note": "x", "a": 1}]
)
def test_a_note_that_is_none_is_a_problem(busy: House, body: Any) -> None:
    assert busy.client.post("/v1/coaching/ann/notes", json=body, headers=as_person(busy, "mid")).status_code == 422
