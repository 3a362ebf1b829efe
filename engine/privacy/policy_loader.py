"""What program.yaml says of personal data."""

from __future__ import annotations

from collections.abc import Mapping

from engine.fields import as_map, check_keys, choice_of, flag_of
from engine.located import Findings, Node
from engine.names import show, unknown
from engine.privacy.policy import ATTRIBUTE, DEFAULT_FIELDS, FIELDS, NAMING, Action, Kind, Policy
from engine.program import AttributeSpec, Program

PRIVACY = "privacy"
PRIVACY_KEYS = ("kinds", "fields", "names", "keep_originals")
ALWAYS = "always"
ACTIONS = tuple(map(str, Action))


def policy_of(node: Node | None, attributes: Mapping[str, AttributeSpec], findings: Findings) -> Policy:
    """Return the policy that a program's file states; what it does not say is as in `Policy`.

    Parameters
    ----------
    attributes
        Those that the program declares.
    """
    root = as_map(node, PRIVACY, findings)
    if root is None:
        return Policy()
    check_keys(root, PRIVACY_KEYS, "setting of privacy", findings)
    fields, always = _fields(root.get("fields"), attributes, findings)
    names = flag_of(root.get("names"), "names", findings, default=False)
    return Policy(
        kinds=_kinds(root.get("kinds"), findings, names=names),
        fields={**DEFAULT_FIELDS, **fields},
        always=always,
        names=names,
        keep_originals=flag_of(root.get("keep_originals"), "keep_originals", findings, default=False),
    )


def check_thanks(program: Program, root: Node, findings: Findings) -> None:
    """Report a receiver that cannot thank customers, because their address is taken out of the feedback."""
    policy = program.privacy
    for receiver in program.receivers.values():
        name = receiver.address_attribute
        spec = program.attributes.get(name) if name is not None else None
        if name is None or spec is None or spec.kind == "one_of":
            continue
        place = ATTRIBUTE + name
        kept = policy.action(place, Kind.EMAIL) is Action.KEEP and policy.action(place, Kind.PHONE) is Action.KEEP
        if not kept or policy.whole(place) is not None:
            findings.warning(
                root.get(PRIVACY) or root,
                f"receiver {receiver.name} writes to the address in attribute {name}, and addresses are taken out of "
                f"it before it is stored; to keep them write privacy: {{fields: {{{place}: keep}}}}",
            )


def _kinds(node: Node | None, findings: Findings, *, names: bool) -> Mapping[Kind, Action]:
    root = as_map(node, "kinds", findings)
    found = {}
    valid = tuple(map(str, Kind))
    for key, key_node, value in root.items() if root else ():
        action = _action(value, f"what becomes of {show(key)}", findings)
        if key not in valid:
            findings.error(key_node, unknown("kind of personal data", key, valid))
        elif key == Kind.NAME and not names:
            findings.warning(key_node, "names are not looked for; to have them found add names: true")
        elif action is not None:
            found[Kind(key)] = action
    return found


def _fields(
    node: Node | None, attributes: Mapping[str, AttributeSpec], findings: Findings
) -> tuple[dict[str, Action], dict[str, Action]]:
    """Return what becomes of what is recognised in fields, and what becomes of fields whatever is in them."""
    root = as_map(node, "fields", findings)
    fields: dict[str, Action] = {}
    always: dict[str, Action] = {}
    for key, key_node, value in root.items() if root else ():
        if not key.startswith(ATTRIBUTE) and key not in FIELDS:
            findings.error(key_node, unknown("field", key, (*FIELDS, f"{ATTRIBUTE}NAME")))
            continue
        if value.is_map:
            whole = _always(key, value, findings)
            always |= {} if whole is None else {key: whole}
            continue
        action = _action(value, f"what becomes of {show(key)}", findings)
        if action is not None and _fits(key, key_node, action, attributes, findings):
            fields[key] = action
    return fields, always


def _always(key: str, node: Node, findings: Findings) -> Action | None:
    check_keys(node, (ALWAYS,), "setting of a field", findings)
    if key not in NAMING:
        said = "takes one word" if key.startswith(ATTRIBUTE) else "has words that stay"
        findings.error(node, f"{show(key)} {said}: {ALWAYS} is for {', '.join(NAMING)}")
        return None
    return _action(node.get(ALWAYS) or Node(None, node.line, node.column), ALWAYS, findings)


def _action(node: Node, what: str, findings: Findings) -> Action | None:
    said = choice_of(node, what, ACTIONS, findings)
    return Action(said) if said is not None else None


def _fits(key: str, node: Node, action: Action, attributes: Mapping[str, AttributeSpec], findings: Findings) -> bool:
    """Report what an attribute cannot become."""
    name = key.removeprefix(ATTRIBUTE)
    if name == key:
        return True
    spec = attributes.get(name)
    if spec is None:
        hint = unknown("attribute", name, attributes) if attributes else f"attribute '{show(name)}' is not declared"
        findings.warning(node, hint)
    elif spec.kind != "text" and action in (Action.MASK, Action.HASH):
        findings.error(node, f"attribute {name} is no text, and nothing can stand in its place; use keep or drop")
        return False
    return True
