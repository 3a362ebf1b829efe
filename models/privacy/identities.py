"""Numbers by which states know people, with their check digits where there are any: those of Presidio."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from engine.privacy.policy import Kind
from models.privacy.called import called, digits_in, named
from models.privacy.heavy import without_modules
from models.privacy.numbers import luhn
from models.privacy.shapes import Shape, words

_S = r"[ .\-/]{0,2}"
# Where two Italians would have one code, letters stand for digits.
_N = "[0-9LMNP-V]"
_DOCUMENTS = (
    r"passport|passeport|pasaporte|reisepass|passaporto|pass|national id|national identity"
    r"|id card|identity card|identity|state id"
    r"|personalausweis|ausweis|dni|nie|nif|cni|carte d'identité|carta d'identità|driv(?:er|ing"
    r"|er'?s)[ -]licen[cs]e|licen[cs]e"
    r"|führerschein|permis|visa|social insurance|social security|ssn|sin|tax(?:payer)?"
    r"|tax file|tfn|tin|itin|medicare|medicaid|voter"
    r"|resident permit|residence permit|green card|bsn|cpf|curp|rfc|pan|steuer"
    r"|steueridentifikations|national insurance|ni|nhs|pesel"
    r"|aadhaar|aadhar|emirates id|personnummer|sozialversicherungs|seguridad social|sécurité sociale|codice fiscale"
)
_SSN_CUE = words("social", "social security", "ssn", "ss", "itin", "tax id", "last four", "security number")
_NHS_CUE = words("nhs", "national health", "health number", "patient")
_NI_CUE = words("national insurance", "ni", "nino", "insurance")


@cache
def _checks() -> dict[str, Callable[[str], bool]]:
    """Return Presidio's checks by the name of their recogniser."""
    with without_modules("torch", "transformers", "gliner", "stanza"):
        from presidio_analyzer import predefined_recognizers as presidio
    names = (
        "NhsRecognizer", "EsNifRecognizer", "EsNieRecognizer", "ItFiscalCodeRecognizer", "InAadhaarRecognizer",
        "DeTaxIdRecognizer",
        "DeIdCardRecognizer", "DeSocialSecurityRecognizer", "PlPeselRecognizer",
    )  # fmt: skip
    recognisers = {name: getattr(presidio, name)() for name in names}
    return {name: _check(recogniser.validate_result) for name, recogniser in recognisers.items()}


def _check(validate: Callable[[str], bool | None]) -> Callable[[str], bool]:
    return lambda written: validate(written) is True


def _pattern(written: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?<!\d[.,/-])(?:{written})(?![^\W_])(?![.,/-]\d)", re.IGNORECASE)


def _grouped(*sizes: int) -> str:
    return _S.join(rf"\d{{{size}}}" for size in sizes)


def _american(digits: str) -> bool:
    """Tell whether nine digits may be a social security number."""
    return digits[:3] not in ("000", "666") and digits[3:5] != "00" and digits[5:] != "0000" and len(set(digits)) > 1


def _french(number: str) -> bool:
    """Tell whether the key of a French social security number is right; Corsica has letters."""
    body = number[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(number[13:])


def _brazilian(digits: str) -> bool:
    """Tell whether the two check digits of a CPF are right."""
    for length in (9, 10):
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(length + 1, 1, -1), strict=False))
        if int(digits[length]) != total * 10 % 11 % 10:
            return False
    return len(set(digits)) > 1


def _swiss(digits: str) -> bool:
    """Tell whether the check digit of an AHV number, an EAN, is right."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _belgian(digits: str) -> bool:
    """Tell whether the check digits of a national register number are right, for either century."""
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def _dutch(digits: str) -> bool:
    """Tell whether a BSN passes the eleven test."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def _documented(written: str) -> bool:
    """Tell whether this may be the number of a document: five digits or more among six to eighteen signs."""
    return 6 <= len(written) <= 18 and digits_in(written) >= 5


def _shape(
    written: str, score: float, check: Callable[[str], bool] | None = None, cue: re.Pattern[str] | None = None
) -> Shape:
    return Shape(Kind.NATIONAL_ID, _pattern(written), score, check, cue)


