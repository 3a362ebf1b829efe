"""Names of recipients in files: receivers, people, teams, and words such as `manager_of: employee`."""

from __future__ import annotations

from collections.abc import Collection

from engine.located import Findings, Node
from engine.names import show, unknown
from engine.program import Program, ReceiverSpec

HOLDER = "holder"
MANAGER_OF_EMPLOYEE = "manager_of: employee"
MANAGER_OF_HOLDER = "manager_of: holder"
LEAD_OF_UNIT = "lead_of: unit"
WORDS = (HOLDER, MANAGER_OF_EMPLOYEE, MANAGER_OF_HOLDER, LEAD_OF_UNIT)
# Whoever holds an alert is known only once it was routed.
ROUTE_WORDS = (MANAGER_OF_EMPLOYEE, LEAD_OF_UNIT)
MOST = 20


def load_recipients(
    node: Node,
    program: Program,
    findings: Findings,
    words: Collection[str] = ROUTE_WORDS,
    *,
    strict: bool = True,
) -> tuple[str, ...]:
    """Return the recipients that a node names: one or a list, each a name, or a word as text or as a mapping.

    Parameters
    ----------
    program
        Whose receivers and people may be named. Without a people.csv, whoever else is named may be in the directory
        of the store: that is a warning, not an error.
    words
        The words that make sense there.
    strict
        Whether somebody who is not in people.csv is an error, not a warning: a rule outlives who is named in it.
    """
    entries = node.value if node.is_list else [node]
    if not entries or len(entries) > MOST:
        findings.error(node, f"'to' names one recipient, or a list of 1 to {MOST}")
    found = (_recipient(entry, program, findings, words, strict=strict) for entry in entries)
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _recipient(node: Node, program: Program, findings: Findings, words: Collection[str], *, strict: bool) -> str | None:
    name = _written(node)
    if name is None:
        findings.error(node, f"a recipient is a name, or one of: {'; '.join(words)}; not {node.kind}")
        return None
    if name in words:
        return name
    if name in program.receivers:
        check_channel(node, program.receivers[name], findings)
        return name
    people = program.people
    names = {*program.receivers, *words}
    if people is not None:
        names |= {person.id for person in people} | {team for person in people for team in person.teams}
        if name not in names and (strict or ":" in name):
            findings.error(node, unknown("recipient", name, names))
            return None
        if name not in names:
            findings.warning(node, f"{unknown('recipient', name, names)}; until somebody is, it goes to the operators")
    elif ":" in name:
        findings.error(node, unknown("recipient", name, names))
        return None
    elif name not in names:
        message = f"there is no receiver '{show(name)}', and no people.csv; is it a person or a team of the directory?"
        findings.warning(node, message)
    return name


def check_channel(node: Node, receiver: ReceiverSpec, findings: Findings) -> None:
    """Report a receiver that cannot be told of an alert by itself."""
    if receiver.to_customer:
        findings.error(node, f"receiver '{receiver.name}' writes to customers, and no alert goes there")
    elif receiver.takes_address:
        findings.error(node, f"receiver '{receiver.name}' needs an address; name the person or team to reach there")


def _written(node: Node) -> str | None:
    """Return a recipient as it is written: `{manager_of: employee}` is `manager_of: employee`."""
    if node.is_map and len(node.value) == 1:
        key, _, value = next(node.items())
        return f"{key}: {value.value}" if isinstance(value.value, str) else None
    text = node.value
    if isinstance(text, str) and ":" in text:
        word, _, whose = text.partition(":")
        return f"{word.strip()}: {whose.strip()}"
    return text.strip() if isinstance(text, str) and text.strip() else None
