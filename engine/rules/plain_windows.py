"""Conditions over time in plain English: how much of what, within what span."""

from __future__ import annotations

from functools import singledispatch

from engine.rules.grouping import Grouping
from engine.rules.plain_words import plain_name, spelt
from engine.rules.saying import Saying
from engine.rules.window import Count, Distinct, Flatline, Share, Spike, Window


def say_groups(per: tuple[Grouping, ...]) -> str:
    """Return what is looked at by itself, such as ``customer and store``."""
    return " and ".join(plain_name(one.name) for one in per)


def say_window(window: Window, counted: Saying | None) -> Saying:
    """Return a condition over time in plain English.

    Parameters
    ----------
    counted
        What is counted; None counts every record.
    """
    apart = f", for any one {say_groups(window.per)}," if window.per else ""
    within = f"within {spelt(window.within)}{apart} {_amount(window)}"
    if counted is None:
        return Saying(within)
    return counted.after(f"{within}{' are such that' if isinstance(window, Share) else ' for which'}")


@singledispatch
def _amount(window: Window) -> str:
    raise TypeError(f"{type(window).__name__} has no words in plain English")


@_amount.register
def _count(window: Count) -> str:
    return "a record comes" if window.at_least == 1 else f"at least {window.at_least} records come"


@_amount.register
def _distinct(window: Distinct) -> str:
    return f"records with at least {window.at_least} different values of {plain_name(window.what.name)} come"


@_amount.register
def _share(window: Share) -> str:
    return f"at least {100 * window.at_least:.4g}% of all records, when there are {window.volume} or more,"


@_amount.register
def _spike(window: Spike) -> str:
    spans = f"the {window.against} spans before" if window.against > 1 else "the span before"
    chance = f"{window.at_least} at least, and with a probability of at most {window.p:g} by chance"
    return f"more records come than {spans} explain ({chance})"


@_amount.register
def _flatline(window: Flatline) -> str:
    return f"no record comes (where {window.usual:g} or more are usual, by the {window.against} spans before)"
