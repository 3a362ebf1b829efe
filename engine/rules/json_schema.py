"""The JSON Schema of a rule, for editors: completion, hovering, and red lines under slips.

References
----------
JSON Schema, draft 2020-12: https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.alerts.severity import Severity
from engine.program import Program
from engine.rules.rule import Auto, IfUnsure, RuleStatus
from engine.rules.schema_conditions import ANYTHING, ATTRIBUTE, condition_schemas, groupings
from engine.rules.schema_values import (
    CONFIDENCE,
    DURATION,
    LIMIT,
    SHARE,
    TEXT,
    Schema,
    any_of,
    choice,
    described,
    mapping,
    one_or_more,
    reference,
    whole,
)
from engine.targets import Clock
from engine.taxonomy import TASKS, Taxonomy

DRAFT = "https://json-schema.org/draft/2020-12/schema"
LIVE_EXAMPLES = 3
AUTOS = {"thank": "The customer gets the message of template thank, once in 30 days, and the alert is resolved."}


def rule_schema(program: Program, taxonomy: Taxonomy, definitions: Iterable[str]) -> Schema:
    """Return the JSON Schema of one rule document.

    It refuses what it can tell from the document alone; what else is wrong, the loader says.

    Parameters
    ----------
    program
        Whose scores, attributes and receivers may be named.
    taxonomy
        The labels that may be named.
    definitions
        The names of ``_define.yaml``.
    """
    enough: Schema = {"minItems": LIVE_EXAMPLES}
    examples = {"required": ["fires", "stays_quiet"], "properties": {"fires": enough, "stays_quiet": enough}}
    return {
        "$schema": DRAFT,
        "title": "A rule of Heedful",
        **mapping(_words(program), needs=["rule", "when"]),
        "if": {"properties": {"status": {"const": "live"}}, "required": ["status"]},
        "then": {"required": ["examples"], "properties": {"examples": examples}},
        "$defs": {**condition_schemas(program, taxonomy, definitions), "example": _example(program, taxonomy)},
    }


def _words(program: Program) -> dict[str, Schema]:
    slug: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,99}$"}
    examples = {
        "fires": described({"type": "array", "items": reference("example")}, "Records on which it should fire."),
        "stays_quiet": described({"type": "array", "items": reference("example")}, "Records on which it should not."),
    }
    statuses = {
        "draft": "Not judged yet.",
        "shadow": "Judged, and tells nobody.",
        "live": "Judged, and alerts. It needs three examples that fire and three that stay quiet.",
        "paused": "Not judged now.",
    }
    unsure = {
        "skip": "Nothing happens.",
        "review": "Somebody looks; no message is sent.",
        "alert": "It alerts all the same.",
    }
    return {
        "rule": described(slug, "Its name: it never changes."),
        "title": described({**TEXT, "maxLength": 200}, "What it is for, in a few words."),
        "author": described({**TEXT, "maxLength": 200}, "Who answers for it."),
        "status": described(choice((one.value for one in RuleStatus), statuses), "How far it is trusted."),
        "must_not_lose": described({"type": "boolean"}, "Whether another model may lose none of its alerts."),
        "when": described(reference("when"), "The conditions. All entries of a mapping must hold."),
        "if_unsure": described(choice((one.value for one in IfUnsure), unsure), "What to do when the model is unsure."),
        "then": described(_then(program), "What it does when the conditions hold."),
        "examples": described(
            mapping(examples), "Records that show what it should do; `heedful rules check` tries them."
        ),
    }


WHOSE: Schema = mapping({"manager_of": choice(["holder", "employee"]), "lead_of": choice(["unit"])}, maxProperties=1)


def _then(program: Program) -> Schema:
    channels = sorted(name for name, one in program.receivers.items() if one.is_channel)
    # Where people are known, one of them or a team may be named too.
    named = any_of(TEXT, WHOSE) if program.people is not None else choice(channels)
    receivers = TEXT if program.any_attribute else named
    cooldown = {
        "for": described(DURATION, "How long."),
        "per": described(one_or_more(groupings(program), 3), "Whose alert keeps it quiet, such as customer."),
    }
    return mapping(
        {
            "severity": described(choice(one.value for one in Severity), "How grave it is."),
            "send_to": described(receivers, "Who gets its messages; if not said, the routes say it, or operators."),
            "take": described(
                SHARE, "The share of feedback that may open its alerts, such as 25%: how a program starts small."
            ),
            "follow_up_within": described(LIMIT, "How soon the customer must be tried to reach: 24h, 8bh or 2bd."),
            "close_within": described(LIMIT, "How soon its alerts must be resolved: 4d, 8bh or 2bd."),
            "escalate": described(
                {"type": "array", "items": _step(), "maxItems": 20},
                "Who is told, step by step, while an alert is late; the program's steps if not said.",
            ),
            "cooldown": described(
                any_of(DURATION, mapping(cooldown, needs=["for"])),
                "How long it stays quiet after an alert: 7d, or {per: customer, for: 7d}.",
            ),
            "auto": described(choice((one.value for one in Auto), AUTOS), "What is done with its alerts by itself."),
        }
    )


def _step() -> Schema:
    """Return the schema of one step of an escalation."""
    return mapping(
        {
            "after": described(LIMIT, "How long after the alert opened; if not said, as soon as it is late."),
            "to": described(
                one_or_more(any_of(TEXT, WHOSE), 20), "A person, team or receiver, holder, or {manager_of: holder}."
            ),
            "clock": described(choice(one.value for one in Clock), "What it is late with; if not said, follow_up."),
        },
        needs=["to"],
    )


def _example(program: Program, taxonomy: Taxonomy) -> Schema:
    """Return the schema of an example: a record, with its scores and attributes beside the text."""
    labels = {task: _pinned(task, taxonomy) for task in TASKS}
    pinned = described(mapping(labels), "Its labels: they test the rule and not the model.")
    sentence = mapping({"text": TEXT, **labels}, needs=["text"])
    own: dict[str, Schema] = {
        "text": described(ANYTHING, "The customer's own words."),
        "parts": described({"type": "array", "items": {"type": "object"}}, "The turns or answers, instead of text."),
        **dict.fromkeys(("channel", "source", "unit", "customer", "employee"), ANYTHING),
        "labels": pinned,
        "sentences": described({"type": "array", "items": sentence, "minItems": 1}, "Sentences, each with its labels."),
        "repeat": described(whole(1, 10_000), "How often it comes, each with a customer of its own."),
        "within": described(DURATION, "Over what time they come."),
        "others": described(whole(0, 10_000), "How much other feedback comes beside it."),
        "quiet": described(DURATION, "How long nothing comes after it."),
    }
    scores: dict[str, Schema] = {
        name: {"type": "number", "minimum": spec.min, "maximum": spec.max} for name, spec in program.scores.items()
    }
    attributes = dict.fromkeys(program.attributes, ANYTHING)
    return mapping({**attributes, **scores, **own}, minProperties=1, patternProperties={ATTRIBUTE: ANYTHING})


def _pinned(task: str, taxonomy: Taxonomy) -> Schema:
    """Return the schema of pinned labels: a label, a list, or a confidence for each."""
    leaves = taxonomy.leaves[task]
    names = choice(dict.fromkeys([*leaves, *(leaf.rsplit("/", 1)[-1] for leaf in leaves)]))
    listed: Schema = {"type": "array", "items": names}
    return {"anyOf": [names, listed, {"type": "object", "propertyNames": names, "additionalProperties": CONFIDENCE}]}
