"""Languages over HTTP: what of them is told, and which models read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.metrics import Metrics
from api.runtime import compose
from api.settings import Settings
from engine.decision import Decision
from engine.scope import Role
from tests.support.artifacts import spanish_artifact
from tests.support.clock import NOON, StillClock

PROGRAM = """
name: two tongues
languages: [en]
readers: {es: models/es}
"""
RULES = """
rule: angry
title: An angry customer
status: live
when: {emotion: anger}
then: {severity: high}
examples:
  fires: [{text: "I am furious with you!"}, {text: "This makes me so angry."}, {text: "I am absolutely furious."}]
  stays_quiet: [{text: "Thank you, it was great."}, {text: "Where is my parcel?"}, {text: "Lovely staff."}]
"""
BODY = [
    {"id": "en", "text": "I am absolutely furious with you, this is a disgrace!"},
    {"id": "es", "text": "Estoy muy furiosa y nadie responde desde ayer."},
    {"id": "fr", "text": "Le colis est arrivé en retard et cassé."},
    {"id": "both", "text": "The app is great and I love the new look. Estoy muy furiosa y nadie responde."},
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("program")
    (folder / "program.yaml").write_text(PROGRAM)
    (folder / "rules").mkdir()
    (folder / "rules" / "angry.yaml").write_text(RULES)
    spanish_artifact(folder / "models" / "es")
    clock = StillClock()
    service = compose(Settings(program=folder, db=f"sqlite:///{folder / 'x.db'}", models=folder / "store"), clock)
    _, key = service.store.keys.create("all", Role.ADMIN, None, NOON)
    service.reader.wait_until_tried()
    with TestClient(create_app(service), headers={"authorization": f"Bearer {key}"}) as made:
        made.post("/v1/feedback", json=BODY).raise_for_status()
        clock.move(timedelta(minutes=1))
        yield made


def test_each_record_is_read_in_its_language_and_alerts_by_what_was_read(client: TestClient) -> None:
    decisions = {body["id"]: client.get(f"/v1/feedback/{body['id']}").json()["decision"] for body in BODY}
    assert {name: one["reading"]["languages"] for name, one in decisions.items()} == {
        "en": ["en"],
        "es": ["es"],
        "fr": ["fr"],
        "both": ["en", "es"],
    }
    assert {name: [alert["rule"] for alert in one["alerts"]] for name, one in decisions.items()} == {
        "en": ["angry"],
        "es": ["angry"],
        "fr": [],
        "both": ["angry"],
    }
    assert decisions["es"]["model"].startswith("palabras@")
    assert all(0 < one["reading"]["language_confidence"] <= 1 for one in decisions.values())
    evidence = client.get("/v1/feedback/both/explain").json()["rules"][0]["trace"]["evidence"]
    assert BODY[3]["text"][evidence["start"] : evidence["end"]].startswith("Estoy")


def test_the_share_of_each_language_is_told(client: TestClient) -> None:
    found = client.get("/v1/languages").json()
    assert (found["feedback"], found["unsupported"]) == (4, 1)
    assert {(one["language"], one["status"]): one["feedback"] for one in found["languages"]} == {
        ("en", "read"): 2,
        ("es", "read"): 1,
        ("fr", "unsupported_language"): 1,
    }


def test_languages_are_counted_in_metrics(client: TestClient) -> None:
    text = client.get("/metrics").text
    assert 'heedful_feedback_by_language_total{language="fr",status="unsupported_language"} 1.0' in text
    assert 'heedful_feedback_by_language_total{language="en",status="read"} 2.0' in text


def test_the_models_of_other_languages_are_named(client: TestClient) -> None:
    ready = client.get("/readyz").json()
    assert [(code, name.split("@")[0]) for code, name in ready["readers"].items()] == [("es", "palabras")]


def test_no_sender_makes_the_labels_of_a_metric_many(client: TestClient) -> None:
    decision = client.app.state.service.engine.stored("default", "fr").decision  # type: ignore[attr-defined]
    metrics = Metrics()
    metrics.decided(_in(decision, code) for code in ["xx", "vec", "gug", None, "fr"])
    text = metrics.text().decode()
    assert 'language="other",status="unsupported_language"} 3.0' in text
    assert 'language="none",status="unsupported_language"} 1.0' in text


def _in(decision: Decision, code: str | None) -> Decision:
    return replace(decision, reading=replace(decision.reading, language=code))


def test_a_missing_model_keeps_the_service_from_being_ready_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("readers: {es: models}\n")
    (tmp_path / "models").mkdir()
    service = compose(Settings(program=tmp_path, db=f"sqlite:///{tmp_path / 'x.db'}", models=tmp_path / "store"))
    service.reader.wait_until_tried()
    with TestClient(create_app(service), raise_server_exceptions=False) as made:
        answer = made.get("/readyz")
    assert answer.status_code == 503
    assert "the reader of 'es' cannot be used" in (service.reader.problem or "")
