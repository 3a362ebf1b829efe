"""The JSON Schema of conditions, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.program import AttributeSpec, Program, ScoreSpec
from engine.reading import ReadingStatus
from engine.rules.grouping import FACTS
from engine.rules.schema_values import (
    CONFIDENCE,
    DURATION,
    SHARE,
    TEXT,
    Schema,
    any_of,
    at_most_one,
    choice,
    described,
    mapping,
    one_or_more,
    reference,
    whole,
)
from engine.rules.sentiment_condition import SENTIMENTS
from engine.taxonomy import TASKS, Taxonomy

LABELS_SAID = {
    "emotion": "What the customer feels. A label, a list (any of them), or a mapping.",
    "intent": "What the customer does with the words. A label, a list (any of them), or a mapping.",
    "topic": "What it is about. A label, a list (any of them), or a mapping.",
}
FACTS_SAID = {
    "channel": "The channel of the feedback, such as email.",
    "language": "The language, as an ISO 639-1 code such as en.",
    "status": "How far the reader got.",
    "source": "Where the feedback came from.",
    "unit": "A unit; everything below it counts too.",
}
GROUPS_SAID = {
    "all": "Every one of these must hold.",
    "any": "At least one of these must hold.",
    "none": "Not one of these may hold.",
}
# Of both ends of a conversation, one.
ONE_END = at_most_one("within_first", "within_last")
ATTRIBUTE = "^attribute\\..+$"
NUMBER: Schema = {"type": "number"}
ANYTHING: Schema = {"type": ["string", "number", "boolean"]}


def condition_schemas(program: Program, taxonomy: Taxonomy, definitions: Iterable[str]) -> dict[str, Schema]:
    """Return the schemas of conditions, by the names under which they refer to each other.

    ``condition`` has no test over time, ``timed`` may have one, and ``when`` may have one in its ``all`` too.
    """
    labels = {f"{task}_label": _label(task, taxonomy) for task in TASKS}
    tests = _tests(program, definitions)
    windows = {key: reference(key) for key in _windows(program)}
    timed = tests | windows
    in_all: Schema = described({"type": "array", "items": reference("timed"), "minItems": 1}, GROUPS_SAID["all"])
    return {
        **labels,
        "condition": _condition(tests),
        "timed": _condition(timed),
        "when": _condition(timed | {"all": in_all}),
        "together_test": mapping(_together_tests(), minProperties=1),
        **_windows(program),
    }


def _condition(tests: Mapping[str, Schema]) -> Schema:
    undeclared = described(_attribute(None), "An attribute that is not declared in program.yaml.")
    return mapping(tests, minProperties=1, patternProperties={ATTRIBUTE: undeclared})


def _tests(program: Program, definitions: Iterable[str]) -> dict[str, Schema]:
    names = sorted(definitions)
    named = choice(names) if names or not program.any_attribute else TEXT
    return {
        **_groups("condition"),
        "meets": described(one_or_more(named), "A condition of _define.yaml, by name. A list: any of them."),
        **_text_tests(scoped=True),
        "question": described(one_or_more(TEXT), "The customer answered this question; * and ? are wildcards."),
        "together": described(
            _together(), "All of these within so many sentences, one after the other, of one speaker."
        ),
        "same_sentence": described(_list("together_test"), "All of these in one sentence."),
        **{fact: described(_fact(fact), said) for fact, said in FACTS_SAID.items()},
        **{name: _score(spec) for name, spec in program.scores.items()},
        **{name: described(_attribute(spec), _attribute_said(spec)) for name, spec in program.attributes.items()},
    }


def _groups(child: str) -> dict[str, Schema]:
    return {key: described(_list(child), said) for key, said in GROUPS_SAID.items()}


def _list(child: str) -> Schema:
    return {"type": "array", "items": reference(child), "minItems": 1}


def _text_tests(*, scoped: bool) -> dict[str, Schema]:
    """Return the schemas of tests of text; inside `together` none says for itself where to look."""
    scope = _scope() if scoped else {}
    return {
        **{task: described(_labels(task, scope), said) for task, said in LABELS_SAID.items()},
        "sentiment": described(_sentiment(scope), "Positive, negative, mixed or neutral: rolled up from the emotions."),
        "says": described(_says(scope), "Words that somebody said, or (about) what they meant."),
    }


def _label(task: str, taxonomy: Taxonomy) -> Schema:
    said = {node: taxonomy.descriptions.get(f"{task}:{node}", "") for node in taxonomy.nodes(task)}
    return choice(said, said)


def _labels(task: str, scope: Mapping[str, Schema]) -> Schema:
    named = one_or_more(reference(f"{task}_label"))
    bounds = {
        "at_least": described(CONFIDENCE, "The least confidence. Without it the model's own threshold decides."),
        "at_most": described(CONFIDENCE, "The highest confidence."),
    }
    return any_of(named, mapping({"is": named, **bounds, **scope}, needs=["is"], allOf=[ONE_END]))


def _scope() -> dict[str, Schema]:
    """Return the schemas of the words that say where to look."""
    reach = any_of(DURATION, *(mapping({unit: whole(1, 1_000)}, needs=[unit]) for unit in ("sentences", "turns")))
    speakers = choice(["customer", "agent", "other", "anyone"])
    return {
        "speaker": described(speakers, "Whose words; if not said, the customer's."),
        "question": described(one_or_more(TEXT, 100), "Only in answers to this question; * and ? are wildcards."),
        "within_first": described(reach, "Only so far from the beginning: 60s, {sentences: 3} or {turns: 2}."),
        "within_last": described(reach, "Only so far from the end: 60s, {sentences: 3} or {turns: 2}."),
    }


def _sentiment(scope: Mapping[str, Schema]) -> Schema:
    named = one_or_more(choice(SENTIMENTS))
    return any_of(named, mapping({"is": named, **scope}, needs=["is"], allOf=[ONE_END]))


def _says(scope: Mapping[str, Schema]) -> Schema:
    # Numbers and flags count as they are written: `says: 24`.
    phrases = one_or_more({"type": ["string", "number", "boolean"], "maxLength": 200}, 1_000)
    near = mapping({"words": whole(1, 1_000)}, needs=["words"])
    close: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
    tests = {
        "is": described(phrases, "A phrase, or any of several; * stands for any letters, ? for one."),
        "all": described({"type": "array", "items": phrases, "minItems": 2, "maxItems": 20}, "All of these phrases."),
        "near": described(near, "How many words apart they may stand: {words: 5}."),
        "about": described(one_or_more(TEXT, 50), "What a sentence means, in a few plain words."),
        "at_least": described(close, "How like it a sentence must be; 0.5 if not said."),
    }
    ways: list[Schema] = [{"required": [way]} for way in ("is", "all", "about")]
    beside = {"near": ["all"], "at_least": ["about"]}
    told = mapping({**tests, **scope}, oneOf=ways, dependentRequired=beside, allOf=[ONE_END])
    return any_of(phrases, told)


def _together() -> Schema:
    properties = {
        "sentences": described(whole(1, 1_000), "Within how many consecutive sentences."),
        "all": described(_list("together_test"), "What has to stand together."),
        **_scope(),
    }
    return mapping(properties, needs=["sentences", "all"], allOf=[ONE_END])


def _together_tests() -> dict[str, Schema]:
    return {**_groups("together_test"), **_text_tests(scoped=False)}


def _tested(single: Schema, *, bounds: Schema | None = None) -> Schema:
    """Return the schema of tests of one value."""
    tests = {"is": one_or_more(single), "in": one_or_more(single), "missing": {"type": "boolean"}}
    if bounds is not None:
        pair: Schema = {"type": "array", "items": bounds, "minItems": 2, "maxItems": 2}
        tests |= {"at_least": bounds, "at_most": bounds, "between": pair}
    apart = [
        at_most_one("is", "in"),
        at_most_one("between", "at_least"),
        at_most_one("between", "at_most"),
        {"if": {"required": ["missing"]}, "then": {"maxProperties": 1}},
    ]
    return any_of(one_or_more(single), mapping(tests, minProperties=1, allOf=apart))


def _score(spec: ScoreSpec) -> Schema:
    value: Schema = {"type": "number", "minimum": spec.min, "maximum": spec.max}
    said = f"A score from {spec.min:g} to {spec.max:g}; {spec.good} is good."
    return described(_tested(value, bounds=value), said)


def _fact(name: str) -> Schema:
    return _tested(choice(status.value for status in ReadingStatus) if name == "status" else TEXT)


def _attribute(spec: AttributeSpec | None) -> Schema:
    if spec is None:
        return _tested(ANYTHING, bounds=NUMBER)
    if spec.kind == "number":
        return _tested(NUMBER, bounds=NUMBER)
    if spec.kind == "flag":
        return _tested({"type": "boolean"})
    return _tested(any_of(*_written(spec.values)) if spec.kind == "one_of" else ANYTHING)


def _written(values: Iterable[str]) -> list[Schema]:
    """Return the schemas of some words, also as editors see them where one looks like a number or a flag."""
    plain = list(values)
    numbers = [float(one) for one in plain if one.replace(".", "", 1).isdecimal()]
    flags = [one == "true" for one in plain if one in ("true", "false")]
    return [choice(plain), *([{"enum": [*numbers, *flags]}] if numbers or flags else [])]


def _attribute_said(spec: AttributeSpec) -> str:
    return f"An attribute: one of {', '.join(spec.values)}." if spec.values else f"An attribute: {spec.kind}."


def groupings(program: Program) -> Schema:
    """Return the schema of what feedback is grouped by."""
    names = choice([*FACTS, *program.attributes, *(f"attribute.{name}" for name in program.attributes)])
    return any_of(names, TEXT if program.any_attribute else {"type": "string", "pattern": ATTRIBUTE})


def _windows(program: Program) -> dict[str, Schema]:
    one = groupings(program)
    counted = any_of(mapping({"rule": TEXT}, needs=["rule"]), reference("condition"))
    common = {
        "of": described(
            counted, "What is counted: a condition, or another rule. If not said: what this rule holds for."
        ),
        "within": described(DURATION, "The span that is looked at, up to now."),
        "per": described(one_or_more(one, 3), "What is counted apart."),
    }
    number, past = whole(1), described(whole(1, 60), "How many spans before it is compared with.")
    share = described(SHARE, "The share: 20% or 0.2.")
    return {
        "count": described(
            mapping(common | {"at_least": number}, needs=["at_least", "within"]), "So many within a span of time."
        ),
        "distinct": described(
            mapping(common | {"what": one, "at_least": number}, needs=["what", "at_least", "within"]),
            "So many different customers, stores or other things within a span of time.",
        ),
        "share": described(
            mapping(common | {"at_least": share, "volume": number}, needs=["at_least", "within"]),
            "Such a share of all feedback within a span of time.",
        ),
        "spike": described(
            mapping(
                common
                | {
                    "at_least": number,
                    "against": past,
                    "p": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                },
                needs=["within"],
            ),
            "More within a span of time than chance explains.",
        ),
        "flatline": described(
            mapping(common | {"against": past, "usual": {"type": "number", "exclusiveMinimum": 0}}, needs=["within"]),
            "Nothing within a span of time where usually something comes.",
        ),
    }
