"""What to label next: sentence by sentence, with the model's labels as suggestions."""

from __future__ import annotations

from api.console.context import Context
from api.console.judging import parts
from api.console.labelling.screen import Screen
from api.console.page import Page

PAGE = Page("/models/labelling", "What to label next", roles=parts.LABELLERS, under="/models")


async def page(context: Context) -> None:
    """Build the page."""
    parts.begin(context, PAGE.path)
    await Screen(context).draw()
