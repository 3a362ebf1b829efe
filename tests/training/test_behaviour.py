"""Behavioural cases: files are read strictly, and each kind of case is judged as it says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.errors import ConfigError
from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, blank_reading
from engine.taxonomy import Taxonomy
from models.taxonomy import default_taxonomy
from training.behaviour import BehaviourReport, run_behaviour
from training.cases import Kind, load_cases

TAXONOMY = default_taxonomy()
SURE, LIKELY, MAYBE = 0.95, 0.6, 0.45
Confidences = Mapping[str, float]


class TableReader:
    """Reads each text as a table says: labels with confidences, of which those from 0.5 on hold; absent is unread."""

    model = "table@1"
    taxonomy: Taxonomy = TAXONOMY

    def __init__(self, table: Mapping[str, Confidences]) -> None:
        self.table = table

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        return [self._read(parts[0].text) for parts in records]

    def _read(self, text: str) -> Reading:
        if text not in self.table:
            return blank_reading(ReadingStatus.UNSURE, self.taxonomy, model=self.model)
        confidence = np.zeros((1, len(self.taxonomy.columns)), np.float32)
        for name, value in self.table[text].items():
            task, path = name.split(":")
            confidence[0, self.taxonomy.columns_under(task, path)[0]] = value
        standing = ((confidence >= 0.5).astype(np.uint8) + (confidence >= 0.4)).astype(np.uint8)
        return Reading(
            status=ReadingStatus.READ,
            language="en",
            model=self.model,
            taxonomy=self.taxonomy,
            spans=np.zeros((0, 3), np.int32),
            confidence=confidence,
            standing=standing,
            embedding=np.zeros((0, 0), np.float16),
        )


def write(folder: Path, body: str, name: str = "a.yaml") -> Path:
    lines = [f"  {line}" for line in body.strip().splitlines()]
    (folder / name).write_text("capability: some\ncases:\n" + "\n".join(lines) + "\n", "utf-8")
    return folder


def judged(folder: Path, body: str, **table: Confidences) -> BehaviourReport:
    return run_behaviour(TableReader(table), write(folder, body))


PRAISED, FURIOUS = {"intent:praise": SURE}, {"emotion:anger/anger": SURE}


@pytest.mark.parametrize(
    ("expects", "found", "failures"),
    [
        pytest.param("holds: [intent:praise]", PRAISED, [], id="holds"),
        pytest.param(
            "holds: [intent:praise]", {"intent:praise": MAYBE}, ["unsure at 0.45"], id="unsure is not holding"
        ),
        pytest.param("holds: [emotion:anger]", FURIOUS, [], id="a group holds by its leaf"),
        pytest.param("holds: [emotion:anger/annoyance]", FURIOUS, ["absent at 0.00"], id="a leaf by itself alone"),
        pytest.param("not: [intent:praise]", PRAISED, ["holds at 0.95"], id="not"),
        pytest.param("not: [intent:praise]", {"intent:praise": MAYBE}, [], id="not, unsure"),
        pytest.param("not: [emotion:anger]", FURIOUS, ["holds at 0.95"], id="not a group"),
        pytest.param("any_of: [intent:churn, intent:praise]", PRAISED, [], id="any of"),
        pytest.param(
            "any_of: [intent:churn, emotion:joy]", {"intent:churn": 0.2}, ["intent:churn absent at 0.20"], id="none of"
        ),
        pytest.param("status: read", PRAISED, [], id="status"),
        pytest.param("status: empty", PRAISED, ["status read"], id="another status"),
    ],
)
def test_one_text(tmp_path: Path, expects: str, found: Confidences, failures: list[str]) -> None:
    (outcome,) = judged(tmp_path, f"- {{id: a, text: one, {expects}}}", one=found).outcomes
    assert [failure.found for failure in outcome.failures] == failures
    assert outcome.case.kind is Kind.MFT


def test_what_is_not_read_fails_a_case_that_wants_no_label(tmp_path: Path) -> None:
    (outcome,) = judged(tmp_path, "- {id: a, text: unread, not: [intent:praise]}").outcomes
    assert [failure.wanted for failure in outcome.failures] == ["status read"]


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        pytest.param(SURE, SURE, True, id="same"),
        pytest.param(SURE, LIKELY, True, id="holds in both"),
        pytest.param(SURE, 0.1, False, id="lost"),
        pytest.param(0.1, SURE, False, id="gained"),
        pytest.param(0.52, 0.45, True, id="over the threshold by a small step"),
        pytest.param(0.1, 0.3, True, id="holds in none"),
    ],
)
def test_variants_read_the_same(tmp_path: Path, before: float, after: float, passed: bool) -> None:
    case = "- {id: a, text: one, variants: [one, two], same: [intent:praise]}"
    report = judged(tmp_path, case, one={"intent:praise": before}, two={"intent:praise": after})
    assert report.outcomes[0].passed is passed
    assert report.outcomes[0].case.kind is Kind.INV
    assert [failure.text for outcome in report.failing for failure in outcome.failures] == [2] * (not passed)


@pytest.mark.parametrize(
    ("expects", "before", "after", "passed"),
    [
        pytest.param("raises: [intent:praise]", 0.2, 0.3, True, id="raised enough"),
        pytest.param("raises: [intent:praise]", 0.2, 0.29, False, id="raised too little"),
        pytest.param("raises: [intent:praise], by: 0.05", 0.2, 0.29, True, id="raised by its own step"),
        pytest.param("raises: [intent:praise]", 0.93, 0.94, True, id="at the ceiling"),
        pytest.param("raises: [intent:praise]", 0.93, 0.7, False, id="fell"),
        pytest.param("lowers: [intent:praise]", 0.8, 0.2, True, id="lowered"),
        pytest.param("lowers: [intent:praise]", 0.8, 0.75, False, id="lowered too little"),
        pytest.param("lowers: [intent:praise]", 0.05, 0.04, True, id="at the floor"),
        pytest.param("keeps: [intent:praise]", 0.8, 0.55, True, id="kept"),
        pytest.param("keeps: [intent:praise]", 0.8, 0.3, False, id="lost"),
        pytest.param("keeps: [intent:praise]", 0.52, 0.45, True, id="lost by a small step"),
        pytest.param("keeps: [intent:praise]", 0.2, 0.9, True, id="gained"),
    ],
)
def test_directions(tmp_path: Path, expects: str, before: float, after: float, passed: bool) -> None:
    case = f"- {{id: a, text: one, then: two, {expects}}}"
    report = judged(tmp_path, case, one={"intent:praise": before}, two={"intent:praise": after})
    assert report.outcomes[0].passed is passed
    assert report.outcomes[0].case.kind is Kind.DIR


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param("- {id: a, text: one, hold: [intent:praise]}", "4:.*'hold'; did you mean 'holds'", id="word"),
        pytest.param("- {id: a, text: one, holds: [intent:prase]}", "did you mean 'praise'", id="label"),
        pytest.param("- {id: a, text: one, holds: [praise]}", "names no task", id="no task"),
        pytest.param("- {id: a, text: one, holds: [1]}", "written task:path", id="number"),
        pytest.param("- {id: a, text: one, holds: intent:praise}", "'holds' must be a list", id="no list"),
        pytest.param("- {id: a, text: one, holds: []}", "something in it", id="empty list"),
        pytest.param("- {id: a, text: one}", "expects nothing", id="nothing expected"),
        pytest.param("- {id: a, holds: [intent:praise]}", "'text' is missing", id="no text"),
        pytest.param("- {text: one, holds: [intent:praise]}", "'id' is missing", id="no id"),
        pytest.param("- {id: A b, text: one, status: read}", "lower-case", id="bad id"),
        pytest.param("- {id: a, text: one, same: [intent:praise]}", "'variants' is missing", id="no variants"),
        pytest.param("- {id: a, text: one, variants: [two]}", "expects nothing", id="nothing same"),
        pytest.param("- {id: a, text: one, raises: [intent:praise]}", "'then' is missing", id="no second text"),
        pytest.param("- {id: a, text: one, then: two, keeps: [intent:praise], by: 2}", "0 to 1", id="step"),
        pytest.param("- {id: a, text: one, status: fine}", "unknown status 'fine'", id="status"),
        pytest.param("- one", "must be a mapping", id="no mapping"),
        pytest.param(
            "- {id: a, text: x, status: read}\n- {id: a, text: y, status: read}", "another case 'a'", id="twice"
        ),
    ],
)
def test_errors_are_told_with_their_place(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_cases(write(tmp_path, case.replace("- {", "-\n  {", 1) if said[0] == "4" else case), TAXONOMY)
    assert all(finding.file.endswith("a.yaml") and finding.line >= 3 for finding in caught.value.findings)


def test_all_errors_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(tmp_path, "- {id: a, text: one}\n- {id: b, status: read}", name)
    with pytest.raises(ConfigError) as caught:
        load_cases(tmp_path, TAXONOMY)
    assert [Path(finding.file).name for finding in caught.value.findings] == ["a.yaml", "a.yaml", "b.yaml", "b.yaml"]


@pytest.mark.parametrize("there", [True, False], ids=["empty", "missing"])
def test_a_folder_without_cases_is_refused(tmp_path: Path, there: bool) -> None:
    with pytest.raises(ConfigError, match="no behavioural cases"):
        load_cases(tmp_path if there else tmp_path / "none", TAXONOMY)


def test_files_that_begin_with_an_underscore_are_left_aside(tmp_path: Path) -> None:
    write(tmp_path, "- {id: a, text: one, status: read}")
    (tmp_path / "_notes.yaml").write_text("not: cases")
    assert [case.id for case in load_cases(tmp_path, TAXONOMY)] == ["a"]


def test_rates_are_told_by_capability_and_kind(tmp_path: Path) -> None:
    body = """
