"""Phone numbers, in the ways they are written around the world."""

from __future__ import annotations

import re
from functools import cache

from engine.privacy.policy import Finding
from models.privacy.runs import Run, all_years, counted
from models.privacy.shapes import near, words

CUE = words(
    "phones?", "tel\\.?", "telephone", "telefon", "telefono", "teléfono", "téléphone", "telefonnummer", "handy",
    "handynummer", "mobile", "mobil", "móvil", "movil", "portable", "cell", "cellphone", "cellular", "landline", "fax",
    "call(?:ed|ing|back|s)?", "ring", "rang", "dial(?:led|ed)?", "text(?:ed)?", "sms", "whats ?app",
    "reach(?:ed|able)?", "voicemail", "contact", "erreichbar", "rückruf", "anrufen", "appel(?:er|ez)",
    "rappel(?:er|ez)", "llam(?:ar|e|en|ame)", "number is", "my number", "numbers?:", "nummer", "numéro", "numero",
    "número", "try me", "get me", "hotline",
)  # fmt: skip
_EXTENSION = re.compile(
    r"[\s,]{0,2}(?:ext(?:ension)?\.?|x|extn\.?|durchwahl|poste|#)\s?:?\s?\d{1,6}(?!\d)", re.IGNORECASE
)
_NORTH_AMERICAN = frozenset({(10,), (3, 3, 4), (3, 7), (11,), (1, 3, 3, 4), (1, 10), (1, 3, 7), (6, 4)})
_OF_NINE = frozenset({(3, 3, 3), (3, 2, 2, 2), (2, 3, 2, 2), (3, 6)})
_INDIAN = frozenset({(5, 5), (10,), (4, 3, 3), (4, 6), (3, 3, 4)})
_ITALIAN = frozenset({(3, 7), (3, 3, 4), (3, 6), (10,)})
# Country codes that people write without the plus; of others that would be a guess.
_BARE_CODES = ("1", "31", "32", "33", "34", "39", "41", "43", "44", "49", "61", "91", "353")


@cache
def _country_codes() -> frozenset[str]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return frozenset(str(code) for code in COUNTRY_CODE_TO_REGION_CODE)


def phone(run: Run) -> float:
    """Return how sure it is that a run of digits is a phone number, 0 if it is not."""
    digits = run.digits
    if not 7 <= len(digits) <= 17 or counted(run) or all_years(run):
        return 0
    return _international(run, digits) or _national(run.sizes, digits) or _cued(run, digits)


def extended(finding: Finding, text: str) -> Finding:
    """Return a finding with the extension that follows it."""
    more = _EXTENSION.match(text, finding.end)
    return Finding(finding.start, more.end(), finding.kind, finding.score) if more else finding


def _international(run: Run, digits: str) -> float:
    if run.signed:
        return 0.9 if 8 <= len(digits) <= 16 and _coded(digits) else 0
    if digits.startswith("00"):
        return 0.8 if 10 <= len(digits) <= 17 and _coded(digits[2:]) else 0
    whole = len(run.groups) == 1 or run.first in _BARE_CODES
    return 0.55 if whole and 11 <= len(digits) <= 13 and digits.startswith(_BARE_CODES) else 0


def _coded(digits: str) -> bool:
    return any(digits[:length] in _country_codes() for length in (1, 2, 3))


def _national(sizes: tuple[int, ...], digits: str) -> float:
    """Return how much a number without its country's code is written like one."""
    if digits[0] == "0" and digits[1] != "0" and 9 <= len(digits) <= 12 and (sizes[0] > 1 or max(sizes) <= 2):
        return 0.7
    american = digits[-10:]
    if sizes in _NORTH_AMERICAN and american[0] > "1" and american[3] > "1" and digits[:-10] in ("", "1"):
        return 0.65
    if sizes == (3, 3, 4) or (len(digits) == 9 and digits[0] > "4" and sizes in _OF_NINE):
        return 0.6
    if (sizes in _INDIAN and digits[0] > "5") or (sizes in _ITALIAN and digits[0] == "3"):
        return 0.6
    return 0.5 if sizes == (9,) and digits[0] in "67" else 0


def _cued(run: Run, digits: str) -> float:
    cued = len(digits) <= 15 and near(CUE, run.text, run.groups[0][0], run.groups[-1][1])
    return 0.6 if cued else 0
