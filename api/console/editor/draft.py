"""The draft: a rule's text, and the same as values that a form can change."""

from __future__ import annotations

import re
import unicodedata
from copy import deepcopy
from typing import Any

from engine.errors import QuestionError
from engine.located import Findings, parse
from engine.rules.rewriting import rewrite, values_of
from engine.rules.writing import written

Step = str | int
Path = tuple[Step, ...]
BROKEN = "the YAML has a mistake that hides the rule from the form; mend it there first"
TOO_LONG = "The rule is too long for the form; it is changed in the YAML alone."
# What the form changes is written and read again at once, in the thread that serves all pages.
MOST_FORM = 20_000
MOVED = "the YAML was changed there meanwhile; look at the form again"


class Draft:
    """A rule as it is written; what the form changes is written into the text, and the rest of it stays.

    Parameters
    ----------
    text
        One document of YAML. It may be broken: then only its text can be changed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.values = _values(text)

    @property
    def is_broken(self) -> bool:
        """Whether the text is no rule that a form could show."""
        return self.values is None

    @property
    def broken_because(self) -> str:
        """Why the text is no rule that a form could show."""
        if len(self.text) > MOST_FORM:
            return TOO_LONG
        findings = Findings("")
        found = parse(self.text, findings)
        if findings.found:
            first = findings.found[0]
            return f"Line {first.line}: {first.message}"
        return "Write one rule." if len(found) != 1 else "A rule begins with 'rule: a-short-name'."

    def follow(self, text: str) -> bool:
        """Take a text over; return whether the form has to show something else now."""
        before, self.text = self.values, text
        self.values = _values(text)
        return self.values != before

    def get(self, path: Path, default: Any = None) -> Any:
        """Return the value at a path, or a default where there is none."""
        found: Any = self.values
        for step in path:
            inside = step in found if isinstance(found, dict) else isinstance(step, int) and _has(found, step)
            if inside:
                found = found[step]
            else:
                return default
        return found

    def put(self, path: Path, value: Any) -> None:
        """Set the value at a path; what leads there is made.

        Raises
        ------
        QuestionError
            If the text is broken.
        """
        values = self._copy()
        _parent(values, path)[path[-1]] = value
        self._write(values)

    def add(self, path: Path, value: Any) -> None:
        """Append to the list at a path, or begin it.

        Raises
        ------
        QuestionError
            If the text is broken.
        """
        found = self.get(path)
        self.put(path, [*found, value] if isinstance(found, list) else [value])

    def drop(self, path: Path) -> None:
        """Take the value at a path out, and what is empty without it.

        Raises
        ------
        QuestionError
            If the text is broken.
        """
        values = self._copy()
        while path:
            parent: Any = _parent(values, path)
            if isinstance(parent, list):
                del parent[int(path[-1])]
            else:
                parent.pop(path[-1], None)
            path = path[:-1]
            if parent:
                break
        self._write(values)

    def _copy(self) -> dict[str, Any]:
        if self.values is None:
            raise QuestionError(BROKEN)
        return deepcopy(self.values)

    def _write(self, values: dict[str, Any]) -> None:
        self.text, self.values = rewrite(self.text, values), values


def _values(text: str) -> dict[str, Any] | None:
    return values_of(text) if len(text) <= MOST_FORM else None


def _has(found: Any, place: int) -> bool:
    return isinstance(found, list) and place < len(found)


def _parent(values: Any, path: Path) -> Any:
    """Return what holds the last step of a path, made where it is not there."""
    found: Any = values
    for step in path[:-1]:
        if isinstance(found, dict) and not isinstance(found.get(str(step)), (dict, list)):
            found[str(step)] = {}
        elif not isinstance(found, dict) and not (isinstance(step, int) and _has(found, step)):
            raise QuestionError(MOVED)
        found = found[step]
    if isinstance(found, list) and not (isinstance(path[-1], int) and _has(found, path[-1])):
        raise QuestionError(MOVED)
    return found


def new_rule(author: str) -> str:
    """Return the text that a new rule begins with."""
    return written({"rule": "new-rule", "title": "", "author": author, "status": "draft"})


def slug_of(title: str) -> str:
    """Return the name that a rule gets from its title: lower-case letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-") or "new-rule"