@cache
def identities() -> Sequence[Shape]:
    """Return the shapes of national ids, those with check digits or a form of their own first."""
    check = _checks()
    letter = "[A-Z]"
    return (
        # United States: social security and taxpayer numbers; Medicare's letters and digits alternate.
        _shape(r"\d{3}([- .])\d{2}\1\d{4}", 0.85, _american),
        _shape(_grouped(3, 2, 4), 0.9, _american, _SSN_CUE),
        _shape(rf"\d[A-Z][A-Z0-9]\d{_S}[A-Z][A-Z0-9]\d{_S}[A-Z]{{2}}\d\d", 0.8),
        # United Kingdom: national insurance, NHS and driving licence.
        _shape(
            rf"(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z]{_S}[A-CEGHJ-NPR-TW-Z]{_S}{_grouped(2, 2, 2)}{_S}[A-D]", 0.9
        ),
        _shape(rf"[A-Z]{{2}}{_S}{_grouped(2, 2, 2)}{_S}[A-Z]?", 0.85, None, _NI_CUE),
        _shape(_grouped(3, 3, 4), 0.9, check["NhsRecognizer"], _NHS_CUE),
        _shape(_grouped(3, 3, 4), 0.55, check["NhsRecognizer"]),
        _shape(r"[A-Z9]{5} ?\d[0156]\d{4} ?[A-Z9]{2}\d[A-Z]{2}", 0.9),
        # Germany: tax id, identity card, social insurance.
        _shape(rf"{_grouped(2, 3, 3, 3)}|{_grouped(3, 4, 4)}", 0.75, check["DeTaxIdRecognizer"]),
        _shape(r"(?=[A-Z]{0,8}\d)[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{7}\d", 0.7, check["DeIdCardRecognizer"]),
        _shape(rf"\d{{2}}{_S}\d{{6}}{_S}{letter}{_S}\d{{3}}", 0.75, check["DeSocialSecurityRecognizer"]),
        # Spain, France, Italy.
        _shape(rf"\d{{1,2}}[. ]?\d{{3}}[. ]?\d{{3}}{_S}{letter}", 0.85, check["EsNifRecognizer"]),
        _shape(rf"[XYZ]{_S}\d[. ]?\d{{3}}[. ]?\d{{3}}{_S}{letter}", 0.85, check["EsNieRecognizer"]),
        _shape(rf"[12]{_S}\d{{2}}{_S}\d{{2}}{_S}(?:\d{{2}}|2[AB]){_S}{_grouped(3, 3, 2)}", 0.92, _french),
        _shape(
            rf"[A-Z]{{3}}{_S}[A-Z]{{3}}{_S}{_N}{{2}}[A-EHLMPR-T]{_N}{{2}}{_S}[A-Z]{_N}{{3}}{_S}[A-Z]",
            0.92,
            lambda written: digits_in(written) >= 3 and check["ItFiscalCodeRecognizer"](written),
        ),
        # India: Aadhaar and PAN.
        _shape(_grouped(4, 4, 4), 0.85, check["InAadhaarRecognizer"]),
        _shape(_grouped(4, 4, 4), 0.7, None, words("aadhaar", "aadhar", "adhar", "uid", "uidai")),
        _shape(r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", 0.85),
        # Others that have a form of their own.
        _shape(r"\d{3}\.\d{3}\.\d{3}-\d{2}", 0.9, _brazilian),
        _shape(r"756\.?\d{4}\.?\d{4}\.?\d{2}", 0.9, _swiss),
        _shape(r"\d{2}[.-]?\d{2}[.-]?\d{2}[ -]?\d{3}[. -]?\d{2}", 0.7, _belgian),
        _shape(r"\d{11}", 0.7, check["PlPeselRecognizer"]),
        _shape(_grouped(3, 3, 3), 0.8, luhn, words("sin", "social insurance")),
        _shape(r"\d{9}", 0.8, _dutch, words("bsn", "burgerservicenummer")),
        # Whatever a document's number looks like, the words before it say what it is.
        Shape(Kind.NATIONAL_ID, called(_DOCUMENTS), 0.88, _documented),
        Shape(Kind.NATIONAL_ID, named(_DOCUMENTS), 0.83, _documented),
    )
