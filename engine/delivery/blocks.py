"""Slack's blocks and Teams' cards, made of rendered text and the words; always valid, always within their limits.

References
----------
https://docs.slack.dev/reference/block-kit/blocks, https://adaptivecards.io/explorer/AdaptiveCard.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.delivery.escaping import WORDS
from engine.delivery.view import Link
from engine.delivery.words import Passage

MOST_BLOCKS = 48
MOST_OF_HEADER = 150
MOST_OF_SECTION = 3_000
MOST_OF_SUMMARY = 300
MOST_ACTIONS = 6


def slack_payload(text: str, summary: str, passages: Sequence[Passage]) -> dict[str, Any]:
    """Return what Slack's incoming webhooks take.

    Parameters
    ----------
    text
        Rendered mrkdwn; its paragraphs become blocks.
    summary
        One plain line, for notifications and the header.
    """
    header = {"type": "header", "text": {"type": "plain_text", "text": _cut(summary, MOST_OF_HEADER), "emoji": False}}
    blocks = [header]
    for paragraph in _paragraphs(text):
        blocks += _quotes(passages) if paragraph == WORDS else [_section(paragraph)]
    # What tools without blocks show; it is parsed as mrkdwn, so it is escaped.
    plain = _cut(summary, MOST_OF_SUMMARY).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": plain, "blocks": blocks[:MOST_BLOCKS], "unfurl_links": False, "unfurl_media": False}


def teams_payload(text: str, summary: str, passages: Sequence[Passage], links: Sequence[Link]) -> dict[str, Any]:
    """Return what a Teams workflow's webhook takes: one Adaptive Card.

    Parameters
    ----------
    text
        Rendered Markdown; its paragraphs become elements.
    summary
        One plain line, the title.
    """
    title = {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": summary, "weight": "Bolder", "size": "Medium"}],
    }
    body: list[dict[str, Any]] = [title]
    for paragraph in _paragraphs(text):
        body += _runs(passages) if paragraph == WORDS else [{"type": "TextBlock", "text": paragraph, "wrap": True}]
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "fallbackText": summary,
        "body": body[:MOST_BLOCKS],
        "actions": [{"type": "Action.OpenUrl", "title": one.label, "url": one.url} for one in links[:MOST_ACTIONS]],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n\n") if one.strip()]


def _section(text: str) -> dict[str, Any]:
    # "verbatim" keeps Slack from making links and mentions of what only looks like them.
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut_markup(text), "verbatim": True}}


def _quotes(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Return the words as rich text, in which nothing is taken for markup."""
    elements: list[dict[str, Any]] = []
    for passage in passages:
        if passage.about:
            run = {"type": "text", "text": passage.about, "style": {"italic": True}}
            elements.append({"type": "rich_text_section", "elements": [run]})
        runs = [_run(piece.text, bold=piece.marked) for piece in passage.pieces]
        if runs:
            elements.append({"type": "rich_text_quote", "elements": runs})
    return [{"type": "rich_text", "elements": elements}] if elements else []


def _run(text: str, *, bold: bool) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"style": {"bold": True}} if bold else {})


def _runs(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """Return the words as rich text of a card, in which nothing is taken for Markdown."""
    blocks = []
    for passage in passages:
        inlines: list[dict[str, Any]] = []
        if passage.about:
            inlines.append({"type": "TextRun", "text": f"{passage.about}\n", "italic": True, "isSubtle": True})
        inlines += [
            {"type": "TextRun", "text": piece.text} | ({"highlight": True, "weight": "Bolder"} if piece.marked else {})
            for piece in passage.pieces
        ]
        blocks.append({"type": "RichTextBlock", "inlines": inlines})
    return blocks


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _cut_markup(text: str) -> str:
    """Cut mrkdwn at a line's end where it is too long: a link or an entity that is cut in two would show as such."""
    if len(text) <= MOST_OF_SECTION:
        return text
    lines = text[: MOST_OF_SECTION - 2].rpartition("\n")
    whole = lines[0] or lines[2].rpartition(" ")[0] or lines[2][:0]
    return whole + "\n…"
