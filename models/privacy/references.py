"""Numbers of accounts and of orders: by the words before them, or by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.privacy.policy import Finding, Kind
from models.privacy.called import LINK, MARK, NUMBER, a_long_number, a_number, a_spelled_number, called, listed, named
from models.privacy.runs import without_harmless
from models.privacy.shapes import Shape, find_all, words

_ACCOUNTS = (
    r"accounts?|agreement|acc|acct|a/c|sort[ -]?code|routing|aba|customer|client|member(?:ship)?|policy"
    r"|loyalty|reward(?:s)?(?: card)?"
    r"|gift card|contract|meter|mpan|mprn|subscriber|subscription|user|patient|student"
    r"|employee|staff|card|bonus card|frequent flyer"
    r"|frequent flier|mileage|avios|clubcard|nectar|kunden|konto|vertrags?|mitglieds?"
    r"|versicherungs?|policen|zähler|client|compte"
    r"|contrat|adhérent|cuenta|cliente|contrato|socio|póliza|poliza|conto|contratto|tessera"
    r"|bic|swift|imei|serial|pin|login"
)
_ORDERS = (
    r"orders?|booking|reservation|ticket|tracking|track|invoice|parcel|package|shipment"
    r"|consignment|case|reference|ref|confirmation"
    r"|pnr|res|record locator|locator|claim|complaint|return|rma|refund|transaction|purchase"
    r"|delivery|docket|job|incident|receipt|enquiry"
    r"|inquiry|request|service request|work order|waybill|awb|voucher|quote|itinerary|payment"
    r"|repair|bestell(?:ung)?|auftrags?"
    r"|rechnungs?|sendungs?|buchungs?|vorgangs?|liefer|commande|réservation|facture|dossier"
    r"|colis|suivi|pedido|reserva|factura"
    r"|seguimiento|ordine|prenotazione|fattura|spedizione"
)
_REFERENCES = "references?|refs?|confirmation|record locator|locator|booking code|tracking"
# Said, four digits are enough: nobody spells out how many there were.
_SAID = (
    Shape(Kind.ORDER, named(_ORDERS), 0.7, a_spelled_number),
    Shape(Kind.ACCOUNT, named(_ACCOUNTS), 0.71, a_spelled_number),
)
_CALLED = (
    Shape(Kind.ORDER, called(rf"{_ORDERS}|chat|call"), 0.85, a_number),
    Shape(Kind.ORDER, called(_REFERENCES, 0), 0.8, a_long_number),
    Shape(Kind.ACCOUNT, called(_ACCOUNTS), 0.86, a_number),
    Shape(Kind.ORDER, named(_ORDERS), 0.8, a_long_number),
    Shape(Kind.ACCOUNT, named(_ACCOUNTS), 0.81, a_long_number),
)
_SHAPED = (
    Shape(Kind.ORDER, re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])"), 0.96),
    Shape(Kind.ORDER, re.compile(r"(?<![^\W_])1Z[ -]?(?:[0-9A-Z][ -]?){15}[0-9A-Z](?![^\W_])", re.IGNORECASE), 0.96),
    Shape(Kind.ORDER, re.compile(r"(?<![^\W_])[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}(?![^\W_])"), 0.9),
    Shape(Kind.ORDER, re.compile(r"(?<![\w#&])#\s?[A-Z]{0,4}-?\d{4,20}(?!\w)", re.IGNORECASE), 0.8),
    Shape(
        Kind.ORDER,
        re.compile(
            r"(?<![^\W_])(?:ORD|ORDER|INV|PO|RMA|SO|TKT|TT|CASE|REF|BK|BKG|REQ|INC|CS|CAS|WO|TRK|RES"
            r"|SR|CR|RET|TXN|PNR|JD|H00)"
            r"[-_:/]{0,2}(?:[A-Z]{0,3}\d{2,8}[-_/]){0,3}[A-Z]{0,2}\d{4,20}(?:[-/]\d{1,8}){0,3}[A-Z]?(?![^\W_])",
            re.IGNORECASE,
        ),
        0.82,
        a_number,
    ),
    # Two capitals and four digits are a flight; three and five are a reference.
    Shape(Kind.ORDER, re.compile(r"(?<![^\W_])[A-Z]{2,5}[-_/]?\d{5,16}(?![^\W_])"), 0.6),
    Shape(
        Kind.ORDER,
        re.compile(r"(?<![^\W_])[A-Z]{1,5}(?:-[A-Z0-9]{2,8}){0,3}-\d{5,14}(?:-[A-Z0-9]{1,6})?(?![^\W_])"),
        0.6,
    ),
    Shape(Kind.ORDER, re.compile(r"(?<![^\W_])\d{2,8}-[A-Z]{1,4}-?\d{3,12}(?![^\W_])"), 0.6),
)
_SORT_CODE = Shape(
    Kind.ACCOUNT,
    re.compile(r"(?<!\d)(?P<it>\d{2}([-– ])\d{2}\2\d{2}(?:[\s,]{1,3}\d{4} ?\d{4})?)(?!\d)", re.IGNORECASE),
    0.88,
    cue=words("sort[ -]?codes?", "sc", "bank", "account", "acct"),
)  # fmt: skip
# Six capitals, or five to eight signs of which some are digits; a word in capitals stands among others as a rule.
_LOCATOR = re.compile(
    rf"(?<![^\W_])(?:{_ORDERS})(?:\s?[-']?\s?{NUMBER}[.:]?|\s?{MARK}){{0,3}}(?![^\W_])(?:\s{{0,3}}{LINK}){{0,3}}\s{{0,3}}"
    r"(?P<it>(?-i:[A-Z]{6}|(?=[A-Z]{0,7}\d)(?=\d{0,7}[A-Z])[A-Z0-9]{5,8}))(?!'?\w)(?!\s(?-i:[A-Z]{2}))",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z0-9]{5}")
_SPEAKS_OF_LOCATOR = re.compile(r"pnr|locator|book|reserv|confirm|ref|code|buchung|réserv", re.IGNORECASE)


def find_references(text: str) -> Iterator[Finding]:
    """Yield the numbers of accounts and orders in a plain text that has digits."""
    yield from _SORT_CODE.find(text)
    text = without_harmless(text)
    for first in find_all(_CALLED, text):
        yield first
        for start, end in listed(text, first.end):
            yield Finding(start, end, first.kind, first.score)
    yield from find_all(_SHAPED, text)


def find_said_references(text: str) -> Iterator[Finding]:
    """Yield the short numbers of accounts and orders in a text whose numbers were said: "order four four seven one"."""
    yield from find_all(_SAID, text)


def find_locators(text: str) -> Iterator[Finding]:
    """Yield the booking codes of capitals alone, "booking reference QWERTY", of a plain text."""
    if not _CAPITALS.search(text) or not _SPEAKS_OF_LOCATOR.search(text):
        return
    for found in _LOCATOR.finditer(text):
        if _SPEAKS_OF_LOCATOR.search(text, *found.span()):
            yield Finding(*found.span("it"), Kind.ORDER, 0.75)
