"""Times other rule libraries on rules and records from a file; runs in their own environment, without Heedful.

    python tests/bench/contend.py FILE

The file is JSON: `rules`, each a list of [field, operator, value] that must all hold, and flat `records`. Out comes
a line of JSON: for each library its version, rule evaluations a second and the number of matches.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Rules = list[list[tuple[str, str, Any]]]
Record = dict[str, Any]
Holds = Callable[[Any], bool]


def rule_engine(rules: Rules, records: list[Record]) -> tuple[list[Holds], list[Any]]:
    import rule_engine

    compiled = [rule_engine.Rule(_expression(rule, " and ")) for rule in rules]
    return [rule.matches for rule in compiled], records


def cel(rules: Rules, records: list[Record]) -> tuple[list[Holds], list[Any]]:
    import celpy
    from celpy.celtypes import DoubleType, StringType

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(_expression(rule, " && "))) for rule in rules]
    typed = [
        {name: StringType(value) if isinstance(value, str) else DoubleType(value) for name, value in record.items()}
        for record in records
    ]
    return [lambda record, run=program: bool(run.evaluate(record)) for program in programs], typed


def json_logic(rules: Rules, records: list[Record]) -> tuple[list[Holds], list[Any]]:
    from json_logic import jsonLogic

    trees = [{"and": [{operator: [{"var": name}, value]} for name, operator, value in rule]} for rule in rules]
    return [lambda record, tree=tree: jsonLogic(tree, record) for tree in trees], records


def zen(rules: Rules, records: list[Record]) -> tuple[list[Holds], list[Any]]:
    import zen

    return [zen.compile_expression(_expression(rule, " and ")).evaluate for rule in rules], records


LIBRARIES = {"rule-engine": rule_engine, "cel-python": cel, "json-logic-qubit": json_logic, "zen-engine": zen}


def _expression(rule: list[tuple[str, str, Any]], joined: str) -> str:
    # Numbers are written with a point: in CEL 6 and 6.0 cannot be compared.
    said = (f"{name} {operator} {json.dumps(value)}" for name, operator, value in rule)
    return joined.join(said)


def main(path: str) -> None:
    """Time every library."""
    given = json.loads(Path(path).read_text())
    found = {}
    for name, prepare in LIBRARIES.items():
        tests, records = prepare(given["rules"], given["records"][: given["most"][name]])
        started = time.process_time()
        matches = sum(bool(holds(record)) for record in records for holds in tests)
        seconds = time.process_time() - started
        found[name] = {
            "version": version(name),
            "rate": len(records) * len(tests) / seconds,
            "records": len(records),
            "matches": matches,
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
