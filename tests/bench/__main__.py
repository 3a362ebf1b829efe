"""Measure speed and memory and write docs/benchmarks.md: `make bench`."""

from __future__ import annotations

from tests.bench import attainment, delivery, patterns, posting, privacy, reading, rules, speech, zero_shot
from tests.bench.data import ROOT
from tests.bench.machine import described

REPORT = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench`, never asserted in tests. Everything runs as a user would run it: the command line and
the service as processes of their own, on the machine named here.
"""


def main() -> None:
    """Run every bench and write the report."""
    lines = [INTRODUCTION, f"Machine: {described()}.", ""]
    benches = (
        ("Reading", reading),
        ("The service", posting),
        ("Rules", rules),
        ("Conditions over time", patterns),
        ("Alerts and delivery", delivery),
        ("A million alerts", attainment),
        ("Topics by description", zero_shot),
        ("Personal data", privacy),
        ("Speech", speech),
    )
    for title, bench in benches:
        print(f"{title} ...", flush=True)
        found = bench.measure()
        print("\n".join(found), flush=True)
        lines += [f"## {title}", "", *found, ""]
    REPORT.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
