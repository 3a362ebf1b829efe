"""What stands in place of personal data.

A stand-in is one word to the rules, because an underscore is a letter to them: ``says: phone`` is not met by
``[PHONE_NUMBER]``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.privacy.policy import Finding, Kind

STAND_INS = {
    Kind.EMAIL: "EMAIL_ADDRESS",
    Kind.PHONE: "PHONE_NUMBER",
    Kind.CARD: "CARD_NUMBER",
    Kind.IBAN: "BANK_ACCOUNT",
    Kind.NATIONAL_ID: "NATIONAL_ID",
    Kind.ACCOUNT: "ACCOUNT_NUMBER",
    Kind.ORDER: "ORDER_NUMBER",
    Kind.ADDRESS: "POSTAL_ADDRESS",
    Kind.NAME: "PERSON_NAME",
}
# Of a whole field that was told to go, whatever was in it.
WHOLE = "whole"
HIDDEN = "HIDDEN_VALUE"
HIDDEN_CHARACTER = "•"

# What this service wrote itself: stand-ins, what people are stored as, ids of its own, SHA-256. A digest without a
# letter may be somebody's number all the same.
_WORDS = "|".join((*STAND_INS.values(), HIDDEN))
_NAMES = "|".join((*map(str, Kind), "customer", "employee", "channel"))
_OURS = re.compile(
    rf"\[(?:{_WORDS})(?:_(?=[0-9]*[a-f])[0-9a-f]{{12}})?\]|"
    rf"(?<!\w)(?:{_NAMES})-(?=[0-9]*[a-f])[0-9a-f]{{16}}(?!\w)|"
    r"(?<!\w)(?:al|nt|pr|si|er)_(?=[0-9]*[a-f])[0-9a-f]{12,64}(?![0-9A-Za-z])|"
    r"(?<!\w)(?=[0-9]*[a-f])[0-9a-f]{64}(?!\w)"
)


def masked(kind: Kind | None) -> str:
    """Return what stands in place of a kind; of a whole field with nothing recognised in it for None."""
    return f"[{STAND_INS[kind] if kind else HIDDEN}]"


def hashed(kind: Kind | None, digest: str) -> str:
    """Return the same with a digest, by which equal values stay equal."""
    return f"[{STAND_INS[kind] if kind else HIDDEN}_{digest}]"


def without_ours(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Leave out findings in what this service wrote itself."""
    if not findings:
        return []
    ours = [match.span() for match in _OURS.finditer(text)]
    return [one for one in findings if not any(start <= one.start and one.end <= end for start, end in ours)]


def dotted(text: str, findings: Sequence[Finding]) -> str:
    """Return a text of the same length in which every character of the findings is a dot; spaces stay."""
    pieces, last = [], 0
    for one in findings:
        hidden = text[one.start : one.end]
        pieces += [text[last : one.start], "".join(c if c.isspace() else HIDDEN_CHARACTER for c in hidden)]
        last = one.end
    return "".join([*pieces, text[last:]])
