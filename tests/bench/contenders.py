"""Other rule libraries beside the index, on equal rules of five conditions."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from engine.rules.case import Case
from engine.rules.conditions import Condition
from engine.rules.index import ConditionIndex, index_of
from engine.taxonomy import Taxonomy
from tests.bench.data import ROOT
from tests.bench.rule_cases import CHANNELS, INDUSTRIES, TIERS
from tests.bench.rule_writer import condition_of

PYTHON = ROOT / ".venv-contenders" / "bin" / "python"
RULES = 1_000
# How many records each is given: enough for some seconds.
MOST = {"rule-engine": 100, "cel-python": 10, "json-logic-qubit": 400, "zen-engine": 200}
SCORES = {"nps": 10, "csat": 5}
Test = tuple[str, str, Any]


def measure(cases: Sequence[Case]) -> list[str]:
    """Return the lines of the report.

    Parameters
    ----------
    cases
        Read ones; all of their facts are filled in here, because the others refuse what is missing.
    """
    taxonomy, draw = cases[0].reading.taxonomy, Random(5)
    rules = [_rule(taxonomy, draw) for _ in range(RULES)]
    records = [_record(case, draw) for case in cases]
    filled = [_filled(case, record) for case, record in zip(cases, records, strict=True)]
    index = index_of({str(place): _condition(rule, taxonomy) for place, rule in enumerate(rules)})
    matches = index.match(filled)
    rate = len(filled) * RULES / min(_seconds(index, filled) for _ in range(3))
    found = _others(rules, records)
    for name, one in found.items():
        expected = int((matches.cases < one["records"]).sum())
        if one["matches"] != expected:
            raise SystemExit(f"{name} finds {one['matches']} matches where the index finds {expected}")
    rows = [f"| {name} {one['version']} | {one['rate']:,.0f} |" for name, one in found.items()]
    return [
        f"{RULES:,} equal rules of five conditions, with the same matches; the others judge record by record:",
        "",
        "| library | rule evaluations a second |",
        "|---|---|",
        f"| Heedful's index | **{rate:,.0f}** |",
        *rows,
    ]


def _seconds(index: ConditionIndex, cases: Sequence[Case]) -> float:
    started = time.process_time()
    index.match(cases)
    return time.process_time() - started


def _others(rules: Sequence[Sequence[Test]], records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if not PYTHON.exists():
        raise SystemExit(f"{PYTHON} is not there: run 'make contenders' first")
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        given.write_text(json.dumps({"rules": rules, "records": records[: max(MOST.values())], "most": MOST}))
        command = [str(PYTHON), str(ROOT / "tests" / "bench" / "contend.py"), str(given)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _rule(taxonomy: Taxonomy, draw: Random) -> list[Test]:
    """Return five tests: of two labels, of a score and of two attributes."""
    labels = draw.sample(range(len(taxonomy.columns)), 2)
    score = draw.choice(sorted(SCORES))
    return [
        *((f"l{column}", ">=", draw.choice((0.05, 0.1, 0.2, 0.3))) for column in labels),
        (score, "<=", float(draw.randint(SCORES[score] // 2, SCORES[score]))),
        ("customer_tier", "==", draw.choice(TIERS)),
        ("industry", "==", draw.choice(INDUSTRIES))
        if draw.random() < 0.5
        else ("channel", "==", draw.choice(CHANNELS)),
    ]


def _condition(rule: Sequence[Test], taxonomy: Taxonomy) -> Condition:
    tests = []
    for name, operator, value in rule:
        if name[1:].isdigit():
            task, leaf = taxonomy.columns[int(name[1:])]
            tests.append({task: {"is": leaf, "at_least": value}})
        else:
            tests.append({name: {"at_most": value} if operator == "<=" else value})
    return condition_of({"all": tests}, taxonomy)


def _record(case: Case, draw: Random) -> dict[str, Any]:
    labels = {f"l{column}": round(float(value), 4) for column, value in enumerate(case.reading.record_confidence)}
    facts = {name: case.feedback.attributes[name] for name in ("customer_tier", "industry")}
    scores = {name: float(draw.randint(1, most)) for name, most in SCORES.items()}
    return labels | facts | scores | {"channel": case.feedback.channel}


def _filled(case: Case, record: dict[str, Any]) -> Case:
    scores = {name: record[name] for name in SCORES}
    return replace(case, feedback=replace(case.feedback, scores=scores))
