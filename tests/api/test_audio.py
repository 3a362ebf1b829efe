"""`POST /v1/feedback/audio`: heard once, decided like any other feedback, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import tempfile
from typing import Any

import httpx
import numpy as np
import pytest

from api import hearing as hearing_module
from api.hearing import Hearing
from api.worker import Worker
from models.speech import hearing as model_hearing
from tests.support.service import House
from tests.support.speech import (
    COMPLAINT,
    PRAISE,
    needs_voice,
    samples_of,
    side_by_side,
    silence,
    spoken,
    transcriber,
    wav,
)

pytestmark = needs_voice
PATH = "/v1/feedback/audio"


@pytest.fixture(autouse=True)
def loaded(home: House) -> None:
    """Spare each service the half second in which it loads the model."""
    home.service.hearing._transcriber = transcriber()


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the lengths of the windows that reach the recogniser."""
    windows: list[float] = []
    before = model_hearing.Hearing._segments

    def counted(self: Any, window: Any, options: Any) -> Any:
        windows.append(window.end - window.start)
        return before(self, window, options)

    monkeypatch.setattr(model_hearing.Hearing, "_segments", counted)
    return windows


def send(home: House, audio: bytes, record: Any = None, name: str = "a.wav", role: str = "admin", **params: Any) -> Any:
    form = {"record": json.dumps({"id": "v1", "scores": {"nps": 1}} if record is None else record)}
    return home.client.post(PATH, files={"audio": (name, audio)}, data=form, params=params, headers=home.key(role))


def test_a_recording_is_decided_like_what_was_said_in_it(home: House) -> None:
    answer = send(home, spoken(COMPLAINT), {"id": "v1", "scores": {"nps": 1}, "channel": "phone", "question": "Why?"})
    assert answer.status_code == 200, answer.text
    (decision,) = answer.json()["decisions"]
    assert {alert["rule"] for alert in decision["alerts"]} == {"furious", "low-score"}
    heard = answer.json()["heard"]
    assert (heard["model"], heard["language"], heard["unclear_seconds"]) == ("whisper-tiny.en", None, 0.0)
    stored = home.get("/v1/feedback/v1").json()["feedback"]
    (part,) = stored["parts"]
    assert "money back" in part["text"]
    assert (part["question"], stored["channel"]) == ("Why?", "phone")
    assert 0.0 <= part["start"] < part["end"] <= heard["seconds"]
    assert [part["text"][cue["at"] :].split()[0] for cue in part["cues"]] == ["I", "I"]
    assert all(0.5 < cue["confidence"] <= 1.0 for cue in part["cues"])


def test_the_same_recording_is_heard_once(home: House, listened: list[float]) -> None:
    first = send(home, spoken(COMPLAINT))
    assert len(listened) == 1
    again = send(home, spoken(COMPLAINT), name="another-name.mp3")
    assert again.json() == {"decisions": first.json()["decisions"], "heard": None}
    other = send(home, spoken(PRAISE))
    assert (other.status_code, other.json()["type"]) == (409, "urn:heedful:problem:conflict")
    agent = {"id": "v1", "scores": {"nps": 1}, "speakers": {"all": "agent"}}
    assert send(home, spoken(COMPLAINT), agent).status_code == 409
    assert send(home, spoken(COMPLAINT), {"id": "v1", "scores": {"nps": 2}}).status_code == 409
    assert len(listened) == 1
    revised = send(home, spoken(PRAISE), revise=True)
    assert revised.json()["decisions"][0]["revision"] == 2
    assert len(listened) == 2


