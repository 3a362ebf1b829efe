"""Realistic rules, drawn with a seed: thresholds, scores, attributes, words, negation, alternatives, same sentence."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from engine.located import Findings, Node
from engine.program import AttributeSpec, Program, RuleFile
from engine.rules.case import Case
from engine.rules.condition_loader import ConditionLoader
from engine.rules.conditions import Condition
from engine.rules.definitions import Definitions
from engine.rules.index import index_of
from engine.rules.words import spaced
from engine.taxonomy import TASKS, Taxonomy
from tests.bench.rule_cases import CHANNELS, INDUSTRIES, SCORES, STORES, TIERS, UNITS

PROGRAM = Program(
    attributes={
        "customer_tier": AttributeSpec("customer_tier", "one_of", ("gold", "silver", "basic", "staff")),
        "store": AttributeSpec("store", "text"),
        "industry": AttributeSpec("industry", "text"),
        "contract_months": AttributeSpec("contract_months", "number"),
        "basket": AttributeSpec("basket", "number"),
    }
)
FILE_BYTES = 900_000
MOST_WORDS = 1_000
Written = dict[str, Any]


class RuleWriter:
    """Writes conditions as an author would, in plain values.

    Parameters
    ----------
    taxonomy
        The labels it may name.
    words
        The words it may ask for.
    narrow
        How many tests beyond the first two a rule has on average: the more rules a program has, the more each
        of them is about something of its own.
    """

    def __init__(self, taxonomy: Taxonomy, words: Sequence[str], narrow: float, seed: int) -> None:
        self.taxonomy = taxonomy
        self.words = words
        self.narrow = narrow
        self.draw = Random(seed)

    def condition(self) -> Written:
        """Return the `when` of one rule."""
        draw = self.draw
        tests = [self._label(task) for task in draw.sample(TASKS, draw.choice((1, 1, 2)))]
        facts: Written = {}
        for _ in range(1 + round(draw.expovariate(1 / max(self.narrow, 0.1)))):
            # Two tests of one fact could never hold together.
            facts = self._fact() | facts
        tests += [{name: test} for name, test in facts.items()]
        when: Written = {}
        if draw.random() < 0.25:
            tests.insert(1, self._words())
        if draw.random() < 0.15:
            tests[0] = {"same_sentence": [self._label("emotion"), self._label("topic")]}
        if draw.random() < 0.2:
            when["any"] = [self._label("intent"), self._label("emotion"), self._words()]
        if draw.random() < 0.35:
            excluded = draw.choice(
                ({"customer_tier": "staff"}, {"says": ["spam", "unsubscribe"]}, {"channel": "social"})
            )
            when |= {} if excluded.keys() & facts.keys() else {"none": [excluded]}
        return {"all": tests[:8]} | when

    def _words(self) -> Written:
        """Return words that customers use: one or some, now and then with a wildcard, now and then near each other."""
        draw = self.draw
        some = [draw.choice(self.words) for _ in range(draw.choice((1, 2, 4)))]
        if draw.random() < 0.3:
            some[0] = some[0][: max(3, len(some[0]) - 2)] + "*"
        if len(some) == 2 and draw.random() < 0.3:
            return {"says": {"all": some, "near": {"words": 5}}}
        return {"says": some}

    def _label(self, task: str) -> Written:
        names = self.taxonomy.nodes(task)
        named: Any = self.draw.choice(names)
        if self.draw.random() < 0.25:
            named = self.draw.sample(names, 2)
        if self.draw.random() < 0.5:
            return {task: {"is": named, "at_least": self.draw.choice((0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9))}}
        return {task: named}

    def _score(self) -> Written:
        name = self.draw.choice(("nps", "nps", "csat", "rating", "ces"))
        low, high = SCORES[name]
        if self.draw.random() < 0.8:
            return {name: {"at_most": self.draw.randint(low, (low + high) // 2 + 1)}}
        return {name: {"at_least": self.draw.randint((low + high) // 2, high)}}

    def _fact(self) -> Written:
        draw = self.draw
        kind = draw.randrange(9)
        if kind < 3:
            return self._score()
        if kind == 3:
            return {"customer_tier": draw.sample(sorted(set(TIERS)), 2)}
        if kind == 4:
            return {"store": draw.sample(STORES, draw.choice((1, 3, 10)))}
        if kind == 5:
            return {"industry": draw.sample(INDUSTRIES, 2)}
        if kind == 6:
            return {"channel": draw.choice(CHANNELS)}
        if kind == 7:
            return {"unit": draw.choice((*UNITS, "emea", "amer", "emea/uk", "apac"))}
        return draw.choice(
            ({"contract_months": {"at_least": draw.randrange(60)}}, {"basket": {"at_least": draw.randrange(10, 400)}})
        )


def node_of(value: Any) -> Node:
    """Return plain values as what the YAML reader makes of them."""
    if isinstance(value, dict):
        return Node({key: (Node(key, 1, 1, key), node_of(child)) for key, child in value.items()}, 1, 1)
    if isinstance(value, list):
        return Node([node_of(child) for child in value], 1, 1)
    return Node(value, 1, 1, str(value))


def rules_at(
    count: int, per_case: float, taxonomy: Taxonomy, cases: Sequence[Case], seed: int = 1
) -> dict[str, tuple[Written, Condition]]:
    """Return so many rules that together match so many times a case, by name."""
    writer = RuleWriter(taxonomy, _telling_words(cases), math.log10(count) - 1, seed)
    drawn = [writer.condition() for _ in range(3 * max(count, 1_000))]
    pool = [(when, condition_of(when, taxonomy)) for when in drawn]
    rates = _rates([condition for _, condition in pool], cases)
    chosen = _chosen(rates, count, per_case, writer.draw)
    return {f"rule-{number}": pool[place] for number, place in enumerate(chosen)}


def condition_of(when: Written, taxonomy: Taxonomy) -> Condition:
    """Return the condition that plain values mean."""
    findings = Findings("bench")
    condition = ConditionLoader(PROGRAM, taxonomy, findings, Definitions()).load(node_of(when))
    if condition is None:
        raise SystemExit(f"the bench wrote a rule that does not load: {findings.found[0]}")
    return condition


def _telling_words(cases: Sequence[Case]) -> list[str]:
    """Return words that rules would ask for: neither too common to tell anything nor too rare to be thought of."""
    counts = Counter(word for case in cases for word in set(spaced(case.feedback.text).split()))
    few, many = len(cases) / 1_000, len(cases) / 50
    found = sorted(word for word, count in counts.items() if few <= count <= many and len(word) > 3)
    return Random(3).sample(found, min(MOST_WORDS, len(found)))


def _chosen(rates: Sequence[float], count: int, total: float, draw: Random) -> list[int]:
    """Return places of so many rates with about that total: all are drawn from, but for the highest or the lowest."""
    order = sorted(range(len(rates)), key=rates.__getitem__)
    too_many = count * sum(rates) / len(rates) > total
    low, high = count, len(order)
    while low < high:
        size = (low + high) // 2
        kept = order[:size] if too_many else order[-size:]
        mean = sum(rates[place] for place in kept) / size
        if (count * mean < total) is too_many:
            low = size + 1
        else:
            high = size
    kept = order[:low] if too_many else order[-low:]
    chosen = [kept[(2 * number + 1) * low // (2 * count)] for number in range(count)]
    draw.shuffle(chosen)
    return chosen


def _rates(conditions: Sequence[Condition], cases: Sequence[Case]) -> list[float]:
    """Return how often each of some conditions holds for a case."""
    matches = index_of({str(number): condition for number, condition in enumerate(conditions)}).match(cases)
    counts = np.bincount(matches.rules[matches.yes], minlength=len(conditions))
    return [float(count) / len(cases) for count in counts]


def files_of(rules: dict[str, tuple[Written, Condition]], texts: Sequence[str]) -> tuple[RuleFile, ...]:
    """Return the rules as files of YAML, live, each with its six examples."""
    draw = Random(2)
    files: list[RuleFile] = []
    documents: list[str] = []
    size = 0
    for slug, (when, _) in rules.items():
        document = _document(slug, when, [draw.choice(texts) for _ in range(6)])
        if size + len(document.encode()) > FILE_BYTES:
            files.append(RuleFile(f"rules-{len(files)}.yaml", "---\n".join(documents)))
            documents, size = [], 0
        documents.append(document)
        size += len(document.encode()) + 4
    return (*files, RuleFile(f"rules-{len(files)}.yaml", "---\n".join(documents)))


def _document(slug: str, when: Written, texts: Sequence[str]) -> str:
    said = [json.dumps({"text": text, "nps": place}, ensure_ascii=False) for place, text in enumerate(texts)]
    lines = [f"rule: {slug}", f"title: About {slug}", "author: bench", "status: live", "when:"]
    for group, tests in when.items():
        lines.append(f"  {group}:")
        lines += [f"    - {_flow(test)}" for test in tests]
    lines += ["then: {severity: high}", "examples:", "  fires:", *(f"    - {one}" for one in said[:3])]
    return "\n".join([*lines, "  stays_quiet:", *(f"    - {one}" for one in said[3:])]) + "\n"


def _flow(test: Written) -> str:
    (key, value), *_ = test.items()
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"
