"""International bank account numbers, by the length of each country's and their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.privacy.policy import Finding, Kind
from models.privacy.shapes import near, words

_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO EG GT HU LB NI PL SV", 29: "BR PS QA UA", 30: "JO KW MU", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
LENGTH_OF = {country: length for length, countries in _LENGTHS.items() for country in countries.split()}
_BEGIN = re.compile(r"(?<![^\W_])([A-Z])[ .-]?([A-Z])[ .:-]{0,2}\d[ .-]?\d", re.IGNORECASE)
_NEXT = re.compile(r"[ \t\r\n.:_/-]{0,3}([A-Z0-9])", re.IGNORECASE)
_CUE = words("iban")


def find_ibans(text: str) -> Iterator[Finding]:
    """Yield the account numbers of a plain text; with a wrong check digit only where the words speak of an account.

    References
    ----------
    ISO 13616-1 and the IBAN registry of SWIFT, for the lengths; ISO/IEC 7064, MOD 97-10, for the check digits.
    """
    for begin in _BEGIN.finditer(text):
        length = LENGTH_OF.get((begin[1] + begin[2]).upper())
        if length is None:
            continue
        written, end = _taken(text, begin.start(), length)
        # Banks' letters are few, so that words after a country's code are none.
        if len(written) < length or sum(map(str.isdigit, written)) * 2 < length:
            continue
        # "be 6554 ..." is a verb and a card as a rule; a country's code in lower case is written close to its digits.
        close = not begin[1].islower() or text[begin.start() + 2].isdigit() or not text[begin.start() + 1].isalpha()
        if valid(written) and (close or near(_CUE, text, begin.start(), end)):
            yield Finding(begin.start(), end, Kind.IBAN, 0.98)
        elif near(_CUE, text, begin.start(), end):
            yield Finding(begin.start(), end, Kind.IBAN, 0.5)


def _taken(text: str, start: int, length: int) -> tuple[str, int]:
    """Return so many letters and digits from a place on, and where they end."""
    written: list[str] = []
    at = start
    while len(written) < length and (found := _NEXT.match(text, at)):
        written.append(found[1])
        at = found.end()
    return "".join(written).upper(), at


def valid(iban: str) -> bool:
    """Tell whether the check digits of an account number, in capitals and without spaces, are right."""
    if not iban.isascii() or not iban.isalnum():
        return False
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
