"""Forgetting over HTTP: asked for by admins of everything, done in the background, and the receipt is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.erasure_shapes import ErasureOut, ErasuresOut
from engine.privacy.retention import Erasing, RetentionRule
from tests.support.service import House

BODY = {"customer": "c-77", "erasing": "delete", "why": "c-77 asked by letter"}


def post(home: House, body: Any, role: str = "admin", unit: str | None = None) -> Any:
    return home.client.post("/v1/erasures", json=body, headers=home.key(role, unit))


def finished(home: House, erasure_id: str) -> ErasureOut:
    """Do what is left here and now, whatever the service's own thread does meanwhile."""
    service = home.service
    service.store.erasures.run(erasure_id, service.forgetter.worker, home.clock, rest=lambda _: None)
    return ErasureOut.model_validate_json(home.get(f"/v1/erasures/{erasure_id}").content)


def test_a_customer_is_forgotten_and_the_receipt_is_shown(home: House) -> None:
    home.post({"id": "f1", "text": "furious", "scores": {"nps": 1}, "customer": "c-77"})
    home.post({"id": "f2", "text": "furious", "scores": {"nps": 1}, "customer": "c-78"})
    answer = post(home, BODY)
    assert answer.status_code == 202
    begun = ErasureOut.model_validate_json(answer.content)
    done = finished(home, begun.id)
    assert done.finished_at is not None
    assert (done.counts["feedback"], done.who, done.why) == (1, "admin:None", "[erased] asked by letter")
    assert home.get("/v1/feedback/f1").status_code == 404
    assert home.get("/v1/feedback/f2").status_code == 200
    assert {one["feedback_id"] for one in home.get("/v1/alerts").json()["alerts"]} == {"f2"}
    kept = finished(home, post(home, {"customer": "c-78", "erasing": "anonymise"}).json()["id"])
    assert kept.counts["feedback"] == 1
    stored = home.get("/v1/feedback/f2").json()
    assert (stored["feedback"]["parts"], stored["feedback"].get("customer")) == ([{"text": ""}], None)
    assert stored["erased_at"] is not None
    assert home.get("/v1/feedback/f2/explain").json()["erased_at"] == stored["erased_at"]
    assert "c-7" not in home.get("/v1/erasures").text
    first = ErasuresOut.model_validate_json(home.get("/v1/erasures", limit=1).content)
    second = ErasuresOut.model_validate_json(home.get("/v1/erasures", limit=1, cursor=first.cursor).content)
    assert {one.erasures[0].id for one in (first, second)} == {begun.id, kept.id}
    assert second.cursor is None


@pytest.mark.parametrize(
    ("body", "role", "unit", "status", "field"),
    [
        pytest.param(BODY, "analyst", None, 403, None, id="role"),
        pytest.param(BODY, "admin", "emea", 403, None, id="unit"),
        pytest.param(BODY | {"erasing": "hide"}, "admin", None, 422, "erasing", id="erasing"),
        pytest.param(BODY | {"customer": " "}, "admin", None, 422, "customer", id="nobody"),
        pytest.param(BODY | {"customer": 7}, "admin", None, 422, "customer", id="number"),
        pytest.param(BODY | {"customer": "c\x00"}, "admin", None, 422, "customer", id="unstorable"),
        pytest.param(BODY | {"anywhere": True}, "admin", None, 422, "anywhere", id="short and anywhere"),
        pytest.param(BODY | {"anywhere": "yes"}, "admin", None, 422, "anywhere", id="no flag"),
        pytest.param(BODY | {"costumer": "x"}, "admin", None, 422, "costumer", id="misspelt"),
        pytest.param([BODY], "admin", None, 422, None, id="list"),
    ],
)
def test_what_cannot_be_done_is_refused(
    home: House, body: Any, role: str, unit: str | None, status: int, field: str | None
) -> None:
    answer = post(home, body, role, unit)
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert home.service.store.erasures.page() == []


def test_a_service_does_what_retention_does_today(home: House) -> None:
    home.post({"id": "f1", "text": "hello"})
    home.clock.move(timedelta(days=91))
    rule = RetentionRule(timedelta(days=90), Erasing.DELETE)
    (made,) = home.service.store.retention.due([rule], home.clock.now())
    finished(home, made)
    (done,) = home.get("/v1/erasures").json()["erasures"]
    assert (done["kind"], done["counts"]["feedback"]) == ("retention", 1)
    assert done["finished_at"] is not None
    assert home.get("/v1/erasures/er_none").status_code == 404
    assert home.get("/v1/erasures", cursor="er_none").status_code == 404
