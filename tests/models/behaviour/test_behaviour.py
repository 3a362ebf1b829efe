"""The shipped model on every behavioural case: it passes, or it is on the list of known failures and really fails."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from models.reader import load_reader
from models.taxonomy import default_taxonomy
from tests.models.behaviour.known import FOLDER, known_failures
from training.behaviour import BehaviourReport, judge_cases
from training.cases import Case, Kind, load_cases

CASES = load_cases(FOLDER, default_taxonomy())
KNOWN = known_failures()
LEAST_CASES = 250
OPENING = 3


@pytest.fixture(scope="session")
def report() -> BehaviourReport:
    return judge_cases(load_reader(), CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(report: BehaviourReport, case: Case) -> None:
    (outcome,) = (one for one in report.outcomes if one.case.id == case.id)
    if case.id in KNOWN:
        assert not outcome.passed, f"{case.id} passes now: take it off the list of known failures"
        pytest.xfail(KNOWN[case.id])
    said = [f"wanted {one.wanted}, found {one.found}: {case.texts[one.text]}" for one in outcome.failures]
    assert outcome.passed, "\n".join(said)


def test_the_pass_rate_is_told(report: BehaviourReport, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        rates = {"all": report.rate, **report.kinds}
        said = [f"{name} {rate.passed}/{rate.cases} ({rate.share:.0%})" for name, rate in rates.items()]
        print(f"\nbehaviour of {report.model}: {', '.join(said)}")
    assert report.rate.passed + len(KNOWN) == report.rate.cases


def test_the_list_names_cases_that_are_there() -> None:
    assert set(KNOWN) <= {case.id for case in CASES}


def test_the_cases_are_many_and_of_every_kind() -> None:
    assert len(CASES) >= LEAST_CASES
    assert {case.kind for case in CASES} == set(Kind)


def test_every_case_begins_in_its_own_words() -> None:
    openings = Counter(" ".join(re.findall(r"\w+", case.texts[0].lower())[:OPENING]) for case in CASES)
    assert [opening for opening, count in openings.items() if opening and count > 1] == []


def test_the_files_say_what_they_test() -> None:
    files = {path.name for path in Path(FOLDER).glob("[!_]*.yaml")}
    assert len({case.capability for case in CASES}) == len(files)
