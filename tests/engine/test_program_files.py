"""The files of a program folder: which are read, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.program_folder import load_program


def folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in {"program.yaml": b"name: x", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "receiver.yaml", "receiver.yaml is not read by this version; did you mean receivers.yaml?", id="slip"
        ),
        pytest.param("rule/a.yaml", "rule is not read by this version; did you mean rules?", id="a folder"),
        pytest.param(
            "topics.yaml",
            "topics.yaml is not read; name it in program.yaml with 'topics: topics.yaml'",
            id="topics that are not named",
        ),
        pytest.param("rules/_old-billing.yaml", "_old-billing.yaml is not read by this version", id="a name with _"),
        pytest.param(
            "rules/_defines.yaml",
            "_defines.yaml is not read by this version; did you mean _define.yaml?",
            id="nearly the file of definitions",
        ),
    ],
)
def test_a_file_that_is_not_read_is_told(tmp_path: Path, name: str, said: str) -> None:
    program, findings = load_program(folder(tmp_path, {name: b"a: b"}))
    assert [(found.message, found.level) for found in findings] == [(said, "warning")]
    assert program.rule_files == ()


def test_definitions_are_read_like_rules(tmp_path: Path) -> None:
    program, findings = load_program(folder(tmp_path, {"rules/_define.yaml": b"a: b", "rules/x.yaml": b"rule: x"}))
    assert [file.name for file in program.rule_files] == ["_define.yaml", "x.yaml"]
    assert findings == []


def test_notes_and_hidden_files_are_nobody_s_business(tmp_path: Path) -> None:
    _, findings = load_program(folder(tmp_path, {"README.md": b"", ".git/config": b"", "rules/notes.txt": b""}))
    assert findings == []


def test_every_file_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    folder(tmp_path, {"rules/a.yaml": b"\n\xff", "rules/b/c.yml": b"#" * (1 << 20) + b"#", "program.yaml": b"zon: x"})
    (tmp_path / "receivers.yaml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_program(tmp_path)
    told = [(Path(found.file).name, found.line, found.message) for found in caught.value.findings]
    assert told == [
        ("program.yaml", 1, "unknown setting 'zon'; did you mean 'zone'?"),
        ("receivers.yaml", 1, "this is not a file"),
        ("a.yaml", 2, "the file is not UTF-8; save it as UTF-8"),
        ("c.yml", 1, "the file is larger than 1 MiB; split it into several files"),
    ]


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(folder(tmp_path, {}) / "receivers.yaml")
    with pytest.raises(ConfigError, match="this is not a file"):
        load_program(tmp_path)


def test_a_file_s_name_can_be_any_bytes(tmp_path: Path) -> None:
    folder(tmp_path, {"rules/a.yaml": b"rule: r"})
    Path(os.fsdecode(os.fsencode(tmp_path / "rules") + b"/\xff.yaml")).write_bytes(b"rule: s")
    program, _ = load_program(tmp_path)
    assert [file.name for file in program.rule_files] == ["a.yaml", "\ufffd.yaml"]


def test_numbers_can_be_the_values_of_an_attribute(tmp_path: Path) -> None:
    program, _ = load_program(folder(tmp_path, {"program.yaml": b"attributes: {term: {one_of: [012, 24]}}"}))
    assert program.attributes["term"].values == ("012", "24")


@pytest.mark.parametrize("name", ["text", "customer", "parts", "id"])
def test_the_fields_of_a_record_are_no_names_of_attributes(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="choose another name"):
        load_program(folder(tmp_path, {"program.yaml": f"attributes: {{{name}: text}}".encode()}))