- {id: a, text: one, holds: [intent:praise]}
- {id: b, text: one, holds: [intent:churn]}
- {id: c, text: one, then: two, keeps: [intent:praise]}
"""
    report = judged(tmp_path, body, one=PRAISED, two=PRAISED)
    half = {"cases": 2, "passed": 1, "pass_rate": 0.5}
    most = {"cases": 3, "passed": 2, "pass_rate": 0.6667}
    assert report.as_dict() == most | {
        "kinds": {"MFT": half, "DIR": {"cases": 1, "passed": 1, "pass_rate": 1.0}},
        "capabilities": {"some": most},
        "failing": ["b"],
    }


CASES = """
- {id: good, text: "Your engineer was brilliant, thank you!", holds: [intent:praise]}
- {id: bad, text: "Your [bold]engineer[/bold] was brilliant, thank you!", holds: [intent:churn]}
"""


def test_the_command_shows_rates_and_every_failing_case(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["behaviour", str(write(tmp_path, CASES))])
    assert result.exit_code == 0
    assert (
        "bad (some): Your [bold]engineer[/bold] was brilliant, thank you!\n  wanted intent:churn, found absent at"
        in (result.stdout)
    )
    assert "good (some)" not in result.stdout
    assert "50%" in result.stdout


@pytest.mark.parametrize(("least", "code"), [("0.5", 0), ("0.51", 1)])
def test_the_command_ends_with_1_below_a_share(tmp_path: Path, least: str, code: int) -> None:
    result = CliRunner().invoke(app, ["behaviour", str(write(tmp_path, CASES)), "--at-least", least, "--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["failing"] == ["bad"]
