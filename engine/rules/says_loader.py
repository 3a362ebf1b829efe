"""Loading `says`: phrases, several near each other, or a meaning."""

from __future__ import annotations

from engine.fields import as_map, as_written, check_keys, number_of, texts_of
from engine.located import Findings, Node
from engine.rules.about_condition import ALIKE_FROM, AboutCondition
from engine.rules.conditions import AnyOf, Condition
from engine.rules.phrase import Phrase, parse_phrase
from engine.rules.says_condition import SaysCondition, Term
from engine.rules.scope_loader import SCOPE_KEYS, load_count, load_scope

WAYS = ("is", "all", "about")
SAYS_KEYS = (*WAYS, "near", "at_least", *SCOPE_KEYS)
MOST_PHRASES = 1_000
MOST_TERMS = 20
MOST_MEANINGS = 50


def load_says(node: Node, findings: Findings) -> Condition | None:
    """Return the condition that `says` means, or None with errors."""
    before = findings.errors
    tests = node if node.is_map else Node({"is": (node, node)}, node.line, node.column)
    check_keys(tests, SAYS_KEYS, "test of says", findings)
    scope = load_scope(tests, findings)
    ways = [way for way in WAYS if tests.get(way) is not None]
    if len(ways) != 1:
        findings.error(node, "says needs one of 'is', 'all' and 'about', such as says: refund")
        return None
    way, value = ways[0], tests.value[ways[0]][1]
    _alone(tests, way, findings)
    if way == "about":
        phrases, at_least = _meanings(value, findings), _closeness(tests.get("at_least"), findings)
        meant = tuple(AboutCondition(phrase, at_least, scope) for phrase in phrases)
        if findings.errors > before:
            return None
        return meant[0] if len(meant) == 1 else AnyOf(meant)
    terms = [_term(value, findings)] if way == "is" else _terms(value, findings)
    near = _near(tests.get("near"), findings)
    if findings.errors > before:
        return None
    return SaysCondition(tuple(terms), near, scope)


def _alone(tests: Node, way: str, findings: Findings) -> None:
    """Report what does not go with the way something is said."""
    near, at_least = tests.get("near"), tests.get("at_least")
    if near is not None and way != "all":
        findings.error(near, "'near' stands beside 'all', a list of what has to be near each other")
    if at_least is not None and way != "about":
        findings.error(at_least, "'at_least' stands beside 'about'; words are said or not")


def _terms(node: Node, findings: Findings) -> list[Term]:
    if not node.is_list or len(node.value) < 2:
        findings.error(node, "'all' is a list of two or more phrases, such as [cancel*, contract]")
        return []
    if len(node.value) > MOST_TERMS:
        findings.error(node, f"'all' lists more than {MOST_TERMS} phrases; use fewer")
        return []
    return [_term(entry, findings) for entry in node.value]


def _term(node: Node, findings: Findings) -> Term:
    entries = node.value if node.is_list else [node]
    if not entries:
        findings.error(node, "says lists no phrase; write at least one")
    if len(entries) > MOST_PHRASES:
        findings.error(node, f"says lists more than {MOST_PHRASES:,} phrases; use fewer, or wildcards")
        return ()
    phrases = (_phrase(entry, findings) for entry in entries)
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase is not None))


def _phrase(node: Node, findings: Findings) -> Phrase | None:
    written = as_written(node)
    if not isinstance(written.value, str):
        findings.error(node, f"says needs a phrase, such as 'money back', not {node.kind}")
        return None
    try:
        phrase = parse_phrase(written.value)
    except ValueError as problem:
        findings.error(node, str(problem))
        return None
    if phrase.words[-1].endswith("?"):
        findings.warning(node, "the ? stands for one more letter; leave it out if it is meant as a question mark")
    return phrase


def _near(node: Node | None, findings: Findings) -> int | None:
    if as_map(node, "near", findings) is None or node is None:
        return None
    check_keys(node, ("words",), "unit of near", findings)
    words = node.get("words")
    if words is None:
        findings.error(node, "near counts words, such as {words: 5}")
    return load_count(words, "words", findings)


def _meanings(node: Node, findings: Findings) -> tuple[str, ...]:
    before = findings.errors
    phrases = texts_of(node, "about", findings)
    if not phrases and findings.errors == before:
        findings.error(node, "about names no meaning; describe one in a few words")
    if len(phrases) > MOST_MEANINGS:
        findings.error(node, f"about lists more than {MOST_MEANINGS} meanings; use fewer")
    return tuple(dict.fromkeys(phrases))


def _closeness(node: Node | None, findings: Findings) -> float:
    value = number_of(node, "at_least", findings)
    if value is None or node is None:
        return ALIKE_FROM
    if not 0 < value <= 1:
        findings.error(node, f"at_least is how close a meaning is and goes from above 0 to 1, not {value:g}")
    return value
