"""Recordings on the command line: heard when their turn comes, and those that are known not again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress
from typer.testing import CliRunner

from api.cli.files import InputError
from api.cli.main import app
from api.cli.recordings import Recordings, is_recording, looks_like_one
from engine.errors import ConflictError, SpeechUnavailableError
from engine.feedback import Feedback
from engine.intake import admit
from engine.program import Program
from engine.store.store import Store
from engine.transcripts.voices import voices_of
from models.speech import hearing
from tests.support.clock import NOON
from tests.support.engines import engine_on
from tests.support.speech import COMPLAINT, PRAISE, needs_voice, silence, spoken, transcriber

RECORD = {"id": "v1", "scores": {"nps": 5}}


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    windows: list[float] = []
    before = hearing.Hearing._segments

    def counted(self: Any, window: Any, options: Any) -> Any:
        windows.append(window.start)
        return before(self, window, options)

    monkeypatch.setattr(hearing.Hearing, "_segments", counted)
    return windows


def recordings(voices: Any = None) -> Recordings:
    found = Recordings(Program(), voices_of(voices))
    found._transcriber = transcriber()
    return found


def file_of(folder: Path, content: bytes, name: str = "v1.wav") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@needs_voice
def test_what_is_known_is_not_heard_again(store: Store, tmp_path: Path, listened: list[float]) -> None:
    engine, path = engine_on(store), file_of(tmp_path, spoken(COMPLAINT))
    typed = admit({"id": "t1", "text": "I am furious"}, Program(), NOON)
    first = None
    for _ in range(2):
        run = recordings()
        batch = [typed, run.unheard(path, RECORD, NOON)]
        with Progress(disable=True) as bar:
            decisions = engine.process(run.new(batch, engine, bar, revise=False))
        assert [alert.rule for alert in decisions[1].alerts] == ["furious"]
        told = [decision.as_dict() for decision in decisions]
        assert first in (None, told)
        first = told
    assert len(listened) == 1
    assert "money back" in engine.stored("default", "v1").feedback.text


@needs_voice
def test_another_recording_under_a_known_id_is_refused_before_it_is_heard(
    store: Store, tmp_path: Path, listened: list[float]
) -> None:
    engine, run = engine_on(store), recordings()
    file = file_of(tmp_path, spoken(COMPLAINT))
    with Progress(disable=True) as bar:
        engine.process(run.new([run.unheard(file, RECORD, NOON)], engine, bar, revise=False))
        file.write_bytes(spoken(PRAISE))
        again = run.unheard(file, RECORD, NOON)
        with pytest.raises(ConflictError):
            run.new([again], engine, bar, revise=False)
        assert len(listened) == 1
        (decision,) = engine.process(run.new([again], engine, bar, revise=True), revise=True)
    assert decision.revision == 2
    assert len(listened) == 2


def test_who_speaks_is_part_of_what_was_sent(tmp_path: Path) -> None:
    file = file_of(tmp_path, silence(1))
    sent = [recordings(voices).unheard(file, RECORD, NOON) for voices in (None, {"all": "agent"}, {"left": "agent"})]
    assert len({one.content_hash() for one in sent}) == 3
    renamed = file_of(tmp_path, silence(1), "other.mp3")
    assert recordings().unheard(renamed, RECORD, NOON).content_hash() == sent[0].content_hash()


BROKEN = {
    "text": (b"hello, hello", "text, not audio"),
    "empty": (b"", "0 bytes"),
    "cut": (silence(2)[:30_000], "cut off"),
}


@pytest.mark.parametrize(("content", "says"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_heard_is_named_before_anything_is_done(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = file_of(tmp_path, content)
    assert looks_like_one(path)
    with pytest.raises(InputError, match=says) as raised:
        recordings().unheard(path, RECORD, NOON)
    assert str(raised.value).startswith(f"{path}: ")


def test_recordings_are_known_by_their_content(tmp_path: Path) -> None:
    assert is_recording(file_of(tmp_path, silence(1), "no-ending"))
    assert not is_recording(file_of(tmp_path, '{"id": "1"}\n'.encode("utf-16"), "records.jsonl"))
    assert not is_recording(tmp_path)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.speech.weights.find_spec", lambda _name: None)
    with pytest.raises(SpeechUnavailableError, match=r"heedful\[speech\]"):
        recordings().unheard(file_of(tmp_path, silence(1)), RECORD, NOON)


@needs_voice
def test_heedful_read_tells_what_was_heard(tmp_path: Path) -> None:
    path = file_of(tmp_path, spoken(COMPLAINT), "voicemail.wav")
    done = CliRunner().invoke(app, ["read", str(path)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["id"], found["status"]) == ("voicemail", "read")
    assert "refund-request" in found["labels"]["intent"]
    assert "money back" in found["parts"][0]["text"]


def test_silence_and_questions_keep_their_content(tmp_path: Path) -> None:
    """What is heard does not change what was sent."""
    unheard = recordings().unheard(file_of(tmp_path, silence(1)), RECORD, NOON)
    with Progress(disable=True) as bar:
        run = recordings()
        heard = run.heard(run.unheard(tmp_path / "v1.wav", RECORD, NOON), bar)
    assert isinstance(heard, Feedback)
    assert (heard.parts[0].text, heard.parts[0].end) == ("", 1.0)
    assert heard.content_hash() == unheard.content_hash()
