"""E-mail addresses: written, hidden ("jane [at] example [dot] com") and spoken ("jane dot doe at example dot com")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from engine.privacy.policy import Finding, Kind
from models.privacy.shapes import words

if TYPE_CHECKING:
    from tldextract import TLDExtract

MOST_LOCAL = 64
_LOCAL_SIGNS = frozenset(".!#$%&'*+/=?^_`{|}~-")
_OPEN, _CLOSE = r"[\[({<]", r"[\])}>]"
_AT = re.compile(
    rf"(?P<hidden>\s{{0,2}}{_OPEN}\s?(?:at|ät|arroba|chez|@)\s?{_CLOSE}\s{{0,2}}|_at_|-at-)"
    r"|(?P<sign>\s?@\s?)"
    r"|(?P<said>\s{1,2}(?:at|arroba|at sign)\s{1,2}(?!(?:this|that|which|some|what|no|one|any|the|its|your|my)\s))",
    re.IGNORECASE,
)
_HIDDEN_DOT = rf"\s?{_OPEN}\s?(?:dot|punkt|punto|point|\.)\s?{_CLOSE}\s?|_dot_"
_SAID_DOT = r"\s{1,2}(?:dot|punkt|punto|point)\s{1,2}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SPELLED = rf"(?:{_LABEL}(?:\s(?:dash|hyphen|minus)\s{_LABEL})?|(?:[^\W_]\s){{1,15}}[^\W_])"
_DOMAIN = re.compile(
    rf"{_SPELLED}(?:(?:\.|\s\.\s?|[.,]\s?(?=(?:com|net|org|co)\b)|{_HIDDEN_DOT}|{_SAID_DOT}){_LABEL}){{1,6}}",
    re.IGNORECASE,
)
_DOT = re.compile(rf"{_HIDDEN_DOT}|{_SAID_DOT}|\s?[.,]\s?", re.IGNORECASE)
_PROVIDER = re.compile(
    r"(?:g ?mail|google ?mail|hot ?mail|yahoo|outlook|i ?cloud|aol|gmx|proton(?:mail)?|web\.?de|live|msn|free|orange"
    r"|libero|btinternet|comcast|verizon|sky|virginmedia|t-online|wanadoo|laposte)(?![^\W_])",
    re.IGNORECASE,
)
_JOINS = r"dot|punkt|punto|point|underscore|under score|unterstrich|dash|hyphen|minus|bindestrich|plus"
_JOINED = rf"(?:\s(?:{_JOINS})\s(?:score\s)?|\s?{_OPEN}\s?(?:{_JOINS}|[._-])\s?{_CLOSE}\s?|_dot_|\s\.\s)"
_CHAIN = re.compile(
    rf"(?:[\w.+-]{{1,40}}{_JOINED}|(?<![^\W_])(?<!['’])[^\W_]\s){{0,12}}[\w.+-]{{1,40}}$", re.IGNORECASE
)
# From these words on everything is the address: "my email is jane doe seventy at gmail dot com".
_CUE = re.compile(
    r"(?:e-?mail|mail)(?: address| id)?(?: is| was|'s| are|:| me| us| to| under| me on| me at| me back)?"
    r"(?: at| on| to| it's|,|:)?\s+",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"(?:\bit['’]?s|\bthat['’]?s|\bis|:)\s+$", re.IGNORECASE)
_SPEAKS_OF_MAIL = words(
    "e-?mails?", "mails?", "e-?mailed", "mailed", "contact", "reach", "write", "inbox", "address is"
)
_PAUSE = re.compile(r"[.,:;!?]\s")
_CUED_WORDS = 10


def find_emails(text: str) -> Iterator[Finding]:
    """Yield the e-mail addresses of a plain text."""
    for at in _AT.finditer(text):
        if domain := _domain(text, at):
            start = _local(text, at)
            if start < at.start():
                yield Finding(start, domain, Kind.EMAIL, 0.97 if at["said"] is None else 0.9)


def _domain(text: str, at: re.Match[str]) -> int | None:
    """Return where the domain after an at sign ends; None when none is there."""
    spelled = at["said"] is not None
    found = _DOMAIN.match(text, at.end())
    if found is None:
        provider = _PROVIDER.match(text, at.end()) if not spelled else None
        return provider.end() if provider else None
    labels = _DOT.split(found[0])
    ends = [*[dot.start() for dot in _DOT.finditer(found[0])][1:], len(found[0])]
    for count, end in zip(range(len(labels), 1, -1), reversed(ends), strict=True):
        if _suffix(".".join(labels[:count])):
            return found.start() + end
    # A company's own "jane@mail.local" has no public suffix.
    own = at["sign"] == "@" and " " not in found[0] and labels[-1].isalpha()
    return found.end() if own else None


@cache
def _suffixes() -> TLDExtract:
    """Return the public suffixes that came with the library: it would fetch them."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def _suffix(domain: str) -> bool:
    found = _suffixes().extract_str(domain.replace(" ", ""))
    return bool(found.suffix and found.domain)


def _local(text: str, at: re.Match[str]) -> int:
    """Return where the part before an at sign starts; the at sign's own place when there is none."""
    end = at.start()
    start = end
    while start > max(0, end - MOST_LOCAL) and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_SIGNS):
        start -= 1
    while start < end and text[start] in ".,'/=?!{}|*&#":
        start += 1
    if at["sign"] is not None and not at["sign"].isspace() and at["sign"].strip() == at["sign"]:
        return start
    return _spoken_local(text, start, at)


def _spoken_local(text: str, start: int, at: re.Match[str]) -> int:
    head = max(0, at.start() - 120)
    before = text[head : at.start()]
    cue = None
    for cue in _CUE.finditer(before):  # noqa: B007 the last one counts
        pass
    if cue is not None and at["said"] is not None and _one_breath(before[cue.end() :]):
        return head + cue.end()
    chain = _CHAIN.search(before)
    spoken = head + chain.start() if chain else start
    if at["said"] is None or spoken < start or not text[start : at.start()].isalpha():
        return min(spoken, start)
    given = _GIVEN.search(text, max(0, start - 12), start)
    known = _PROVIDER.match(text, at.end()) or _SPEAKS_OF_MAIL.search(before) or given
    return start if known else at.start()


def _one_breath(words_: str) -> bool:
    """Tell whether a few words follow each other without a pause."""
    return 0 < len(words_.split()) <= _CUED_WORDS and not _PAUSE.search(words_)
