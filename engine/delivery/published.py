"""Published receivers: read as those of the file are, and without anything that nobody else may know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from engine.delivery.guard import resolve
from engine.delivery.receiver_file import ReceiverReader
from engine.delivery.receiver_rules import WEB, check_together
from engine.delivery.spec import ADDRESS, ReceiverSpec
from engine.delivery.template_folder import names_of
from engine.errors import DeliveryError, Located
from engine.located import Findings, Node, StopReadingError
from engine.names import show
from engine.program import Program
from engine.program_files import document_in

# Where to, and by which secret, is known to the environment of the service only. Were the variable a part of a longer
# text, whoever may publish could send what any variable holds to a place of their own.
KEPT_APART = ("url", "secret")
_VARIABLE = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}\Z")


@dataclass
class _Read:
    """One text, and what it came to."""

    findings: Findings
    specs: dict[str, ReceiverSpec] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


def read_published(
    texts: Mapping[str, str], program: Program, environment: Mapping[str, str]
) -> tuple[dict[str, ReceiverSpec], list[Located]]:
    """Return published receivers by name, and all that is wrong with them.

    One with an error is there too, and says why nothing can be sent to it: what names it still holds.

    Parameters
    ----------
    texts
        By the receiver's name, a document that declares it as receivers.yaml does.
    program
        Its receivers are those of the file.
    environment
        Where ``${NAME}`` is looked up.
    """
    read = {name: _read(name, text, program, environment) for name, text in texts.items()}
    every = {**program.receivers, **{name: one.specs[name] for name, one in read.items() if name in one.specs}}
    found: dict[str, ReceiverSpec] = {}
    for name, one in read.items():
        with suppress(StopReadingError):
            check_together(every, one.nodes, one.findings)
        errors = (finding.message for finding in one.findings.found if finding.level == "error")
        spec = one.specs.get(name) or ReceiverSpec(name, "log")
        found[name] = replace(spec, published=True, problem=next(errors, None))
    return found, [finding for one in read.values() for finding in one.findings.found]


def _read(name: str, text: str, program: Program, environment: Mapping[str, str]) -> _Read:
    read = _Read(Findings(f"{name}.yaml"))
    with suppress(StopReadingError):
        root = document_in(text, read.findings)
        _check_name(name, root, read.findings)
        reader = ReceiverReader(read.findings, program, names_of(program.templates), environment)
        for key in KEPT_APART:
            _check_variable(key, root.get(name) if root else None, read.findings)
        specs, nodes = reader.declared(root)
        read.specs = {key: one for key, one in specs.items() if key == name}
        read.nodes = {key: one for key, one in nodes.items() if key == name}
    return read


def _check_name(name: str, root: Node | None, findings: Findings) -> None:
    for key, key_node, _ in root.items() if root else ():
        if key != name:
            said = f"the text names receiver '{show(key)}', and it is to be '{name}' alone; a name does not change"
            findings.error(key_node, said)
    if (root is None or root.get(name) is None) and not findings.errors:
        findings.error(root or Node(None, 1, 1), f"there is no receiver here; begin with '{name}:'")


def _check_variable(key: str, receiver: Node | None, findings: Findings) -> None:
    node = receiver.get(key) if receiver is not None and receiver.is_map else None
    if node is not None and not (isinstance(node.value, str) and _VARIABLE.match(node.value)):
        findings.error(
            node,
            f"the {key} of a published receiver is the name of an environment variable of the service and nothing "
            f"else, such as ${{{key.upper()}_OF_IT}}: addresses and secrets are not kept in the store",
        )


def wrong_place(spec: ReceiverSpec) -> str | None:
    """Return why a receiver's address can never be sent to; None where it can, or its name does not resolve now."""
    if spec.kind not in WEB:
        return None
    try:
        resolve((spec.url or "").replace(ADDRESS, ""), allow_private=spec.allow_private)
    except DeliveryError as problem:
        return str(problem) if problem.permanent else None
    return None
