"""Postal addresses as they are written in Britain, America, Germany, France, Spain, Italy and the Netherlands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.privacy.policy import Finding, Kind
from models.privacy.shapes import words

_UPPER = "A-ZÀ-ÖØ-Þ"
_WORD = rf"(?:[{_UPPER}][\w'’-]{{1,24}}|St\.)"
_NAME = rf"(?:{_WORD}|[{_UPPER}]\.?(?=\s)|\d{{1,3}}(?:st|nd|rd|th))"
_NUMBER = r"(?<![\w.,/$£€-])\d{1,5}(?:[a-rt-zA-RT-Z](?!\w)|[-/]\d{1,5}[a-zA-Z]?(?!\w))?"
_STREETS = (
    "Street|Road|Avenue|Lane|Drive|Close|Court|Way|Place|Crescent|Terrace|Gardens|Grove|Hill"
    "|Mews|Square|Boulevard|Parkway|Highway"
    "|Circle|Trail|Row|Walk|Park|View|Green|Rise|Parade|Quay|Wharf|Broadway|Path|Loop"
    "|Turnpike|Pike|Alley|Plaza|Croft|Meadows?|Gate"
    "|Vale|Drove|Esplanade|Embankment|Common|Heights|Fields?|Strand"
)
_SHORT = r"(?:St|Rd|Ave?|Ln|Dr|Ct|Pl|Cres|Terr?|Gdns|Grv|Sq|Blvd|Pkwy|Hwy|Cir|Trl)"
# In lower case only what says nothing else: "3 minutes drive", "2 way".
_PLAIN_STREETS = (
    "street|road|avenue|lane|crescent|terrace|gardens|grove|boulevard|parkway|highway|mews"
    "|drive|close|court|square|way|place"
)
_AREAS = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL"
    "|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU"
    "|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML"
    "|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL"
    "|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W"
    "|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH"
    "|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN"
    "|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR"
)
_POSTCODE = rf"(?:{_AREAS})\d[A-Z\d]?"
_TOWN = rf"{_WORD}(?:[ -](?:{_WORD}|upon|on|of|the|in|am|an|der|la|de|del|sur|le|les|en)){{0,3}}"
_SEP = r"\s{0,2},?\s{0,2}"
_UNIT = r"(?:Apt|Apartment|Flat|Unit|Suite|Ste|Floor|Fl|Room|Rm|#)\.?\s?\w{1,6}"
_PREFIX = r"(?i:number|no\.?|unit|flat|apartment|apt\.?)"
_ZIP = rf"(?:{_STATES})\.?\s{{1,2}}\d{{5}}(?:-\d{{4}})?(?!\d)"
_CODED = rf"(?:{_POSTCODE}\s?\d[A-Z]{{2}}(?!\w)|{_ZIP}|\d{{5}}(?:-\d{{4}})?(?![\d-]))"
_TAIL = (
    rf"(?:{_SEP}{_UNIT})?(?:{_SEP}{_TOWN}){{0,3}}?(?:{_SEP}{_CODED})?(?:{_SEP}(?:{_TOWN}{_SEP}"
    rf"){{0,2}}{_CODED})?(?:,?\s(?:UK|USA|U\.K\.|England|Scotland|Wales))?"
)
_EUROPEAN_TAIL = (
    rf"(?:{_SEP}(?:\d[ºª°oa]\s?\w{{0,10}}|(?:Apt|Wohnung|Etage|Piso|int|Appt"
    rf"|Bât)\.?\s?\w{{1,6}})){{0,2}}(?:{_SEP}(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s(?:[A-Z]{{2}}\s"
    rf")?{_TOWN})?"
)
_WRITTEN = (
    # 12 Park Lane, Leeds LS1 4AP; Apt 3, 12B Old Mill Rd.
    (
        rf"(?:{_UNIT},?\s{{1,2}}|{_PREFIX}\s)?{_NUMBER},?\s{{1,2}}(?:{_NAME}\s{{1,2}}){{1,4}}?(?:{_STREETS}"
        rf"|{_SHORT}\.?)(?![^\W_])(?:\s(?:North|South|East|West|N|S|E|W|NE|NW|SE|SW)(?!\w))?{_TAIL}"
    ),
    rf"{_NUMBER},?\s{{1,2}}(?:The\s)?(?:Broadway|Strand|Esplanade|Embankment|Parade|Mall)(?![^\W_]){_TAIL}",
    # Hauptstraße 5, 10115 Berlin; Am Markt 3a, 04109 Leipzig.
    (
        rf"(?<![^\W_])(?:[{_UPPER}][\w.-]{{1,24}}[ -]){{0,2}}(?:[{_UPPER}][\w-]{{0,24}})?"
        rf"(?:[Ss]traße|[Ss]trasse|[Ss]tr\.|(?<=\w)(?:weg|platz|allee|gasse|ring|damm|ufer|chaussee"
        rf"|graben|straat|laan|gracht|kade)|Weg|Platz|Allee|Ring|Damm"
        rf"|Ufer)\s{{1,2}}\d{{1,4}}\s?[a-z]?(?!\w){_EUROPEAN_TAIL}"
    ),
    (
        rf"(?<![^\W_])(?:Am|An der|Im|In der|Auf dem|Zum|Zur|Unter den|Alte[rs]?"
        rf"|Neue[rs]?)\s[{_UPPER}][\w-]{{2,24}}\s\d{{1,4}}\s?[a-z]?(?!\w){_EUROPEAN_TAIL}"
    ),
    # 14 bis rue de la Paix, 75002 Paris.
    (
        rf"(?i:{_NUMBER}\s?(?:bis|ter|quater)?,?\s(?:rue|avenue|av\.|boulevard|bd\.?|place|chemin"
        rf"|allée|impasse|quai|route|cours|square|passage|faubourg)\s)(?:(?:d[eu]s?|la|les?|l['’]"
        rf"|d['’]|du)\s?){{0,3}}[{_UPPER}\d][\w'’.-]{{1,24}}(?:[ -](?:(?:d[eu]s?|la"
        rf"|l['’])\s?){{0,2}}[{_UPPER}][\w'’.-]{{1,24}}){{0,3}}{_EUROPEAN_TAIL}"
    ),
    # Calle Mayor 12, 3º B, 28013 Madrid; Via Roma 5, 00184 Roma.
    (
        rf"(?<![^\W_])(?:Via|VIA|(?i:calle|c/|avda\.?|avenida|plaza|pza\.?|paseo|pº|camino|carrer|ronda"
        rf"|travesía|viale|piazza|corso|vicolo|largo|rua|avenue))\s?(?:(?i:de|del|la|las|los|el"
        rf"|dei|della|di)\s){{0,3}}[{_UPPER}][\w'’.-]{{1,24}}(?:\s(?:(?:de|del|la|los|y"
        rf"|e)\s){{0,2}}[{_UPPER}][\w'’.-]{{1,24}}){{0,3}},?\s(?i:n[ºo°.]\s?"
        rf"|núm\.?\s?)?\d{{1,4}}[a-z]?(?!\w){_EUROPEAN_TAIL}"
    ),
    r"(?i:p\.?\s?o\.?\s?box)\s\d{1,7}(?!\d)" + _TAIL,
    rf"(?<![^\W_]){_POSTCODE}\s?\d[A-Z]{{2}}(?![^\W_])",
    rf"(?:{_TOWN}|(?<=[a-z])),\s{{1,2}}{_ZIP}",
)
_PATTERNS = tuple(re.compile(written) for written in _WRITTEN)
_SPOKEN = re.compile(
    rf"(?:{_PREFIX}\s)?{_NUMBER},?\s(?P<name>[a-z][a-z'-]{{1,20}}(?:\s[a-z][a-z'-]{{1,20}}){{0,2}}?)\s(?:{_PLAIN_STREETS})(?![^\W_])"
    rf"(?:,?\s[a-z]{{3,20}},?\s(?:(?:{_POSTCODE})\s?\d[A-Z]{{2}}|\d{{5}})(?!\w))?",
    re.IGNORECASE,
)
_NO_NAME = words(
    "minutes?", "mins?", "hours?", "hrs?", "days?", "weeks?", "months?", "years?", "times?", "people", "the", "a",
    "an", "of", "down", "up", "to", "on", "in", "for", "from", "at", "and", "or", "is", "was", "my", "your", "this",
    "that", "off", "out", "per", "each", "every", "stars?", "miles?", "metres?", "meters?", "yards?", "km", "kms?",
    "cars?", "lanes?", "wheel", "mile", "minute", "more", "other", "different", "last", "no", "any", "some", "all",
    "by", "with", "we", "you", "they", "it", "i", "he", "she", "test", "items?", "things?", "easy", "better", "one",
    "only", "hour", "long", "way",
)  # fmt: skip
_LOWER_POSTCODE = re.compile(rf"(?<![^\W_])(?:{_POSTCODE})\s\d[A-Z]{{2}}(?![^\W_])", re.IGNORECASE)
_POST_CUE = words("post ?codes?", "zip(?: codes?)?", "address", "live", "plz", "código postal", "code postal")
_CODE = re.compile(r"(?<![\w.,/$£€-])(?:\d{5}(?:-\d{4})?|\d{6})(?![\d,-]|\.\d)")


def find_addresses(text: str) -> Iterator[Finding]:
    """Yield the addresses of a plain text that has digits; a street alone, and a British postcode alone, are one."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield Finding(*found.span(), Kind.ADDRESS, 0.9)
    for found in _SPOKEN.finditer(text):
        if not _NO_NAME.search(found["name"]):
            yield Finding(*found.span(), Kind.ADDRESS, 0.7)
    for found in _LOWER_POSTCODE.finditer(text):
        yield Finding(*found.span(), Kind.ADDRESS, 0.7)
    for found in _CODE.finditer(text):
        if _POST_CUE.search(text, max(0, found.start() - 24), found.start()):
            yield Finding(*found.span(), Kind.ADDRESS, 0.6)
