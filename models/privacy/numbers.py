"""Cards, phone numbers and other long numbers: every run of digits is cut into groups and judged by them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.privacy.policy import Finding, Kind
from models.privacy.phones import extended, phone
from models.privacy.runs import MOST_DIGITS, Run, all_years, counted, runs
from models.privacy.shapes import near, words

CARD_CUE = words(
    "cards?", "visa", "master ?card", "amex", "american express", "maestro", "debit", "credit", "discover", "diners",
    "karte", "kreditkarte", "carte", "tarjeta", "carta", "pan",
)  # fmt: skip
_CARD_GROUPS = frozenset(
    {
        (4, 4, 4, 4),
        (4, 6, 5),
        (4, 6, 4),
        (4, 4, 4, 4, 3),
        (4, 4, 4, 1),
        (6, 13),
        (8, 8),
        (6, 10),
        (4, 4, 4, 4, 2),
        (6, 7),
    }
)
LEAST_CARD, LEAST_LONG = 13, 9


def find_numbers(text: str) -> Iterator[Finding]:
    """Yield the cards, phone numbers and other long numbers of a plain text."""
    for run in runs(text):
        at = 0
        while at < len(run.groups):
            found, taken = _judged(run, at)
            if found is not None:
                yield found
            at += taken


def _judged(run: Run, at: int) -> tuple[Finding | None, int]:
    """Return what begins at a group of a run, a card before a phone number before a long number, and its groups."""
    windows = list(run.windows(at))
    for window in windows:
        if (score := card(window)) > 0:
            return window.finding(Kind.CARD, score), len(window.groups)
    for window in windows:
        if (score := phone(window)) > 0:
            return extended(window.finding(Kind.PHONE, score), run.text), len(window.groups)
    return _long(run, at)


def _long(run: Run, at: int) -> tuple[Finding | None, int]:
    """Return a number of nine digits and more: nothing that customers count is as long, so it names something."""
    start, end = run.groups[at]
    if end - start >= LEAST_LONG:
        return Finding(start, end, Kind.ACCOUNT, 0.3), 1
    last = at
    while last < len(run.groups) and run.groups[last][1] - run.groups[last][0] <= 2:
        last += 1
    spelled = Run(run.text, run.groups[at:last])
    if last - at >= LEAST_LONG and not counted(spelled):
        return spelled.finding(Kind.ACCOUNT, 0.3), last - at
    return None, 1


def card(run: Run) -> float:
    """Return how sure it is that a run is the number of a payment card, 0 if it is not.

    References
    ----------
    ISO/IEC 7812-1: the numbering of cards, with the check digit of H. P. Luhn.
    """
    digits = run.digits
    if not LEAST_CARD <= len(digits) <= MOST_DIGITS or digits[0] not in "23456" or not luhn(digits):
        return 0
    if len(set(digits)) < 2 or all_years(run) or counted(run):
        return 0
    sizes = run.sizes
    if len(sizes) == 1 or sizes in _CARD_GROUPS or max(sizes) <= 2:
        return 0.95
    return 0.9 if near(CARD_CUE, run.text, run.groups[0][0], run.groups[-1][1]) else 0


def luhn(digits: str) -> bool:
    """Tell whether the last of the digits is the check digit of the others after Luhn."""
    doubled = "0246813579"
    total = sum(map(int, digits[-1::-2])) + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])
    return total % 10 == 0
