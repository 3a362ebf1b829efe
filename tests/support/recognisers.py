"""A recogniser that goes by a few patterns: instant, and easy to foresee in a test."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.privacy.policy import Finding, Kind, Policy
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.redactor import PolicyRedactor
from engine.privacy.stand_ins import dotted

KEY = "a key of the tests, long enough for anybody"
PATTERNS = {
    Kind.EMAIL: re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[^\s@<>()\[\],;:\"']{1,190}\.[a-z]{2,63}", re.IGNORECASE),
    Kind.ORDER: re.compile(r"(?<!\w)ORD-\d{4,12}(?!\w)"),
    Kind.PHONE: re.compile(r"(?<![\w.])(?:\+|00)?\d(?:[ ()-]{0,2}\d){6,14}(?!\w)"),
}


class PlainRecogniser:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        self.asked += texts
        return [_found(text) for text in texts]


def _found(text: str) -> list[Finding]:
    found: list[Finding] = []
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            if not any(one.start < match.end() and match.start() < one.end for one in found):
                found.append(Finding(match.start(), match.end(), kind))
    return sorted(found, key=lambda one: one.start)


def plain_mask(texts: Sequence[str]) -> list[str]:
    return [dotted(text, _found(text)) for text in texts]


def redactor_of(policy: Policy | None = None, **more: object) -> PolicyRedactor:
    return PolicyRedactor(PlainRecogniser(), policy or Policy(), Pseudonyms(KEY), **more)  # type: ignore[arg-type]
