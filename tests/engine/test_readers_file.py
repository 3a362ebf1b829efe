"""`readers:` of program.yaml: which model reads which other language."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.program_folder import load_program


def program(folder: Path, text: str) -> Path:
    (folder / "models" / "es").mkdir(parents=True)
    (folder / "models" / "a file").write_text("x")
    (folder / "program.yaml").write_text(text)
    return folder


def test_readers_are_folders_that_begin_at_the_program(tmp_path: Path) -> None:
    place = program(tmp_path / "p", f"readers: {{es: models/es, fr: {tmp_path / 'p' / 'models' / 'es'}}}\n")
    loaded, findings = load_program(place)
    assert dict(loaded.readers) == {"es": place / "models" / "es", "fr": place / "models" / "es"}
    assert findings == []


def test_without_readers_there_is_none(tmp_path: Path) -> None:
    assert load_program(program(tmp_path, "languages: [en, de]\n"))[0].readers == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("readers: [es]", "readers", id="a list"),
        pytest.param("readers: models/es", "readers", id="a text"),
        pytest.param("readers: {spanish: models/es}", "'spanish' is not a language", id="no code"),
        pytest.param("readers: {ES: models/es}", "'ES' is not a language", id="capitals"),
        pytest.param("readers: {es: models/xx}", "there is no folder 'models/xx'", id="no folder"),
        pytest.param("readers: {es: models/a file}", "there is no folder 'models/a file'", id="a file"),
        pytest.param('readers: {es: "a\\0b"}', "there is no folder", id="a NUL"),
        pytest.param("readers: {es: }", "the reader of es", id="nothing"),
        pytest.param("readers: {es: [models/es]}", "the reader of es", id="a list of folders"),
        pytest.param("readers: {en: models/es}", "'en' is among 'languages'", id="English twice"),
        pytest.param("languages: [en, es]\nreaders: {es: models/es}", "'es' is among 'languages'", id="read twice"),
        pytest.param("readers: {es: models/es, es: models/es}", "es", id="a key twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as found:
        load_program(program(tmp_path, text + "\n"))
    assert {one.file.rsplit("/", 1)[-1] for one in found.value.findings} == {"program.yaml"}
