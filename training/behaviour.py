"""How a reader behaves: negation, sarcasm, threats and other cases, each with what has to be made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.feedback import Part
from engine.ports import Reader
from training.cases import Case, Kind, load_cases
from training.expectations import Failure


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    case: Case
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


@dataclass(frozen=True)
class Rate:
    """How many of some cases passed."""

    passed: int
    cases: int

    @property
    def share(self) -> float:
        """The share that passed, 0 to 1."""
        return self.passed / self.cases

    def as_dict(self) -> dict[str, float]:
        """Return plain JSON values."""
        return {"cases": self.cases, "passed": self.passed, "pass_rate": round(self.share, 4)}


@dataclass(frozen=True)
class BehaviourReport:
    """What became of all cases of a folder.

    Parameters
    ----------
    model
        Name and version of the model.
    outcomes
        One a case, in the order of the files.
    """

    model: str
    outcomes: tuple[Outcome, ...]

    @property
    def rate(self) -> Rate:
        """How many of all cases passed."""
        return _rate(self.outcomes)

    @property
    def kinds(self) -> dict[Kind, Rate]:
        """How many passed, by kind."""
        by_kind = {kind: [one for one in self.outcomes if one.case.kind is kind] for kind in Kind}
        return {kind: _rate(outcomes) for kind, outcomes in by_kind.items() if outcomes}

    @property
    def capabilities(self) -> dict[str, Rate]:
        """How many passed, by capability."""
        found: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            found.setdefault(outcome.case.capability, []).append(outcome)
        return {capability: _rate(outcomes) for capability, outcomes in found.items()}

    @property
    def failing(self) -> tuple[Outcome, ...]:
        """The cases that did not pass."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    def as_dict(self) -> dict[str, Any]:
        """Return the rates and the ids of the failing cases as plain JSON values."""
        return self.rate.as_dict() | {
            "kinds": {str(kind): rate.as_dict() for kind, rate in self.kinds.items()},
            "capabilities": {capability: rate.as_dict() for capability, rate in self.capabilities.items()},
            "failing": [outcome.case.id for outcome in self.failing],
        }


def run_behaviour(reader: Reader, folder: Path) -> BehaviourReport:
    """Read every text of a folder's cases, in one call, and judge each case at record level.

    Parameters
    ----------
    reader
        Whose own thresholds say what holds.
    folder
        With files of cases, as `training.cases.load_cases` reads them.

    Raises
    ------
    ConfigError
        If a file has errors, names a label that the reader does not know, or there are no cases.
    ReaderUnavailableError
        If the reader cannot read.
    """
    return judge_cases(reader, load_cases(folder, reader.taxonomy))


def judge_cases(reader: Reader, cases: Sequence[Case]) -> BehaviourReport:
    """Read the texts of some cases and judge each case."""
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    readings = dict(zip(texts, reader.read([[Part(text)] for text in texts]), strict=True))
    outcomes = []
    for case in cases:
        found = [readings[text] for text in case.texts]
        failures = tuple(failure for expected in case.expectations for failure in expected.failures(found))
        outcomes.append(Outcome(case, failures))
    return BehaviourReport(reader.model, tuple(outcomes))


def _rate(outcomes: Iterable[Outcome]) -> Rate:
    passed = [outcome.passed for outcome in outcomes]
    return Rate(sum(passed), len(passed))
