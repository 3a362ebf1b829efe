"""Words, in any script: how text is made comparable, and where its words are."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return a text as it is compared: NFKC, without regard to case, and all four of the Turkish i alike."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.replace("i\u0307", "i").replace("\u0131", "i")
