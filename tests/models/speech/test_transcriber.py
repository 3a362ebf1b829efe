"""What is heard of speech that was made on the spot, and that nothing is heard where nobody speaks."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import AudioError, SpeechUnavailableError, TranscriptionStoppedError
from models.speech.transcriber import load_transcriber
from models.speech.transcript import Transcript
from models.speech.weights import folder_of
from tests.support.speech import COMPLAINT, PRAISE, needs_voice, samples_of, side_by_side, spoken, transcriber, wav

needs_sox = pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not on this machine")


def heard(file: bytes, **options: Any) -> Transcript:
    return transcriber().transcribe(io.BytesIO(file), most_seconds=120.0, **options)


def words(transcript: Transcript) -> list[str]:
    return re.findall(r"[a-z]+", " ".join(one.text for one in transcript.utterances).lower())


@needs_voice
def test_speech_is_heard_with_its_times() -> None:
    done: list[tuple[float, float | None]] = []
    transcript = heard(spoken(COMPLAINT), progress=lambda at, of: done.append((at, of)))
    assert words(transcript) == re.findall(r"[a-z]+", COMPLAINT.lower())
    first, last = transcript.utterances[0], transcript.utterances[-1]
    assert 0.0 <= first.start < first.end <= last.start < last.end <= transcript.seconds
    assert all(0.6 < one.confidence <= 1.0 for one in transcript.utterances if one.confidence is not None)
    assert transcript.gaps == ()
    assert done[-1] == (transcript.seconds, pytest.approx(transcript.seconds, abs=0.01))


@needs_voice
def test_times_are_those_of_the_whole_recording() -> None:
    said, rate = samples_of(spoken(PRAISE))
    quiet = np.zeros((1, 50 * rate), np.int16)
    first, *_, last = heard(wav(np.concatenate([said, quiet, said], axis=1), rate)).utterances
    assert first.start < 1.0
    assert last.end == pytest.approx(2 * said.shape[1] / rate + 50, abs=1.0)
    assert last.start > 50


@needs_voice
def test_channels_are_heard_apart_and_told_in_the_order_of_speaking() -> None:
    call = side_by_side(spoken(PRAISE), spoken(COMPLAINT))
    transcript = heard(call, apart=True)
    sides = [one.speaker for one in transcript.utterances]
    assert sides == sorted(sides)
    assert set(sides) == {"left", "right"}
    with pytest.raises(AudioError, match="one channel"):
        heard(spoken(PRAISE), apart=True)


@needs_voice
def test_the_same_recording_gives_the_same_words() -> None:
    assert heard(spoken(COMPLAINT)) == heard(spoken(COMPLAINT))


QUIET = {
    "silence": "-n -r 16000 -c 1 -b 16 - trim 0 5",
    "noise": "-n -r 16000 -c 1 -b 16 - synth 5 pinknoise vol 0.4",
    "a tone": "-n -r 16000 -c 1 -b 16 - synth 5 sine 440",
    "a busy line": "-n -r 8000 -c 1 -b 16 - synth 0.5 sine 425 fade 0 0.5 0.01 pad 0 0.5 repeat 5",
    "chords": "-n -r 16000 -c 1 -b 16 - synth 2 pluck C3 pluck E3 pluck G3 pluck C4 remix - fade 0 2 0.1 repeat 3",
    "a drum": "-n -r 16000 -c 1 -b 16 - synth 0.1 brownnoise fade 0 0.1 0.08 pad 0 0.3 repeat 15",
    "a siren": "-n -r 16000 -c 1 -b 16 - synth 6 sine 400-1200 tremolo 2",
}


@needs_sox
@pytest.mark.parametrize("recipe", QUIET.values(), ids=QUIET)
def test_where_nobody_speaks_nothing_is_heard(recipe: str) -> None:
    file = subprocess.run(["sox", *recipe.replace(" - ", " -t wav - ", 1).split()], capture_output=True, check=True)
    transcript = heard(file.stdout)
    assert transcript.utterances == ()
    assert transcript.seconds > 4


@needs_voice
@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("es", "Quiero que me devuelvan el dinero ahora mismo, esto es una vergüenza."),
        ("de", "Vielen Dank, der Verkäufer war sehr freundlich zu mir und meiner Mutter."),
        ("pt", "O pedido nunca chegou e ninguém atende o telefone, estou muito zangado."),
    ],
    ids=["spanish", "german", "portuguese"],
)
def test_a_language_that_the_model_does_not_know_is_not_made_english(voice: str, text: str) -> None:
    transcript = heard(spoken(text, voice))
    assert transcript.utterances == ()
    assert transcript.unclear_seconds > 3
    assert transcript.language is None


def test_it_stops_when_told_to() -> None:
    with pytest.raises(TranscriptionStoppedError):
        heard(wav(np.zeros((1, 16_000), np.int16)), stop=lambda: True)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be read: No such file"):
        transcriber().transcribe(tmp_path / "none.wav", most_seconds=1.0)


MODELS = {
    "a name that is none": ("gigantic", "no speech model gigantic"),
    "a name that is not here": ("small", "not on this machine"),
    "a folder that is not there": ("/no/such/folder", "no folder /no/such/folder"),
}


@pytest.mark.parametrize(("model", "says"), MODELS.values(), ids=MODELS)
def test_a_model_that_is_not_here_says_what_to_do(
    model: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(SpeechUnavailableError, match=says):
        load_transcriber(model)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    _, bundled = folder_of(None)
    for name in ("config.json", "model.bin"):
        (tmp_path / name).symlink_to(bundled / name)
    with pytest.raises(SpeechUnavailableError, match=r"tokenizer\.json is missing"):
        load_transcriber(tmp_path)
    (tmp_path / "tokenizer.json").symlink_to(bundled / "tokenizer.json")
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.bin").unlink()
    (tmp_path / "model.bin").write_bytes(b"no weights")
    with pytest.raises(SpeechUnavailableError, match="cannot be loaded"):
        load_transcriber(tmp_path)
