"""Numbers that are known by the words before them: "my order number with you is 4471-20"."""

from __future__ import annotations

import re
from collections.abc import Iterator

NUMBER = (
    r"(?:numbers?|num|nos?|nrs?|ids?|refs?|references?|codes?|confirmation|locator|nummer"
    r"|numéro|numero|número|kennzeichen|hash|pound)"
)
MARK = r"(?:#|№|n(?:[°º]|o\b)\.?)"
LINK = (
    r"(?:is|was|being|are|ist|lautet|est|es|è|ends?(?: in| with)?|ending(?: in| with)?"
    r"|starts?(?: with)?|it's|its|=|:|-|,|\(|\.)"
)
_WORDS = (
    r"(?:ON|IS|ME|THE|AND|NO|TO|FOR|OF|MY|BY|WAS|FROM|IN|AT|A|AN|OR|IT|AS|WE|YOU|WITH|OVER"
    r"|UNDER|ABOUT|SINCE|THIS|THAT|AFTER|PLUS)"
)
_COUNTED = r"(?:days?|weeks?|months?|years?|hours?|minutes?|mins|times|items?|people|%|[€£$])"
# Letters, then groups of letters and digits; a group after a space has digits in it and is no count of something.
TOKEN = (
    rf"(?P<it>#?\s?(?:(?!{_WORDS}\s)(?-i:[A-Z]{{1,4}})[ ]|(?:[A-Z]{{1,5}}[/_-]){{1,3}}"
    rf"|(?:[A-Z][ ]){{1,6}})?(?=[A-Z0-9/_.-]{{0,20}}\d)"
    r"[A-Z0-9](?:[A-Z0-9]|[/_.-](?=[A-Z0-9])){1,39}"
    rf"(?:[ ](?=[A-Z]{{0,4}}\d{{2}})[A-Z0-9-]{{2,12}}(?!\s?{_COUNTED})){{0,5}})"
)


def called(subject: str, least: int = 1) -> re.Pattern[str]:
    """Return the pattern of a number that is called by its subject and the word number, a few words apart at most.

    With ``least`` 0 the word number may be left out.
    """
    return re.compile(
        rf"(?<![^\W_])(?:{subject})(?:\s?[-']?\s?{NUMBER}[.:]?|\s?{MARK}){{{least},3}}"
        rf"(?:[\s,]{{1,3}}[^\W\d_][\w']{{0,11}}(?=[\s,:])){{0,6}}?(?:\s{{0,3}}{LINK}){{0,3}}[\s\"'*]{{0,3}}{TOKEN}",
        re.IGNORECASE,
    )


def named(subject: str) -> re.Pattern[str]:
    """Return the pattern of a number right after its subject."""
    return re.compile(rf"(?<![^\W_])(?:{subject})(?![^\W\d_])(?:\s{{0,3}}{LINK}){{0,2}}\s{{0,3}}{TOKEN}", re.IGNORECASE)


_MORE = re.compile(
    r"\s{0,2}(?:,|and|or|&|\+|plus)\s{0,2}(?:#\s?)?(?P<it>[A-Z]{0,4}-?\d[\dA-Z/-]{3,24})(?![^\W_])", re.IGNORECASE
)
_MOST_LISTED = 50


def listed(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Yield the further numbers of a list whose first ends here: "orders 300245, 300246 and 300250"."""
    for _ in range(_MOST_LISTED):
        found = _MORE.match(text, end)
        if found is None or not a_long_number(found["it"]):
            return
        yield found.span("it")
        end = found.end()


def digits_in(written: str) -> int:
    """Return how many digits something has."""
    return sum(map(str.isdigit, written))


def a_number(written: str) -> bool:
    """Tell whether what is called a number is one: three digits or more."""
    return digits_in(written) >= 3


def a_long_number(written: str) -> bool:
    """Tell whether what merely follows the subject is its number: five digits, or three with letters."""
    digits = digits_in(written)
    return digits >= 5 or (digits >= 3 and digits < len(written) and digits + 6 >= len(written) >= 5)


def a_spelled_number(written: str) -> bool:
    """Tell whether digits that were said one by one are a number: four and more."""
    return digits_in(written) >= 4
