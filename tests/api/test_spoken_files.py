"""Folders of transcripts: which files are taken, as which records, and what is said of those that cannot be."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.files import InputError, read_entries
from api.cli.spoken import Told, id_of, is_spoken, moment_in, spoken_files, told
from engine.program import Program
from tests.engine.transcripts import documents as d
from tests.support.clock import NOON

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Late!\n\n00:03.000 --> 00:04.000\n<v B>How can I help you?"
SRT = "1\n00:00:01,000 --> 00:00:02,000\nLate!\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    (folder / "2026").mkdir(parents=True)
    (folder / "one.vtt").write_text(VTT)
    (folder / "2026" / "contact_2026-02-04T21:14:16Z.json").write_text(json.dumps(d.CONTACT_LENS, indent=1))
    (folder / "two.txt").write_bytes(VTT.encode("utf-8-sig"))
    (folder / "three.SRT").write_text(SRT)
    (folder / "records.jsonl").write_text('{"id": "1", "text": "x"}\n')
    (folder / "records.json").write_text('{"id": "1", "text": "x"}\n')
    (folder / "notes.txt").write_text("no transcript")
    (folder / ".hidden.vtt").write_text("broken")
    return folder


def _admitted(folder: Path, told: Told) -> list[Any]:
    spoken = spoken_files(str(folder), Program(), told)
    assert spoken is not None
    assert spoken.check(NOON) == len(spoken.paths)
    return list(spoken.admitted(NOON))


def test_each_transcript_of_a_folder_is_a_record(calls: Path, capfd: pytest.CaptureFixture[str]) -> None:
    records = _admitted(calls, told(None, "calls", "phone"))
    assert [(one.source, one.id, one.channel) for one in records] == [
        ("calls", "2026:contact_2026-02-04T21:14:16Z", "phone"),
        ("calls", "one", "phone"),
        ("calls", "three", "phone"),
        ("calls", "two", "phone"),
    ]
    assert [one.occurred_at and one.occurred_at.isoformat() for one in records][:2] == [
        "2026-02-04T21:14:16+00:00",
        None,
    ]
    assert [one.speakers_guessed for one in records] == [False, True, False, True]
    assert "notes.txt, records.json, records.jsonl" in " ".join(capfd.readouterr().err.split())


def test_a_mapping_says_who_is_who(calls: Path) -> None:
    spoken = spoken_files(str(calls / "one.vtt"), Program(), told("A=agent, B=customer,left=agent", None, None))
    assert spoken is not None
    (record,) = spoken.admitted(NOON)
    assert [part.speaker for part in record.parts] == ["agent", "customer"]
    assert spoken.guessed == {}


def test_all_that_is_wrong_with_a_folder_is_said_at_once(calls: Path) -> None:
    (calls / "one.srt").write_text(SRT)
    (calls / "bad.vtt").write_text("WEBVTT\n\n00:02.000 --> 00:01.000\nx")
    (calls / "cut.json").write_text('{"results": {"items": [')
    (calls / "empty.vtt").write_text("")
    (calls / "photo.vtt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    spoken = spoken_files(str(calls), Program(), Told())
    assert spoken is not None
    with pytest.raises(InputError) as problem:
        spoken.check(NOON)
    said = str(problem.value).split("\n")
    assert said[0].startswith(f"{calls}/bad.vtt:3: this ends before it starts")
    assert said[1].startswith(f"{calls}/cut.json:1: this is not valid JSON")
    assert said[2] == f"{calls}/empty.vtt: the file is empty"
    assert said[3] == f"{calls}/one.vtt and {calls}/one.srt would both be the record 'one'; rename one of them"
    assert said[4].startswith(f"{calls}/photo.vtt: this is a binary file")
    assert len(said) == 5


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.vtt").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    spoken = spoken_files(str(tmp_path / "huge.vtt"), Program(), Told())
    assert spoken is not None
    with pytest.raises(InputError, match=r"huge.vtt: the file has 300.0 MiB; a transcript like it has at most 32"):
        spoken.check(NOON)


def test_a_folder_without_speech_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither a transcript nor a recording"):
        spoken_files(str(tmp_path), Program(), Told())


@pytest.mark.parametrize("given", ["-", "records.jsonl", "records.csv", "missing.jsonl"])
def test_files_of_records_are_no_spoken_files(calls: Path, given: str) -> None:
    assert spoken_files(given if given == "-" else str(calls / given), Program(), Told()) is None
    with pytest.raises(InputError, match="are for transcripts and recordings"):
        spoken_files(given if given == "-" else str(calls / given), Program(), told("A=agent", None, None))


def test_a_transcript_on_standard_input_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(VTT.encode())))
    with pytest.raises(InputError, match="standard input: this is a transcript; give it as a file"):
        next(read_entries("-", {}, ()))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        pytest.param("spk_0", "'spk_0' is none", id="no-pair"),
        pytest.param("=agent", "'=agent' is none", id="no-name"),
        pytest.param("a=", "'a=' is none", id="no-role"),
        pytest.param("a=agent,a=customer", "has 'a' twice", id="twice"),
        pytest.param("a=agnt", "did you mean 'agent'", id="role"),
    ],
)
def test_a_mapping_that_is_none_says_what_to_write(said: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        told(said, None, None)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        pytest.param("call-1.vtt", "call-1", id="plain"),
        pytest.param("2026/03/Voice mail 1.wav", "2026:03:Voice-mail-1", id="folders-and-spaces"),
        pytest.param("call.en.vtt", "call.en", id="dots"),
    ],
)
def test_an_id_is_made_from_the_name(path: str, wanted: str) -> None:
    assert id_of(Path(path)) == wanted


def test_names_that_an_id_cannot_have_stay_apart() -> None:
    names = ["通話.vtt", "電話.vtt", "é.vtt", "---.vtt", "x" * 300 + ".vtt", "x" * 299 + "y.vtt", "\udcff.vtt"]
    ids = [id_of(Path(name)) for name in names]
    assert len(set(ids)) == len(names)
    assert all(0 < len(one) <= 200 and one.isascii() for one in ids)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        pytest.param("c_2026-02-04T21:14:16Z.json", "2026-02-04T21:14:16Z", id="contact-lens"),
        pytest.param("2026-02-04_21-14.vtt", "2026-02-04T21:14:00", id="naive"),
        pytest.param("2026-02-04T211416.5+0100.vtt", "2026-02-04T21:14:16+0100", id="zone"),
        pytest.param("2026-02-30T10:00.vtt", None, id="no-such-day"),
        pytest.param("2026-02-04.vtt", None, id="a-day-alone"),
        pytest.param("12026-02-04T21:14:161.vtt", None, id="other-numbers"),
    ],
)
def test_a_name_may_say_when_it_was(name: str, moment: str | None) -> None:
    assert moment_in(name) == moment


def test_what_is_spoken_is_told_by_content(calls: Path) -> None:
    names = ("one.vtt", "two.txt", "three.SRT", "notes.txt", "records.json", "records.jsonl", "none.vtt", "none.txt")
    assert [is_spoken(calls / name) for name in names] == [True, True, True, False, False, False, True, False]
