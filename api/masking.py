"""What is hidden in log lines and error messages: personal data, by its patterns, whatever the program keeps."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.ports import Recogniser

# Without any of these nothing can be found: most messages have none, and the recogniser takes a second to load.
_NUMBER_WORD = "oh|zero|null|cero|one|two|three|four|five|six|seven|eight|nine|ein|eins|zwei|zwo|drei|vier|fünf|sechs"
_NUMBER_WORD += (
    "|sieben|acht|neun|une?|deux|trois|quatre|cinq|sept|huit|neuf|uno|dos|tres|cuatro|cinco|siete|ocho|nueve"
)
_MAY_HOLD = re.compile(
    rf"[\d@]|[^\x00-\x7f]|arroba|\b(?:at|chez)\b|(?-i:[A-Z]{{5}})|(?:\b(?:{_NUMBER_WORD}|\w+ty)\b.*?){{3}}",
    re.IGNORECASE | re.DOTALL,
)
# Names of the log's own, with values of its own.
_OURS = frozenset({"level", "timestamp", "event", "ruleset", "taxonomy", "model", "state", "receiver"})


def mask(text: str) -> str:
    """Return a text in which personal data is hidden."""
    if not _MAY_HOLD.search(text):
        return text
    from engine.privacy.stand_ins import dotted, without_ours

    return dotted(text, without_ours(text, recogniser().find([text])[0]))


def mask_texts(texts: Sequence[str]) -> list[str]:
    """Return texts in which personal data is hidden."""
    return [mask(text) for text in texts]


def get_ready() -> None:
    """Load the recogniser now, where the first message must not wait for it."""
    recogniser()


def mask_all(value: Any) -> Any:
    """Return plain JSON values in which the texts are masked; the names of objects stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {name: mask_all(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [mask_all(one) for one in value]
    return value


def mask_event(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask what a log line says; a processor of structlog, after the one that writes out exceptions."""
    for name, value in event.items():
        if name not in _OURS and not isinstance(value, bool | int | float | None):
            event[name] = mask_all(value if isinstance(value, str | list | tuple | dict) else str(value))
    return event


class MaskingFormatter(logging.Formatter):
    """Formats the lines of other libraries' logs, masked, exceptions too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        return mask(super().format(record))


def recogniser(names: bool = False) -> Recogniser:
    """Return what finds personal data; it is loaded once a process.

    Parameters
    ----------
    names
        Whether it finds names too.
    """
    return _loaded(names)


@cache
def _loaded(names: bool) -> Recogniser:
    from models.privacy import load_recogniser

    return load_recogniser(names)
