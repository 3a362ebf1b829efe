"""A case: what a rule judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from engine.feedback import Feedback
from engine.reading import Reading

Vector = npt.NDArray[np.float32]
Phrases = Mapping[str, Vector]
NO_PHRASES: Phrases = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """One feedback with its reading.

    Parameters
    ----------
    phrases
        (d,) unit-length vectors of the phrases that rules ask about, in the space of the reading's embeddings.
    """

    feedback: Feedback
    reading: Reading
    phrases: Phrases = field(default_factory=lambda: NO_PHRASES)
