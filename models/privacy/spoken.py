"""Numbers as they are said: "oh seven seven double two" is the digits 07722."""

from __future__ import annotations

import re

from models.privacy.runs import without_harmless
from models.privacy.views import View

_UNITS = {
    "zero oh o nought naught null cero": "0",
    "one eins ein uno une": "1",
    "two zwei zwo deux dos": "2",
    "three drei trois tres": "3",
    "four vier quatre cuatro": "4",
    "five fünf fuenf cinq cinco": "5",
    "six sechs seis": "6",
    "seven sieben sept siete": "7",
    "eight acht huit ocho": "8",
    "nine niner neun neuf nueve": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
}
_TENS = {
    "twenty": 2,
    "thirty": 3,
    "forty": 4,
    "fourty": 4,
    "fifty": 5,
    "sixty": 6,
    "seventy": 7,
    "eighty": 8,
    "ninety": 9,
}
_WORDS = {word: digits for words, digits in _UNITS.items() for word in words.split()}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_ZEROS = {"hundred": "00", "thousand": "000"}
_ALL = "|".join(sorted([*_WORDS, *_TENS, *_TIMES, *_ZEROS], key=len, reverse=True))
_FILLER = r"(?:(?:u+h+m*|u+m+|e+r+m*|and then|then)\b[\s,.]{0,3})"
# A run of number words and digits, however they are set apart; at least three, for "one or two" says no number.
_RUN = re.compile(
    rf"(?<![\w/.-])(?:{_ALL}|\d{{1,5}})(?![^\W_])(?:[\s,;-]{{1,3}}{_FILLER}?(?:{_ALL}|\d{{1,6}})(?![^\W_])){{2,}}",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"{_ALL}|\d+|[a-zäöüß]+", re.IGNORECASE)
_SAID = re.compile(rf"\b(?:{_ALL})\b", re.IGNORECASE)
LEAST_DIGITS = 4
LEAST_SAID = 2

Written = list[tuple[str, int, int]]


def said(view: View) -> View | None:
    """Return the view with the numbers that are said in it as digits; None when there are none."""
    if _RUN.search(view.text) is None:
        return None
    runs = _RUN.finditer(without_harmless(view.text))
    found = [(run.start(), run.end(), written) for run in runs if (written := _digits(run))]
    return _replaced(view, found) if found else None


def _digits(run: re.Match[str]) -> Written:
    """Return the digits of a run with the place of the words they come from; nothing when it says no number."""
    if len(_SAID.findall(run[0])) < LEAST_SAID:
        return []
    written: Written = []
    times, begun, ten = 1, -1, ""
    for token in _TOKEN.finditer(run[0]):
        word, start, end = token[0].lower(), run.start() + token.start(), run.start() + token.end()
        digits = _WORDS.get(word) or _ZEROS.get(word) or (word if word.isdigit() else "")
        if word in _TIMES:
            times, begun = _TIMES[word], start
        elif word in _TENS:
            ten = str(_TENS[word])
            written.append((ten + "0", start, end))
            continue
        elif ten and len(digits) == 1 and digits != "0":
            written[-1] = (ten + digits, written[-1][1], end)
        elif digits:
            written.append((digits * times, begun if begun >= 0 else start, end))
            times, begun = 1, -1
        ten = ""
    return written if sum(len(digits) for digits, _, _ in written) >= LEAST_DIGITS else []


def _replaced(view: View, found: list[tuple[int, int, Written]]) -> View:
    text, starts, ends = [], [], []
    at = 0
    for begin, end, written in found:
        for digits, start, stop in [*((c, i, i + 1) for i, c in enumerate(view.text[at:begin], at)), *written]:
            origin = view.origin(start, stop)
            text.append(digits)
            starts += [origin[0]] * len(digits)
            ends += [origin[1]] * len(digits)
        at = end
    for place, character in enumerate(view.text[at:], at):
        origin = view.origin(place, place + 1)
        text.append(character)
        starts.append(origin[0])
        ends.append(origin[1])
    return View("".join(text), starts, ends)
