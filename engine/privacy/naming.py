"""By what a customer is known, and what stands in the place of that once the customer is forgotten."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

GONE = "[erased]"
# A shorter name stands in too many words that mean something else.
LEAST_SEARCHED = 3


class Names:
    """The names of one customer, and the tokens of one erasure.

    Parameters
    ----------
    names
        As given, and as stored.
    salt
        Makes tokens that nobody can trace back once it is gone.
    """

    def __init__(self, names: Iterable[str], salt: str) -> None:
        self.names = tuple(dict.fromkeys(name for name in names if name))
        self._salt = salt.encode()
        self._folded = frozenset(name.casefold() for name in self.names)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.casefold() in self._folded

    def token(self, value: str) -> str:
        """Return what stands for a value from now on: the same for the same value, as long as the salt is known."""
        return f"erased-{hmac.new(self._salt, value.casefold().encode(), hashlib.sha256).hexdigest()[:16]}"

    @cached_property
    def searched(self) -> tuple[str, ...]:
        """The names that are long enough to be looked for inside of texts."""
        return tuple(name for name in self.names if len(name) >= LEAST_SEARCHED)

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """The spellings that a database looks for, also inside of JSON."""
        spelt = [one for name in self.searched for one in (name, name.casefold(), name.upper())]
        forms = [
            form for one in spelt for form in (one, json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1])
        ]
        return tuple(dict.fromkeys(forms))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        if not self.searched:
            return None
        longest = sorted(self.searched, key=len, reverse=True)
        # Not inside of a longer name: of c1, neither c12 nor c1-b nor c1@x.example.
        return re.compile(rf"(?<![\w@+.-])(?:{'|'.join(map(re.escape, longest))})(?![\w@+-]|\.\w)", re.IGNORECASE)

    def stand_in(self, text: str) -> bool:
        """Return whether one of the names stands in a text, as a word."""
        return text.casefold() in self._folded or (self._pattern is not None and bool(self._pattern.search(text)))

    def cleaned(self, text: str) -> str:
        """Return a text without the names."""
        if text.casefold() in self._folded:
            return GONE
        return text if self._pattern is None else self._pattern.sub(GONE, text)

    def cleaned_json(self, value: Any) -> Any:
        """Return a JSON value without the names, in keys too."""
        return mapped(value, self.cleaned)


def mapped(value: Any, change: Any) -> Any:
    """Return a JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(one, change) for one in value]
    if isinstance(value, Mapping):
        return {change(key): mapped(one, change) for key, one in value.items()}
    return value


def texts_in(value: Any) -> Iterable[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield key
            yield from texts_in(one)
