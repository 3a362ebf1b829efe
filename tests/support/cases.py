"""Cases to judge, out of parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.intake import admit
from engine.program import Program
from engine.rules.case import Case
from tests.support.clock import NOON
from tests.support.keyword_reader import KeywordReader


def talk(*parts: Mapping[str, Any]) -> Case:
    """Return a feedback of some parts, read by keywords."""
    feedback = admit({"id": "1", "parts": [dict(part) for part in parts]}, Program(), NOON)
    return Case(feedback, KeywordReader().read([feedback.parts])[0])
