"""Mutants: a rule's conditions with one thing changed, each with what an example would need to notice it.

References
----------
R. A. DeMillo, R. J. Lipton, F. G. Sayward, "Hints on Test Data Selection: Help for the Practicing Programmer",
Computer 11 (1978).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.located import Node
from engine.program import Program
from engine.rules.condition_loader import GROUPS
from engine.rules.mutant_steps import BOUNDS, REACHES, Step, steps
from engine.rules.node_text import brief
from engine.rules.node_walk import STRETCHES
from engine.rules.window_loader import WINDOWS
from engine.taxonomy import TASKS

FIRES, QUIET = "fires", "stays quiet"
BOUNDED = (*BOUNDS, *REACHES)

# Puts something in the place of a node and returns the whole; None leaves the node out.
Put = Callable[[Node | None], Node | None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule.

    Parameters
    ----------
    node
        Where the change is.
    change
        What is changed, for people.
    hint
        The example that would notice it.
    make
        Returns the changed `when`; None when nothing is left of it.
    """

    node: Node
    change: str
    hint: str
    make: Callable[[], Node | None]


def mutants(when: Node, program: Program) -> Iterator[Mutant]:
    """Yield each change of one thing in a rule's `when`, in the order of the file."""
    yield from _condition(when, lambda node: node, program, wanted=True, group="all")


