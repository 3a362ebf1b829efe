"""Finding personal data in words: patterns on top of Presidio, and names with spaCy where a program asks for them."""

from __future__ import annotations

from engine.ports import Recogniser

__all__ = ["load_recogniser"]


def load_recogniser(names: bool = False) -> Recogniser:
    """Return what finds personal data.

    Parameters
    ----------
    names
        Whether to look for names and free-form addresses too, with the model of the extra ``names``.

    Raises
    ------
    ConfigError
        If names are asked for and the extra is not installed.
    """
    from models.privacy.recogniser import PatternRecogniser

    if not names:
        return PatternRecogniser()
    from models.privacy.names import load_names

    return PatternRecogniser((load_names().find,))
