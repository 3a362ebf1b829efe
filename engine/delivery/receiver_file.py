"""Loading receivers.yaml: every receiver, or every error at its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from typing import cast

from engine.delivery.receiver_rules import check_receiver, check_together
from engine.delivery.spec import (
    DEFAULT_RECEIVERS,
    DIGEST_AT,
    EVERY_DAY,
    KINDS,
    TIMEOUT,
    QuietHours,
    ReceiverKind,
    ReceiverSpec,
    Sees,
)
from engine.errors import Located
from engine.fields import as_map, check_keys, choice_of, duration_of, flag_of, text_of, texts_of, whole_of
from engine.located import Findings, Node, StopReadingError
from engine.names import show, unknown
from engine.program import Program
from engine.program_files import SLUG, document_of, shown_path, zone_of

COMMON = ("kind", "sees", "fallback", "quiet_hours", "budget", "digest_at", "zone")
WEB = ("url", "timeout", "allow_private")
CUSTOMERS = ("to_customer", "address_attribute")
# What each kind can keep; anything else would be believed and not be done.
SETTINGS: Mapping[ReceiverKind, tuple[str, ...]] = {
    "log": COMMON,
    "webhook": (*COMMON, *WEB, *CUSTOMERS, "secret"),
    "slack": (*COMMON, *WEB, "template"),
    "teams": (*COMMON, *WEB, "template"),
    "apprise": (*COMMON, "url", "timeout", *CUSTOMERS, "template"),
}
EVERY_SETTING = tuple(dict.fromkeys(name for names in SETTINGS.values() for name in names))
QUIET_KEYS = ("from", "to", "zone", "days")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(seconds=60)
MOST_A_DAY = 100_000
_ENVIRONMENT = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")


def load_receivers(
    path: Path, program: Program, templates: Collection[str], found: list[Located], environment: Mapping[str, str]
) -> Mapping[str, ReceiverSpec]:
    """Return the receivers that a file declares, and ``operators``, which is always there.

    Parameters
    ----------
    path
        The file; where there is none, ``operators`` writes to the log.
    program
        Its zone is that of receivers that name none; one of its attributes may hold customers' addresses.
    templates
        The names of the program's own templates.
    found
        Takes the errors and warnings.
    environment
        Where ``${NAME}`` is looked up.
    """
    receivers = {name: replace(spec, zone=program.zone) for name, spec in DEFAULT_RECEIVERS.items()}
    if not path.exists():
        return receivers
    findings = Findings(shown_path(path))
    with suppress(StopReadingError):
        root = document_of(path, findings)
        receivers |= ReceiverReader(findings, program, templates, environment).receivers(root, receivers)
    found.extend(findings.found)
    return receivers


@dataclass(frozen=True)
class ReceiverReader:
    """Reads the receivers of one text.

    Parameters
    ----------
    findings
        Takes the errors and warnings.
    program, templates, environment
        As for `load_receivers`.
    """

    findings: Findings
    program: Program
    templates: Collection[str]
    environment: Mapping[str, str]

    def receivers(self, root: Node | None, defaults: Mapping[str, ReceiverSpec]) -> Mapping[str, ReceiverSpec]:
        """Return the receivers that a text declares, checked beside others."""
        found, nodes = self.declared(root)
        check_together({**defaults, **found}, nodes, self.findings)
        return {name: replace(spec, file=self.findings.file) for name, spec in found.items()}

    def declared(self, root: Node | None) -> tuple[dict[str, ReceiverSpec], dict[str, Node]]:
        """Return the receivers that a text declares, each checked by itself, and where they stand."""
        found: dict[str, ReceiverSpec] = {}
        nodes: dict[str, Node] = {}
        for key, key_node, value in root.items() if root else ():
            if not SLUG.match(key):
                message = f"'{show(key)}' cannot name a receiver; use lower-case letters, digits and -"
                self.findings.error(key_node, message)
            elif as_map(value, f"receiver {key}", self.findings):
                found[key], nodes[key] = self._receiver(key, value), value
        return found, nodes

    def _receiver(self, name: str, node: Node) -> ReceiverSpec:
        findings = self.findings
        kind = cast(ReceiverKind | None, choice_of(node.get("kind"), "kind of receiver", KINDS, findings))
        if node.get("kind") is None:
            findings.error(node, f"receiver {name} needs a kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}")
        self._check_settings(name, kind, node)
        spec = ReceiverSpec(
            name=name,
            kind=kind or "log",
            url=self._filled(node.get("url"), "url"),
            secret=self._filled(node.get("secret"), "secret"),
            allow_private=flag_of(node.get("allow_private"), "allow_private", findings, default=False),
            timeout=self._timeout(node.get("timeout")),
            template=self._template(node.get("template")),
            sees=Sees(choice_of(node.get("sees"), "sees", tuple(Sees), findings) or Sees.MASKED),
            to_customer=flag_of(node.get("to_customer"), "to_customer", findings, default=False),
            address_attribute=self._attribute(node.get("address_attribute")),
            fallback=text_of(node.get("fallback"), "fallback", findings, most=100),
            budget=whole_of(node.get("budget"), "budget", findings, 1, MOST_A_DAY),
            zone=zone_of(node.get("zone"), findings, self.program.zone),
        )
        spec = replace(
            spec,
            quiet_hours=self._quiet_hours(node.get("quiet_hours"), spec),
            digest_at=self._time(node.get("digest_at"), "digest_at") or DIGEST_AT,
        )
        if kind is not None:
            check_receiver(spec, node, findings)
        return spec

    def _check_settings(self, name: str, kind: ReceiverKind | None, node: Node) -> None:
        keeps = EVERY_SETTING if kind is None else SETTINGS[kind]
        for key, key_node, _ in node.items():
            if key not in EVERY_SETTING:
                self.findings.error(key_node, unknown("setting of a receiver", key, keeps))
            elif key not in keeps:
                self.findings.error(key_node, f"receiver {name} is of kind {kind}, which has no '{key}'; remove it")

    def _filled(self, node: Node | None, what: str) -> str | None:
        text = text_of(node, what, self.findings, most=2000)
        if text is None or node is None:
            return None
        for name in _ENVIRONMENT.findall(text):
            if name not in self.environment:
                self.findings.error(node, f"the environment variable {name} is not set")
        return _ENVIRONMENT.sub(lambda match: self.environment.get(match[1], ""), text)

    def _timeout(self, node: Node | None) -> timedelta:
        span = duration_of(node, "timeout", self.findings)
        if span is not None and node is not None and not SHORTEST <= span <= LONGEST:
            self.findings.error(node, "timeout goes from 1s to 60s: a message that takes longer is tried again")
            return TIMEOUT
        return TIMEOUT if span is None else span

    def _template(self, node: Node | None) -> str | None:
        name = text_of(node, "template", self.findings, most=100)
        if name is not None and node is not None and name not in self.templates:
            said = unknown("template", name, self.templates)
            self.findings.error(node, said if self.templates else f"{said}; make a file {show(name)}.txt in templates/")
        return name

    def _attribute(self, node: Node | None) -> str | None:
        name = text_of(node, "address_attribute", self.findings, most=100)
        if name is not None and node is not None and name not in self.program.attributes:
            self.findings.error(node, unknown("attribute", name, self.program.attributes))
        return name

    def _quiet_hours(self, node: Node | None, spec: ReceiverSpec) -> QuietHours | None:
        hours = as_map(node, "quiet_hours", self.findings)
        if hours is None:
            return None
        check_keys(hours, QUIET_KEYS, "setting of quiet hours", self.findings)
        start, end = (self._time(hours.get(name), name, until=name == "to") for name in ("from", "to"))
        if hours.get("from") is None or hours.get("to") is None:
            self.findings.error(hours, "quiet hours need both ends, such as {from: 22:00, to: 07:00}")
        elif start is not None and start == end and start != time(0):
            self.findings.error(hours, "quiet hours end when they begin; a whole day is {from: 00:00, to: 24:00}")
        zone = zone_of(hours.get("zone"), self.findings, spec.zone)
        return QuietHours(start or time(0), end or time(0), zone, self._days(hours.get("days")))

    def _days(self, node: Node | None) -> frozenset[int]:
        names = texts_of(node, "a day", self.findings)
        for name in names:
            if name not in DAYS and node is not None:
                self.findings.error(node, unknown("day", name, DAYS))
        return frozenset(DAYS.index(name) for name in names if name in DAYS) or EVERY_DAY

    def _time(self, node: Node | None, what: str, *, until: bool = False) -> time | None:
        text = text_of(node, what, self.findings, most=20)
        if text is None or node is None:
            return None
        found = _TIME.match(text)
        if found is None and not (until and text == "24:00"):
            self.findings.error(node, f"{what} must be a time of the day such as 22:00, not '{show(text)}'")
        return time(int(found[1]), int(found[2])) if found else time(0)
