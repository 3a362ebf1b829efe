"""The nearest valid name, for errors that help."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_SHOWN = 80
MOST_COMPARED = 2_000


def show(name: str) -> str:
    """Return a text of somebody else's for a message: short, and without characters that steer a terminal."""
    short = name if len(name) <= MOST_SHOWN else name[: MOST_SHOWN - 3] + "..."
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in short)


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None if none is like it.

    A last step of a path counts too: ``ease-of-use`` finds ``digital/ease-of-use``. Among more than
    2,000 names none is looked for.
    """
    names = list(valid)
    if len(names) > MOST_COMPARED:
        return None
    wanted = name.strip().casefold()
    for candidate in names:
        if candidate.casefold().rsplit("/", 1)[-1] == wanted:
            return candidate
    folded = {candidate.casefold().rsplit("/", 1)[-1]: candidate for candidate in names}
    folded |= {candidate.casefold(): candidate for candidate in names}
    found = difflib.get_close_matches(wanted[:200], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def unknown(kind: str, name: str, valid: Iterable[str]) -> str:
    """Return the message for an unknown name, with the nearest valid one or all of them."""
    names = sorted(valid)
    shown = show(name)
    guess = nearest(name, names)
    if guess is not None:
        return f"unknown {kind} '{shown}'; did you mean '{guess}'?"
    if names and len(names) <= 15:
        return f"unknown {kind} '{shown}'; use one of: {', '.join(names)}"
    return f"unknown {kind} '{shown}'"


def is_storable(name: str) -> bool:
    """Return whether a text can be in a database: it has no NUL and no half of a surrogate pair."""
    return "\x00" not in name and not any("\ud800" <= character <= "\udfff" for character in name)
