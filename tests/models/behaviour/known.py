"""The cases that a model is known to fail: `python -m tests.models.behaviour.known [MODEL_FOLDER]` writes the list."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from models.artifact import DEFAULT
from models.reader import load_reader
from training.behaviour import BehaviourReport, run_behaviour

FOLDER = Path(__file__).parent
KNOWN = FOLDER / "_known_failures.yaml"
HEADER = "# Cases that the shipped model fails, and what they want. Written by python -m tests.models.behaviour.known\n"


def known_failures() -> dict[str, str]:
    """Return why each listed case fails, by its id."""
    found: dict[str, str] = yaml.safe_load(KNOWN.read_text("utf-8")) or {}
    return found


def reasons(report: BehaviourReport) -> dict[str, str]:
    """Return what each failing case wants and does not get, in one line, by its id."""
    return {
        outcome.case.id: "; ".join(dict.fromkeys(failure.wanted for failure in outcome.failures))
        for outcome in report.failing
    }


def write(failing: Mapping[str, str], path: Path = KNOWN) -> None:
    """Write the list whole, in the order of the ids."""
    body = yaml.safe_dump(dict(failing), width=1_000, allow_unicode=True) if failing else ""
    draft = path.with_suffix(".draft")
    draft.write_text(HEADER + body, "utf-8")
    draft.replace(path)


def main(folder: Path) -> None:
    """List what the model of a folder fails, and say how much has changed."""
    before = set(known_failures()) if KNOWN.exists() else set()
    report = run_behaviour(load_reader(folder), FOLDER)
    failing = reasons(report)
    write(failing)
    new, gone = set(failing) - before, before - set(failing)
    print(f"{report.model}: {report.rate.passed} of {report.rate.cases} pass ({report.rate.share:.1%})")
    print(f"{len(failing)} known failures; {len(new)} new: {sorted(new)}; {len(gone)} gone: {sorted(gone)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