def test_the_same_recording_is_known_when_a_better_model_hears_other_words(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(home, spoken(COMPLAINT)).json()["decisions"]

    def broken(*_: Any, **__: Any) -> None:
        raise AssertionError("it was heard again")

    monkeypatch.setattr(Hearing, "transcript", broken)
    assert send(home, spoken(COMPLAINT)).json()["decisions"] == first


def test_two_channels_are_two_speakers(home: House) -> None:
    call = side_by_side(spoken(PRAISE), spoken(COMPLAINT, "en-us+f3"))
    answer = send(home, call, {"id": "v1", "speakers": {"left": "agent"}})
    assert answer.status_code == 200, answer.text
    parts = home.get("/v1/feedback/v1").json()["feedback"]["parts"]
    assert [part.get("speaker", "customer") for part in parts] == ["agent", "customer"]
    assert "Thank you" in parts[0]["text"]
    assert "money back" in parts[1]["text"]
    assert parts[0]["end"] <= parts[1]["start"]


def test_silence_is_an_empty_reading(home: House, listened: list[float]) -> None:
    answer = send(home, silence(3))
    assert answer.json()["decisions"][0]["reading"]["status"] == "empty"
    assert home.get("/v1/feedback/v1").json()["feedback"]["parts"] == [{"text": "", "start": 0.0, "end": 3.0}]
    assert not listened


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "no audio": ({"files": {"record": (None, '{"id": "1"}')}}, 400, "no part 'audio'"),
    "no record": ({"files": {"audio": ("a.wav", silence(1))}}, 400, "no part 'record'"),
    "audio that is no file": ({"files": {"audio": (None, "hello"), "record": (None, '{"id": "1"}')}}, 400, "a file"),
    "another part": (
        {"files": {"audio": ("a", silence(1)), "recrod": (None, "{}")}},
        400,
        "did you mean 'record'",
    ),
    "a form that ends early": (
        {
            "content": b"--x\r\nContent-Disposition: form-data; name=audio; filename=a\r\n\r\nRIFF",
            "headers": {"content-type": "multipart/form-data; boundary=x"},
        },
        400,
        "ends before",
    ),
    "no boundary": ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, "boundary"),
    "no form": ({"content": silence(1), "headers": {"content-type": "audio/wav"}}, 415, "multipart/form-data"),
    "a record that is no JSON": ({"files": {"audio": ("a", silence(1)), "record": (None, "{")}}, 400, "JSON"),
    "a record that is a list": ({"files": {"audio": ("a", silence(1)), "record": (None, "[]")}}, 422, "object"),
    "a record with words": (
        {"files": {"audio": ("a", silence(1)), "record": (None, '{"id": "1", "text": "hi"}')}},
        422,
        "come from the audio",
    ),
    "a bad score": (
        {"files": {"audio": ("a", silence(1)), "record": (None, '{"id": "1", "scores": {"nps": 11}}')}},
        422,
        "0 to 10",
    ),
    "a speaker that is none": (
        {"files": {"audio": ("a", silence(1)), "record": (None, '{"id": "1", "speakers": {"left": "boss"}}')}},
        422,
        "customer, other",
    ),
    "all and a side": (
        {
            "files": {
                "audio": ("a", silence(1)),
                "record": (None, '{"id": "1", "speakers": {"all": "agent", "left": "agent"}}'),
            }
        },
        422,
        "not both",
    ),
    "a parameter that is misspelt": ({"files": {"audio": ("a", b"")}, "params": {"notfy": "false"}}, 422, "notify"),
    "one channel for two": (
        {"files": {"audio": ("a", silence(1)), "record": (None, '{"id": "1", "speakers": {"left": "agent"}}')}},
        422,
        "one channel",
    ),
    "an empty file": ({"files": {"audio": ("a.wav", b""), "record": (None, '{"id": "1"}')}}, 422, "0 bytes"),
    "text": ({"files": {"audio": ("a.wav", b"hello there"), "record": (None, '{"id": "1"}')}}, 422, "is text"),
    "16 minutes": ({"files": {"audio": ("a", silence(960, 4000)), "record": (None, '{"id": "1"}')}}, 413, "15 minutes"),
    "26 MiB": ({"files": {"audio": ("a", bytes(26 << 20)), "record": (None, '{"id": "1"}')}}, 413, "25 MiB"),
    "30 MiB": ({"files": {"audio": ("a", bytes(30 << 20)), "record": (None, '{"id": "1"}')}}, 413, "25 MiB"),
}


@pytest.mark.parametrize(("sent", "status", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(
    shared_home: House,
    sent: dict[str, Any],
    status: int,
    says: str,
    tmp_path_factory: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spool = tmp_path_factory.mktemp("spool")
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    headers = {**shared_home.key(), **sent.get("headers", {})}
    answer = shared_home.client.post(PATH, **{**sent, "headers": headers})
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert shared_home.get("/v1/feedback/1").status_code == 404
    assert not list(spool.iterdir())


def test_only_who_may_send_may_send(home: House) -> None:
    assert send(home, silence(1), role="viewer").status_code == 403
    outside = home.client.post(
        PATH,
        files={"audio": ("a", silence(1))},
        data={"record": '{"id": "1", "unit": "apac"}'},
        headers=home.key("ingest", "emea"),
    )
    assert outside.status_code == 403


def test_a_full_queue_refuses_before_anything_is_sent(home: House) -> None:
    hearing = home.service.hearing
    hearing._worker._waiting = hearing_module.MOST_WAITING
    answer = send(home, silence(1))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(hearing_module.TRY_AGAIN_S))
    hearing._worker._waiting = 0
    assert send(home, silence(1)).status_code == 200


def form_of(audio: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return a form and its headers."""
    request = httpx.Request("POST", "http://x", files={"audio": ("a.wav", audio)}, data={"record": '{"id": "v1"}'})
    return request.read(), [(name.lower(), value) for name, value in request.headers.raw]


def test_who_goes_away_is_not_heard_any_more(home: House, listened: list[float]) -> None:
    said, rate = samples_of(spoken(COMPLAINT))
    body, headers = form_of(wav(np.tile(said, 60), rate))
    key = home.key()["authorization"].encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "http_version": "1.1",
        "headers": [*headers, (b"authorization", key)],
    }
    coming = [{"type": "http.request", "body": body, "more_body": False}]
    answered: list[int] = []

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send_(message: Any) -> None:
        answered.extend([message["status"]] if "status" in message else [])

    asyncio.run(home.client.app(scope, receive, send_))  # type: ignore[arg-type]
    assert answered == [503]
    assert len(listened) < 5
    assert home.get("/v1/feedback/v1").status_code == 404
    assert home.service.hearing._worker._waiting == 0


def test_what_is_being_heard_ends_with_the_service(home: House) -> None:
    home.service.hearing.close()
    home.service.hearing._worker = Worker("hearing", 1)
    answer = send(home, silence(1))
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:heedful:problem:stopped")


def test_without_the_extra_it_says_what_to_install(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.speech.weights.find_spec", lambda _name: None)
    answer = send(home, silence(1))
    assert answer.status_code == 501
    assert "pip install 'heedful[speech]'" in answer.json()["detail"]
