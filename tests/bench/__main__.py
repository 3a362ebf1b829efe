"""Measure speed and memory and write docs/benchmarks.md: all, or sections by name."""

from __future__ import annotations

import re
import sys
from types import ModuleType

from tests.bench import attainment, delivery, patterns, posting, privacy, reading, rules, speech, zero_shot
from tests.bench.console import bench as console
from tests.bench.data import ROOT
from tests.bench.machine import described

REPORT = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench`, never asserted in tests. Everything runs as a user would run it: the command line and
the service as processes of their own, on the machine named here.
"""
BENCHES: dict[str, ModuleType] = {
    "Reading": reading,
    "The service": posting,
    "The console": console,
    "Rules": rules,
    "Conditions over time": patterns,
    "Alerts and delivery": delivery,
    "A million alerts": attainment,
    "Topics by description": zero_shot,
    "Personal data": privacy,
    "Speech": speech,
}


def main(asked: list[str]) -> None:
    """Run every bench and write the report, or those that are named and put their sections into it.

    Raises
    ------
    SystemExit
        If there is no bench of that name.
    """
    if unknown := [name for name in asked if name not in BENCHES]:
        raise SystemExit(f"there is no bench {unknown[0]!r}: there are {', '.join(BENCHES)}")
    if not asked:
        sections = {name: _measured(name) for name in BENCHES}
        _write(f"{INTRODUCTION}\nMachine: {described()}.", sections)
        return
    head, sections = _read()
    for name in asked:
        sections[name] = [f"Machine of this section: {described()}.", "", *_measured(name)]
    _write(head, {name: sections[name] for name in BENCHES if name in sections})


def _measured(name: str) -> list[str]:
    print(f"{name} ...", flush=True)
    found: list[str] = BENCHES[name].measure()
    print("\n".join(found), flush=True)
    return found


def _read() -> tuple[str, dict[str, list[str]]]:
    """Return what stands before the sections of the report, and the lines of each."""
    head, *parts = re.split(r"^## ", REPORT.read_text(), flags=re.MULTILINE)
    named = (part.partition("\n") for part in parts)
    return head.strip(), {name: text.strip().splitlines() for name, _, text in named}


def _write(head: str, sections: dict[str, list[str]]) -> None:
    said = [f"## {name}\n\n" + "\n".join(lines).strip() for name, lines in sections.items()]
    REPORT.write_text("\n\n".join([head.strip(), *said]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
