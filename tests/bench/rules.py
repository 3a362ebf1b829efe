"""The rules layer on one core: feedback a second at 100, 1,000 and 10,000 rules, changes, loading, and agreement.

Everything is one thread and is told in processor time, so that what else runs on the machine does not count.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from engine.program import RuleFile
from engine.reading import ReadingStatus
from engine.rules.case import Case
from engine.rules.conditions import Condition
from engine.rules.index import ConditionIndex, index_of
from engine.rules.load import load_rules
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy
from tests.bench import contenders
from tests.bench.rule_cases import cases, random_cases, texts
from tests.bench.rule_writer import PROGRAM, files_of, rules_at

CASES = 20_000
SIZES = (100, 1_000, 10_000)
PER_CASE = 1.0
PAIRS = 10_000_000


@contextmanager
def one_core() -> Iterator[None]:
    """Run on one core only, where the system can be told so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure() -> list[str]:
    """Return the lines of the report."""
    with one_core():
        some = cases(CASES)
        taxonomy = some[0].reading.taxonomy
        written = {size: rules_at(size, PER_CASE, taxonomy, some[: CASES // 4]) for size in SIZES}
        rules = {size: {name: rule for name, (_, rule) in of.items()} for size, of in written.items()}
        lines = _speeds(rules, some)
        lines += _change(rules[SIZES[-1]], some)
        lines += _load(files_of(written[SIZES[-1]], texts()), taxonomy)
        lines += _agreement(rules[1_000], random_cases(some, PAIRS // 1_000))
        lines += ["", *contenders.measure([case for case in some if case.reading.status is ReadingStatus.READ])]
    return lines


def _speeds(rules: dict[int, dict[str, Condition]], some: Sequence[Case]) -> list[str]:
    lines = ["| rules | feedback a second | rule evaluations a second | matches a feedback |", "|---|---|---|---|"]
    seconds = {}
    for size, conditions in rules.items():
        index = index_of(conditions)
        yes = int(index.match(some).yes.sum())
        seconds[size] = min(_timed(index, some) for _ in range(3))
        rate = len(some) / seconds[size]
        lines.append(f"| {size:,} | **{rate:,.0f}** | {rate * size:,.0f} | {yes / len(some):.1f} |")
    grown = seconds[SIZES[-1]] / seconds[SIZES[0]]
    wanted = "Asked for: 20,000 feedback a second at 1,000 rules, 8,000 at 10,000"
    return [
        *lines,
        "",
        f"{wanted}. From 100 to 10,000 rules the cost grew **{grown:.1f} times**. Asked for: at most 3.",
        "",
    ]


def _timed(index: ConditionIndex, some: Sequence[Case]) -> float:
    started = time.process_time()
    index.match(some)
    return time.process_time() - started


def _change(conditions: dict[str, Condition], some: Sequence[Case]) -> list[str]:
    """Measure one rule of many changing, as the service does it: until the first match by the new rules is through."""
    index = index_of(conditions)
    index.match(some)
    batch, names, times = some[:50], list(conditions), []
    for place in range(20):
        conditions = conditions | {names[place * 7]: conditions[names[-1 - place]]}
        started = time.process_time()
        index = index.followed_by(conditions)
        index.match(batch)
        changed = time.process_time() - started
        times.append(changed - _timed(index, batch))
    said = f"**{statistics.median(times) * 1e3:.1f} ms** at the median, {max(times) * 1e3:.1f} ms at most"
    return [f"- One rule of {len(conditions):,} changed, until it is judged by: {said}. Asked for: 50 ms."]


def _load(files: tuple[RuleFile, ...], taxonomy: Taxonomy) -> list[str]:
    program = replace(PROGRAM, rule_files=files)
    started = time.process_time()
    loaded = load_rules(program, taxonomy)
    read = time.process_time() - started
    size = len(loaded.index)
    seconds = time.process_time() - started
    megabytes = sum(len(file.text.encode()) for file in files) / 1e6
    said = f"{size:,} live rules with six examples each, {megabytes:.0f} MB of YAML in {len(files)} files"
    return [f"- {said}: **{seconds:.1f} s** to load, {seconds - read:.1f} s of it to index. Asked for: 10 s."]


def _agreement(conditions: dict[str, Condition], some: Sequence[Case]) -> list[str]:
    """Judge every pair both ways."""
    found = index_of(conditions).match(some).by_case()
    differ = 0
    for case, judged in zip(some, found, strict=True):
        told = dict(judged)
        differ += sum(rule.judge(case) is not told.get(name, Truth.NO) for name, rule in conditions.items())
    pairs = len(conditions) * len(some)
    return [f"- Over {pairs:,} pairs of rules and random readings the index and the reference differ in **{differ}**."]
