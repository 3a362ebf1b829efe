"""Loading routes.yaml: the tree of routes, or every error at its place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from engine.alerts.matching import ATTRIBUTE, EVERY_ALERT, FACTS, Matching, Named
from engine.alerts.matching_loader import load_matching
from engine.alerts.recipients import load_recipients
from engine.alerts.routes import TOP, Gathering, Route
from engine.errors import Located
from engine.fields import as_map, check_keys, duration_of, flag_of, text_of, texts_of
from engine.located import Findings, Node, StopReadingError
from engine.names import show, unknown
from engine.program import OPERATORS, Program
from engine.program_files import document_in, document_of, shown_path
from engine.taxonomy import TASKS, Taxonomy

TOP_KEYS = ("to", "group", "routes")
KEYS = ("name", "when", "to", "group", "continue", "routes")
GROUP_KEYS = ("by", "wait", "interval")
MOST_DEPTH = 8
MOST_ROUTES = 1_000
LONGEST = timedelta(days=1)


def load_routes(path: Path, program: Program, found: list[Located]) -> Route | None:
    """Return the top of the routes that a file declares; None where there is no file, or it has errors.

    Parameters
    ----------
    program
        Whose scores, attributes, receivers and people may be named.
    found
        Takes the errors and warnings.
    """
    if not path.exists():
        return None
    findings = Findings(shown_path(path))
    with suppress(StopReadingError):
        route = _tree(document_of(path, findings), program, findings, strict=True)
    found.extend(findings.found)
    return None if findings.errors else route


def read_routes(text: str, file: str, program: Program, found: list[Located], *, strict: bool) -> Route | None:
    """Return the top of the routes that a text declares; None where it has errors.

    Parameters
    ----------
    file
        What the text is called in messages.
    program, found
        As for `load_routes`.
    strict
        Whether somebody whom nobody knows is an error, and not a warning: who is told may leave later.
    """
    findings = Findings(file)
    with suppress(StopReadingError):
        route = _tree(document_in(text, findings), program, findings, strict=strict)
    found.extend(findings.found)
    return None if findings.errors else route


def _tree(root: Node | None, program: Program, findings: Findings, *, strict: bool) -> Route:
    root = root or Node({}, 1, 1)
    check_keys(root, TOP_KEYS, "setting of the routes", findings)
    loader = _Loader(program, findings, strict=strict)
    route = loader.route(root, TOP, EVERY_ALERT, Route(TOP, (OPERATORS,)), 0)
    loader.check_number(root)
    return route


def unknown_labels(routes: Route | None, taxonomy: Taxonomy) -> list[Located]:
    """Return a warning for each label that a route names and the label trees do not have: it takes nothing then."""
    told = []
    for way in routes.each() if routes else ():
        tests = [test for test in way.route.when.tests if isinstance(test, Named) and test.key in TASKS]
        for test in tests:
            valid = taxonomy.nodes(test.key)
            for name in (name for name in test.values if name not in valid):
                message = f"route {way.said}: {unknown(test.key, name, valid)}"
                told.append(Located(way.route.file, way.route.line, 1, message, "warning"))
    return told


class _Loader:
    """Turns nodes into routes under one program."""

    def __init__(self, program: Program, findings: Findings, *, strict: bool) -> None:
        self._program = program
        self._findings = findings
        self._strict = strict
        self._number = 0

    def route(self, node: Node, name: str, when: Matching, above: Route, depth: int) -> Route:
        """Return a route with all below it; what it does not say it takes from the one above."""
        self._number += 1
        to = node.get("to")
        own = Route(
            name=name,
            to=(self._recipients(to) if to else ()) or above.to,
            when=when,
            gathering=self._gathering(node.get("group"), above.gathering),
            goes_on=flag_of(node.get("continue"), "continue", self._findings, default=False),
            file=self._findings.file,
            line=node.line,
        )
        children = self._children(node.get("routes"), own, depth)
        return Route(own.name, own.to, own.when, own.gathering, own.goes_on, children, own.file, own.line)

    def _recipients(self, node: Node) -> tuple[str, ...]:
        return load_recipients(node, self._program, self._findings, strict=self._strict)

    def check_number(self, root: Node) -> None:
        """Report a tree that is larger than anybody can oversee."""
        if self._number > MOST_ROUTES:
            self._findings.error(root, f"there are {self._number:,} routes; at most {MOST_ROUTES:,} are taken")

    def _children(self, node: Node | None, above: Route, depth: int) -> tuple[Route, ...]:
        if node is None:
            return ()
        if not node.is_list or not node.value:
            self._findings.error(node, "'routes' must be a list of routes, each on a line that starts with '- '")
            return ()
        if depth >= MOST_DEPTH:
            self._findings.error(node, f"routes are nested deeper than {MOST_DEPTH} levels")
            return ()
        found: list[Route] = []
        for place, entry in enumerate(node.value, start=1):
            if as_map(entry, "a route", self._findings) is not None:
                found.append(self._child(entry, place, above, depth, found))
        return tuple(found)

    def _child(self, node: Node, place: int, above: Route, depth: int, before: Sequence[Route]) -> Route:
        check_keys(node, KEYS, "setting of a route", self._findings)
        name = self._name(node.get("name"), place, before)
        when = node.get("when")
        matching = EVERY_ALERT if when is None else load_matching(when, self._program, self._findings)
        route = self.route(node, name, matching or EVERY_ALERT, above, depth + 1)
        if not self._findings.errors:
            self._check_reached(node, route, before)
        return route

    def _name(self, node: Node | None, place: int, before: Sequence[Route]) -> str:
        name = text_of(node, "name", self._findings, most=100)
        if node is None or name is None:
            return str(place)
        if ">" in name or ";" in name or not name.isprintable():
            self._findings.error(node, f"'{show(name)}' cannot name a route; leave out > and ;")
        if any(route.name == name for route in before):
            self._findings.error(node, f"two routes beside each other are called '{show(name)}'; rename one")
        return name

    def _check_reached(self, node: Node, route: Route, before: Sequence[Route]) -> None:
        first = next((one for one in before if not one.goes_on and one.when.includes(route.when)), None)
        if first is not None:
            why = f"'{show(first.name)}' (line {first.line}) takes all that it takes, and does not continue"
            self._findings.warning(node, f"route '{show(route.name)}' is never reached: {why}")

    def _gathering(self, node: Node | None, above: Gathering | None) -> Gathering | None:
        if node is None:
            return above
        if node.value == "none":
            return None
        if not node.is_map:
            self._findings.error(node, "group is 'none', or says by what: {by: [rule, unit], wait: 30s, interval: 5m}")
            return above
        check_keys(node, GROUP_KEYS, "setting of a group", self._findings)
        by = node.get("by")
        keys = tuple(dict.fromkeys(self._group_key(key, by or node) for key in texts_of(by, "by", self._findings)))
        if not keys:
            self._findings.error(by or node, "a group needs by: what its alerts agree in, such as [rule, unit]")
        wait = self._span(node.get("wait"), "wait", Gathering(()).wait)
        return Gathering(keys, wait, self._span(node.get("interval"), "interval", Gathering(()).interval))

    def _group_key(self, key: str, node: Node) -> str:
        if key in FACTS:
            return key
        name = key.removeprefix(ATTRIBUTE)
        if name == key and name not in self._program.attributes:
            valid = [*FACTS, *self._program.attributes]
            self._findings.error(node, unknown("thing to group by", key, valid))
        return f"{ATTRIBUTE}{name}"

    def _span(self, node: Node | None, what: str, default: timedelta) -> timedelta:
        span = duration_of(node, what, self._findings)
        if span is not None and node is not None and span > LONGEST:
            self._findings.error(node, f"{what} is at most a day")
        return default if span is None else span
