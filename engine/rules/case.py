"""A case: what a rule judges."""

from __future__ import annotations

from dataclasses import dataclass

from engine.feedback import Feedback
from engine.reading import Reading


@dataclass(frozen=True, slots=True)
class Case:
    """One feedback with its reading."""

    feedback: Feedback
    reading: Reading