def _condition(node: Node, put: Put, program: Program, *, wanted: bool, group: str) -> Iterator[Mutant]:
    """Yield the mutants of a mapping of conditions.

    Parameters
    ----------
    wanted
        Whether the rule fires rather when it holds; False for what is kept out.
    group
        The kind of list that it is in.
    """
    alone = len(node.value) == 1
    for key, key_node, value in node.items():
        at = _Entry(node, key, key_node, value, put)
        yield from _dropped(at, wanted=wanted, group=group if alone else "all")
        if key in GROUPS:
            yield from _group(at, program, wanted=wanted)
        elif key in STRETCHES:
            yield from _stretch(at, program, wanted=wanted)
        elif key in WINDOWS:
            yield from _test(at, program, wanted=wanted)
            of = value.get("of")
            if of is not None and of.is_map and of.get("rule") is None:
                yield from _condition(of, at.inside("of"), program, wanted=wanted, group="all")
        else:
            yield from _negated(at)
            yield from _test(at, program, wanted=wanted)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a mapping of conditions."""

    node: Node
    key: str
    key_node: Node
    value: Node
    put_node: Put

    @property
    def said(self) -> str:
        return f"'{brief(Node({self.key: (self.key_node, self.value)}, 1, 1))[1:-1]}'"

    def put(self, value: Node | None) -> Node | None:
        """Put another value in the place of this one."""
        return self.put_node(_with(self.node, self.key, value))

    def inside(self, key: str) -> Put:
        """Return what puts something in the place of a value inside this one."""
        return lambda child: self.put(_with(self.value, key, child))

    def child(self, place: int) -> Put:
        """Return what puts something in the place of a child of this list."""
        return lambda child: self.put(_placed(self.value, place, child))


def _dropped(at: _Entry, *, wanted: bool, group: str) -> Iterator[Mutant]:
    if group == "all":
        hint = f"add an example where all but {at.said} holds, that {QUIET if wanted else FIRES}"
    else:
        hint = f"add an example where of these only {at.said} holds, that {FIRES if wanted else QUIET}"
    yield Mutant(at.key_node, f"{at.said} is left out", hint, lambda: at.put(None))


def _negated(at: _Entry) -> Iterator[Mutant]:
    hint = f"add two examples that differ only in {at.said}, one that {FIRES} and one that {QUIET}"

    def make() -> Node | None:
        turned = Node({at.key: (at.key_node, at.value)}, at.key_node.line, at.key_node.column)
        return at.put_node(_joined(_without(at.node, at.key), "none", [turned], at.key_node))

    yield Mutant(at.key_node, f"{at.said} is turned into its opposite", hint, make)


def _group(at: _Entry, program: Program, *, wanted: bool) -> Iterator[Mutant]:
    if not at.value.is_list:
        return
    inner = wanted is not (at.key == "none")
    if len(at.value.value) > 1 or at.key == "none":
        yield _regrouped(at, wanted=wanted)
    for place, child in enumerate(at.value.value):
        if child.is_map:
            yield from _condition(child, at.child(place), program, wanted=inner, group=at.key)


def _regrouped(at: _Entry, *, wanted: bool) -> Mutant:
    """Return the mutant in which `all` is `any`, or the other way round, or `none` is `any`."""
    other = "all" if at.key == "any" else "any"
    some = "one" if at.key == "none" else "some, but not all,"
    fires = wanted if at.key == "any" else not wanted
    hint = (
        f"add an example where {some} of these hold{'s' if at.key == 'none' else ''}, that {FIRES if fires else QUIET}"
    )

    def make() -> Node | None:
        rest = _without(at.node, at.key)
        if other == "all":
            return at.put_node(_joined(rest, "all", at.value.value, at.key_node))
        turned = Node({"any": (at.key_node, at.value)}, at.key_node.line, at.key_node.column)
        return at.put_node(_joined(rest, "all", [turned], at.key_node))

    return Mutant(at.key_node, f"'{at.key}' becomes '{other}'", hint, make)


def _stretch(at: _Entry, program: Program, *, wanted: bool) -> Iterator[Mutant]:
    """Yield the mutants of conditions that must hold in one stretch of the text."""
    yield from _negated(at)
    children = at.value if at.value.is_list else at.value.get("all")
    if at.value.is_map:
        yield from _test(at, program, wanted=wanted)
    if children is None or not children.is_list:
        return
    inside = at.put if at.value.is_list else at.inside("all")
    for place, child in enumerate(children.value):
        if child.is_map:
            put = _within(children, place, inside)
            yield from _condition(child, put, program, wanted=wanted, group="all")


def _test(at: _Entry, program: Program, *, wanted: bool) -> Iterator[Mutant]:
    """Yield the mutants of one test: its bounds moved, its lists shortened."""
    yield from _values(at, at.value, at.put, all_of=False, wanted=wanted)
    if at.value.is_map:
        yield from _bounds(at, at.value, at.put, program, wanted=wanted)


def _bounds(at: _Entry, node: Node, put: Put, program: Program, *, wanted: bool) -> Iterator[Mutant]:
    for test, test_node, value in node.items():
        inside = _inside(node, test, put)
        if test in BOUNDED and not value.is_map:
            yield from _moved(at, test, test_node, value, inside, program, wanted=wanted)
        elif test == "between" and value.is_list and len(value.value) == len(BOUNDS):
            for place, bound in enumerate(BOUNDS):
                end = value.value[place]
                yield from _moved(at, bound, end, end, _within(value, place, inside), program, wanted=wanted)
        elif value.is_map and test != "of":
            yield from _bounds(at, value, inside, program, wanted=wanted)


def _moved(
    at: _Entry, test: str, where: Node, value: Node, put: Put, program: Program, *, wanted: bool
) -> Iterator[Mutant]:
    for step in steps(at.key, test, value, program):
        does = FIRES if step.wider is not wanted else QUIET
        change = f"'{at.key} {test} {value.source}' becomes {step.node.source}"
        yield Mutant(where, change, f"add an example {_witness(at, test, step)} that {does}", _made(put, step.node))


def _witness(at: _Entry, test: str, step: Step) -> str:
    """Return what an example needs to have to stand between a bound and the changed one."""
    labels = at.value.get("is")
    if step.witness and at.key in TASKS and labels is not None:
        return f"with {at.key} {brief(labels)} at {step.witness}"
    if step.witness and at.key in ("count", "distinct", "spike"):
        return f"with 'repeat: {step.witness}'"
    if step.witness and at.key not in (*WINDOWS, "says"):
        return f"with {at.key} {step.witness}"
    return f"between '{test}' as it is and {step.node.source},"


def _values(at: _Entry, node: Node, put: Put, *, all_of: bool, wanted: bool) -> Iterator[Mutant]:
    """Yield the mutants that leave one value of a list out."""
    if node.is_map:
        for key, _, value in node.items():
            if key != "between" and key != "of" and not (key == "all" and at.key in STRETCHES):
                yield from _values(at, value, _inside(node, key, put), all_of=key == "all", wanted=wanted)
    if not node.is_list:
        return
    for place, child in enumerate(node.value):
        inside = _within(node, place, put)
        if child.is_list:
            yield from _values(at, child, inside, all_of=not all_of, wanted=wanted)
        if len(node.value) > 1:
            if all_of:
                hint = f"add an example with all but '{brief(child)}', that {QUIET if wanted else FIRES}"
            else:
                hint = f"add an example with {at.key} '{brief(child)}' and no other of the list, that "
                hint += FIRES if wanted else QUIET
            yield Mutant(child, f"'{brief(child)}' is left out of {at.key}", hint, _made(inside, None))


def _made(put: Put, node: Node | None) -> Callable[[], Node | None]:
    return lambda: put(node)


def _inside(node: Node, key: str, put: Put) -> Put:
    return lambda child: put(_with(node, key, child))


def _within(node: Node, place: int, put: Put) -> Put:
    return lambda child: put(_placed(node, place, child))


def _with(node: Node, key: str, value: Node | None) -> Node | None:
    """Return a mapping with another value at a key, or without it; None when nothing is left."""
    entries = dict(node.value)
    if value is None:
        del entries[key]
    else:
        entries[key] = (entries[key][0], value)
    return Node(entries, node.line, node.column) if entries else None


def _without(node: Node, key: str) -> Node:
    return Node({name: entry for name, entry in node.value.items() if name != key}, node.line, node.column)


def _placed(node: Node, place: int, child: Node | None) -> Node | None:
    """Return a list with another child at a place, or without it; None when nothing is left."""
    children = [*node.value[:place], *([] if child is None else [child]), *node.value[place + 1 :]]
    return Node(children, node.line, node.column) if children else None


def _joined(node: Node, key: str, children: list[Node], where: Node) -> Node:
    """Return a mapping of conditions with more of them under one of its groups."""
    before = node.get(key)
    found = [*(before.value if before is not None and before.is_list else []), *children]
    entry = (where, Node(found, where.line, where.column))
    return Node(node.value | {key: entry}, node.line, node.column)
