"""What program.yaml says of following up: triage, remedies and root causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.alerts.triage import Triage
from engine.fields import as_map, as_written, check_keys, number_of, text_of, texts_of
from engine.located import Findings, Node
from engine.names import show, unknown
from engine.program import AttributeSpec, Program

FOLLOW_UP_KEYS = ("triage", "remedies", "root_causes")
MOST_WORDS = 200


def with_follow_up(program: Program, root: Node, findings: Findings) -> Program:
    """Return a program with what its file says of following up."""
    return replace(
        program,
        triage=_triage(root.get("triage"), program, findings),
        remedies=_words(root.get("remedies"), "a remedy", findings),
        root_causes=_words(root.get("root_causes"), "a root cause", findings),
    )


def _words(node: Node | None, what: str, findings: Findings) -> tuple[str, ...]:
    words = texts_of(node, what, findings)
    for word in words:
        if node is not None and len(word) > MOST_WORDS:
            findings.error(node, f"{what} is longer than {MOST_WORDS} characters: '{show(word)}'")
    return tuple(dict.fromkeys(word.strip() for word in words))


def _triage(node: Node | None, program: Program, findings: Findings) -> Triage:
    root = as_map(node, "triage", findings)
    if root is None:
        return Triage()
    check_keys(root, ("attribute", "weights"), "setting of triage", findings)
    named = root.get("attribute")
    attribute = text_of(named, "attribute", findings, most=100)
    spec = program.attributes.get(attribute) if attribute is not None else None
    if named is None:
        findings.error(root, "triage needs the attribute that tells a customer's tier, such as customer_tier")
    elif attribute is not None and spec is None:
        findings.error(named, unknown("attribute", attribute, program.attributes))
    return Triage(attribute, _weights(root, spec, findings))


def _weights(root: Node, spec: AttributeSpec | None, findings: Findings) -> Mapping[str, float]:
    node = as_map(root.get("weights"), "weights", findings)
    if node is None:
        findings.error(root, "triage needs weights from 0 to 1: {platinum: 1, gold: 0.6}")
        return {}
    weights = {}
    for value, key, weight in node.items():
        number = number_of(weight, f"the weight of {show(value)}", findings)
        if spec is not None and spec.values and value not in spec.values:
            findings.error(key, unknown(f"value of {spec.name}", value, spec.values))
        elif number is not None and not 0 <= number <= 1:
            findings.error(weight, f"the weight of {show(value)} must be from 0 to 1")
        elif number is not None:
            weights[as_written(key).value.casefold()] = number
    return weights
