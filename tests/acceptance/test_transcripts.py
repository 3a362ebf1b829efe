"""A folder of calls, from the files to the alert, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.files import InputError
from api.cli.running import run
from tests.acceptance.conftest import Command

CALL = """WEBVTT

00:01.000 --> 00:04.000
<v spk_0>Thank you for calling, how can I help you? I will cancel nothing.

00:04.500 --> 00:09.000
<v spk_1>um my parcel is late again and nobody answers the phone

01:32.000 --> 01:36.000
<v spk_1>if it is not here tomorrow I will cancel my contract
"""
RULE = """
rule: leaving
status: live
when: {intent: {is: churn, within_last: 60s}}
then: {severity: high}
examples:
  fires: [{text: I will cancel my contract}, {text: I am leaving you}, {text: goodbye I switch to another provider}]
  stays_quiet: [{text: lovely}, {text: thanks}, {text: where is my parcel}]
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "call-1.vtt").write_text(CALL)
    (tmp_path / "program" / "rules").mkdir(parents=True)
    (tmp_path / "program" / "program.yaml").write_text("name: calls\n")
    (tmp_path / "program" / "rules" / "leaving.yaml").write_text(RULE)
    return tmp_path


def test_a_call_alerts_and_says_when(heedful: Command, house: Path) -> None:
    speakers = ("--speakers", "spk_0=agent,spk_1=customer")
    done = heedful("run", "calls", "--program", "program", "--db", "sqlite:///a.db", "-o", "-", *speakers)
    assert done.returncode == 0, done.stderr
    assert [alert["rule"] for alert in json.loads(done.stdout)["alerts"]] == ["leaving"]
    assert "guessed" not in done.stderr

    why = heedful("explain", "call-1", "--db", "sqlite:///a.db", "--json")
    (rule,) = json.loads(why.stdout)["rules"]
    evidence = rule["trace"].get("evidence") or rule["trace"]["children"][0]["evidence"]
    assert (evidence["part"], evidence["starts"] >= 92, evidence["ends"] <= 96) == (1, True, True)


def test_a_call_is_read_with_its_words_and_speakers(heedful: Command, house: Path) -> None:
    done = heedful("read", "calls/call-1.vtt")
    assert done.returncode == 0, done.stderr
    reading = json.loads(done.stdout)
    assert (reading["id"], reading["speakers"]) == ("call-1", "guessed")
    assert "who is the customer was guessed for calls/call-1.vtt; say it with --speakers" in done.stderr
    assert [part.get("speaker", "customer") for part in reading["parts"]] == ["agent", "customer"]
    first, *_, last = reading["sentences"]
    assert (first["speaker"], first["starts"]) == ("agent", 1.0)
    assert (last["speaker"], last["ends"]) == ("customer", 96.0)
    assert "churn" in reading["labels"]["intent"]


def test_nothing_is_stored_where_a_file_is_broken(house: Path) -> None:
    (house / "calls" / "call-2.vtt").write_text("WEBVTT\n\n00:02.000 --> 00:01.000\nhello")
    with pytest.raises(InputError, match=r"call-2\.vtt:3: this ends before it starts"):
        run(str(house / "calls"), program_folder=house / "program", db=f"sqlite:///{house}/a.db")
    assert not (house / "a.db").exists()
