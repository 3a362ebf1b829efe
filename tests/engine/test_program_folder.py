"""The program folder: every error at once, each at its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.durations import parse_duration, say_duration
from engine.errors import ConfigError
from engine.names import nearest, unknown
from engine.program import program_from_dict
from engine.program_folder import load_program
from tests.acceptance.conftest import ROOT


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_the_built_in_program() -> None:
    program, findings = load_program(None)
    assert set(program.scores) == {"nps", "csat", "ces", "rating"}
    assert (program.scores["ces"].min, program.scores["ces"].max) == (1, 7)
    assert program.any_attribute
    assert not findings
    assert set(program.receivers) == {"operators"}


def test_the_sample_program_survives_its_snapshot_without_secrets() -> None:
    program, _ = load_program(ROOT / "samples" / "program")
    again = program_from_dict(program.as_dict())
    assert again.as_dict() == program.as_dict()
    assert again.rule_files == program.rule_files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "name: x\nzon: UTC", "program.yaml:2:1: error: unknown setting 'zon'; did you mean 'zone'?", id="key"
        ),
        pytest.param("zone: Mars/Base", "program.yaml:1:7: error: unknown time zone 'Mars/Base'", id="zone"),
        pytest.param("zone: ../../etc/passwd", "program.yaml:1:7: error: unknown time zone", id="a path as a zone"),
        pytest.param("languages: [english]", "'english' is not a language", id="language"),
        pytest.param("scores: {nps: {min: 10, max: 0}}", "score nps needs a min and a larger max", id="range"),
        pytest.param("scores: {nps: 10}", "score nps must be a mapping", id="a score that is a number"),
        pytest.param("scores: {emotion: {min: 0, max: 1}}", "'emotion' is a word of the rules language", id="a word"),
        pytest.param("attributes: {tier: golden}", "unknown kind of attribute 'golden'", id="kind"),
        pytest.param("attributes: {tier: {one_of: []}}", "attribute tier needs values", id="no values"),
        pytest.param("attributes: {nps: number}", "declared as a score and as an attribute", id="both"),
        pytest.param("stale_after: soon", "'soon' is not a duration", id="duration"),
        pytest.param("degrade: maybe", "degrade must be true or false", id="flag"),
        pytest.param("- a\n- b", "the file must be a mapping", id="a list"),
        pytest.param("a: 1\n---\nb: 2", "this file holds one document", id="two documents"),
    ],
)
def test_a_bad_program_says_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match="error") as caught:
        load_program(write(tmp_path, program=text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("crm: {kind: hook}", "unknown kind of receiver 'hook'", id="kind"),
        pytest.param("crm: {kind: webhook, secret: s}", "needs a url", id="no url"),
        pytest.param("crm: {kind: webhook, url: 'file:///etc/passwd', secret: s}", "needs a url", id="a file"),
        pytest.param(
            "crm: {kind: webhook, url: 'http://[::1', secret: s}", "1:27: error: receiver crm", id="a bracket"
        ),
        pytest.param(
            "crm: {kind: webhook, url: 'http://x.example:y', secret: s}", "needs a url", id="a port of letters"
        ),
        pytest.param("crm: {kind: webhook, url: 'http://x.example:99999', secret: s}", "needs a url", id="a huge port"),
        pytest.param("crm: {kind: webhook, url: 'http://℀.example', secret: s}", "needs a url", id="a host that folds"),
        pytest.param("crm: {kind: webhook, url: 'https://x.example'}", "needs a secret", id="no secret"),
        pytest.param("crm: {kind: webhook, url: 'https://x.example', secret: '${NOT_SET}'}", "not set", id="env"),
        pytest.param("C R M: {kind: log}", "cannot name a receiver", id="name"),
    ],
)
def test_a_bad_receiver_says_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_program(write(tmp_path, program="name: x", receivers=text), environment={})
    assert said in str(caught.value)


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    write(tmp_path, program="zone: Nowhere\ndegrade: 5", receivers="x: {kind: y}")
    with pytest.raises(ConfigError) as caught:
        load_program(tmp_path)
    assert len(caught.value.findings) == 3


def test_secrets_come_from_the_environment_and_stay_out_of_the_snapshot(tmp_path: Path) -> None:
    write(tmp_path, program="name: x", receivers="crm: {kind: webhook, url: 'https://x.example/${P}', secret: '${S}'}")
    program, _ = load_program(tmp_path, environment={"P": "path", "S": "top-secret"})
    assert program.receivers["crm"].url == "https://x.example/path"
    assert program.receivers["crm"].secret == "top-secret"
    assert "top-secret" not in str(program.as_dict()) + repr(program)


def test_files_that_are_not_read_are_told_of(tmp_path: Path) -> None:
    write(tmp_path, program="name: x", quiz="{}")
    _, findings = load_program(tmp_path)
    assert [finding.message.partition(";")[0] for finding in findings] == ["quiz.yaml is not read by this version"]


def test_routes_are_loaded_with_every_error_of_the_folder(tmp_path: Path) -> None:
    write(tmp_path, program="name: x", routes="to: operators\nroutes: [{when: {severity: high}}]")
    program, findings = load_program(tmp_path)
    assert findings == []
    assert program.routes is not None
    write(tmp_path, program="name: x\nzone: Nowhere", routes="too: operators")
    with pytest.raises(ConfigError) as caught:
        load_program(tmp_path)
    assert [Path(one.file).name for one in caught.value.findings] == ["program.yaml", "routes.yaml"]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(weeks=1)),
        ("2w", timedelta(days=14)),
    ],
)
def test_durations(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span
    assert parse_duration(say_duration(span)) == span


@pytest.mark.parametrize("text", ["", "h", "-3h", "1.5h", "3 hours", "9999999d"])
def test_bad_durations(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("ease-of-use", "digital/ease-of-use", id="the last step"),
        pytest.param("digitel", "digital", id="a slip"),
        pytest.param("DIGITAL", "digital", id="capitals"),
        pytest.param("zzz", None, id="nothing like it"),
    ],
)
def test_nearest_names(name: str, found: str | None) -> None:
    names = ["digital", "digital/ease-of-use", "billing"]
    assert nearest(name, names) == found
    assert (found or "use one of") in unknown("topic", name, names)


def test_an_empty_environment_is_not_the_process_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEEDFUL_OF_THE_PROCESS", "s")
    crm = "crm: {kind: webhook, url: 'https://x.example', secret: '${HEEDFUL_OF_THE_PROCESS}'}"
    folder = write(tmp_path, program="name: x", receivers=crm)
    with pytest.raises(ConfigError, match="HEEDFUL_OF_THE_PROCESS is not set"):
        load_program(folder, environment={})
    assert load_program(folder)[0].receivers["crm"].secret == "s"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(b"name: x\n" + b"# \n" * (1 << 19), "larger than 1 MiB", id="more than 1 MiB"),
        pytest.param(b"name: x\nzone: \xff", "program.yaml:2:1: error: the file is not UTF-8", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "nested deeper than 32", id="100,000 levels"),
        pytest.param(b"name: &a x", "anchors and aliases", id="an anchor"),
        pytest.param(b"name: x\x00", "not valid YAML", id="a NUL"),
        pytest.param(b"scores: {nps: {min: 0, max: 1e999}}", "out of any sensible range", id="infinity"),
        pytest.param(b"scores: {nps: {min: 0, max: .nan}}", "max must be a number", id="not a number"),
    ],
)
def test_hostile_programs_are_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "program.yaml").write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_program(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("key", ["name", "zone", "languages", "scores", "attributes", "stale_after", "degrade"])
@pytest.mark.parametrize("wrong", ["~", "{a: [b]}", "[[a]]", "''"])
def test_wrong_types_are_told_and_never_raised_otherwise(tmp_path: Path, key: str, wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_program(write(tmp_path, program=f"{key}: {wrong}"))
    assert all(found.line == 1 and found.column > 1 for found in caught.value.findings)
