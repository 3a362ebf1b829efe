"""What every target does with text that is not its own: customers' words are never taken for markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup, escape

from engine.delivery.words import Passage

# Stands alone in a paragraph of a chat's template where the words go; no text can hold it, as it is not printable.
WORDS = "\x02words\x02"
SHORT_WORDS = 100
_MRKDWN = re.compile(r"([*_~`])")
_MENTION = re.compile(r"([@<])")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")


def plain(value: Any) -> str:
    """Return text as it is."""
    return "" if value is None else str(value)


def mrkdwn(value: Any) -> str:
    """Return text that Slack shows as it is: no mention, no link, no bold.

    References
    ----------
    https://docs.slack.dev/messaging/formatting-message-text
    """
    if isinstance(value, Markup):
        return str(value)
    text = plain(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A character without a width ends what would be a mark of formatting.
    return _MRKDWN.sub("\u200b\\1\u200b", text)


def markdown(value: Any) -> str:
    """Return text that an Adaptive Card shows as it is: no link, no list, no bold.

    References
    ----------
    https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
    """
    if isinstance(value, Markup):
        return str(value)
    return _MARKDOWN.sub(r"\\\1", plain(value).replace("&", "&amp;").replace("<", "&lt;"))


def chat_safe(text: str) -> str:
    """Return text that calls nobody in a chat: `@everyone` and `<users/all>` are words there, not mentions."""
    return _MENTION.sub("\\1\u200b", text)


def plain_words(passages: Sequence[Passage]) -> str:
    """Return words for a plain text: indented, the evidence between marks."""
    return "\n\n".join((f"{one.about}\n" if one.about else "") + _indented(_marked(one)) for one in passages)


def short_words(passages: Sequence[Passage]) -> str:
    """Return the beginning of the words in one line."""
    text = " ".join(" ".join(one.text for one in passages).split())
    return text if len(text) <= SHORT_WORDS else text[: SHORT_WORDS - 1] + "…"


def html_words(passages: Sequence[Passage]) -> Markup:
    """Return words for a page or a mail: quoted, in their own direction, the evidence marked."""
    return Markup("\n").join(_quoted(one) for one in passages)


def token(passages: Sequence[Passage]) -> Markup:
    """Return what stands for the words until the blocks of a chat are made."""
    return Markup(WORDS if passages else "")  # noqa: S704 - it is ours


FINALIZE: dict[str, Callable[[Any], str]] = {"txt": plain, "sms": plain, "slack": mrkdwn, "teams": markdown}
SAY_WORDS: dict[str, Callable[[Sequence[Passage]], str]] = {
    "txt": plain_words,
    "sms": short_words,
    "html": html_words,
    "slack": token,
    "teams": token,
}


def _marked(passage: Passage) -> str:
    return "".join(f"»{one.text}«" if one.marked else one.text for one in passage.pieces)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _quoted(passage: Passage) -> Markup:
    marked = Markup("<mark>{}</mark>")
    words = Markup("").join(marked.format(one.text) if one.marked else escape(one.text) for one in passage.pieces)
    asked = Markup("<p><em>{}</em></p>").format(passage.about) if passage.about else Markup("")
    return asked + Markup('<blockquote dir="auto" style="white-space:pre-wrap">{}</blockquote>').format(words)
