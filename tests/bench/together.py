"""What it costs and gains to ask for anger and a topic close together, on voc dev.

``python -m tests.bench.together [MODEL_FOLDER]`` prints the table.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from engine.feedback import Feedback, Part
from engine.program import Program, RuleFile
from engine.rules.case import Case
from engine.rules.load import load_rules
from engine.rules.rule import Rule
from engine.rules.truth import Truth
from engine.taxonomy import Taxonomy
from models.reader import load_reader
from tests.bench.data import folder

TOPICS = 12
ANGER = "anger/"
# How a rule asks for the two, and how far apart they may then stand; None is anywhere.
FORMS: Mapping[str, int | None] = {"anywhere in the record": None, "within 3": 3, "within 2": 2, "same sentence": 1}
# What a rule asks of each label: that it holds, by the model's tuned threshold, or a confidence.
BOUNDS: Mapping[str, float | None] = {"holds": None, "at least 0.3": 0.3}
NEIGHBOURS, SAME = 1, 0
HEADINGS = (
    "a rule asks for both",
    "labelled pairs that stand so",
    "each label",
    "the rules hold for",
    "right: one or the next sentence",
    "caught",
    "right: one sentence",
    "caught",
)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Labelled:
    """A record with what people say of each sentence.

    Parameters
    ----------
    angry
        The places of the sentences with an emotion of anger.
    topics
        By topic, the places of its sentences.
    """

    id: str
    text: str
    angry: tuple[int, ...]
    topics: Mapping[str, tuple[int, ...]]

    def apart(self, topic: str) -> int | None:
        """Return how far anger stands from a topic, in sentences; None where one of them is missing."""
        steps = [abs(one - other) for one in self.angry for other in self.topics.get(topic, ())]
        return min(steps, default=None)


def labelled(taxonomy: Taxonomy) -> list[Labelled]:
    """Return voc dev."""
    lines = (folder() / "voc" / "dev.jsonl").read_text("utf-8").splitlines()
    found = []
    for row in map(json.loads, lines):
        sentences = row["sentences"]
        emotions = [_paths(taxonomy, "emotion", sentence["emotion"]) for sentence in sentences]
        topics = [_paths(taxonomy, "topic", sentence["topic"]) for sentence in sentences]
        angry = tuple(place for place, names in enumerate(emotions) if any(name.startswith(ANGER) for name in names))
        places = {
            topic: tuple(place for place, names in enumerate(topics) if topic in names)
            for topic in {name for names in topics for name in names}
        }
        found.append(Labelled(row["id"], " ".join(sentence["text"] for sentence in sentences), angry, places))
    return found


def _paths(taxonomy: Taxonomy, task: str, names: Iterable[str]) -> set[str]:
    columns = (taxonomy.column(task, name) for name in names)
    return {taxonomy.columns[column][1] for column in columns if column is not None}


def rules_of(topics: Sequence[str], within: int | None, at_least: float | None, taxonomy: Taxonomy) -> dict[str, Rule]:
    """Return, by topic, the rule that asks for anger and that topic so close together and so surely."""
    bound = {} if at_least is None else {"at_least": at_least}
    texts = []
    for number, topic in enumerate(topics):
        both = [{"emotion": {"is": "anger", **bound}}, {"topic": {"is": topic, **bound}}]
        when = {"all": both} if within is None else {"together": {"sentences": within, "all": both}}
        texts.append(f"rule: r{number}\nwhen: {json.dumps(when)}\n")
    loaded = load_rules(Program(rule_files=(RuleFile("together.yaml", "---\n".join(texts)),)), taxonomy)
    return dict(zip(topics, loaded.rules, strict=True))


def fired(rules: Mapping[str, Rule], cases: Sequence[Case]) -> set[Pair]:
    """Return the records and topics for which a rule holds."""
    return {
        (case.feedback.id, topic) for topic, rule in rules.items() for case in cases if rule.evaluate(case) is Truth.YES
    }


def _measured(found: set[Pair], wanted: set[Pair]) -> str:
    right = len(found & wanted)
    return f"{right / max(1, len(found)):.2f} | {right / max(1, len(wanted)):.2f}"


def measure(model: Path | None = None) -> list[str]:
    """Return the lines of the report."""
    reader = load_reader(model)
    records = labelled(reader.taxonomy)
    counted = Counter(topic for record in records for topic in record.topics)
    topics = [topic for topic, _ in counted.most_common(TOPICS)]
    apart = {
        (record.id, topic): steps
        for record in records
        for topic in topics
        if (steps := record.apart(topic)) is not None
    }
    readings = reader.read([[Part(record.text)] for record in records])
    cases = [
        Case(Feedback(record.id, (Part(record.text),)), reading)
        for record, reading in zip(records, readings, strict=True)
    ]
    near, same = ({pair for pair, steps in apart.items() if steps <= most} for most in (NEIGHBOURS, SAME))
    counts = (
        f"{len(records)} records, the {TOPICS} most frequent topics: {len(apart)} pairs of anger and a topic in one "
        f"record, {len(same)} of them in one sentence, {len(near)} in one or the next."
    )
    lines = [
        f"Model {reader.model}. voc dev, {counts}",
        "",
        f"| {' | '.join(HEADINGS)} |",
        "|---" * len(HEADINGS) + "|",
    ]
    for (said, within), (sure, at_least) in product(FORMS.items(), BOUNDS.items()):
        stand = sum(within is None or steps < within for steps in apart.values())
        found = fired(rules_of(topics, within, at_least, reader.taxonomy), cases)
        lines.append(
            f"| {said} | {stand} ({stand / len(apart):.0%}) | {sure} | {len(found)} | {_measured(found, near)} "
            f"| {_measured(found, same)} |"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)))
