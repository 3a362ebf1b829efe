"""The versions of a rule: who published each and why, what changed in it, and the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.rules.changing import Asked, Changes, dialog
from api.console.rules.compared import draw_compared
from api.console.rules.differing import Row, side_by_side
from api.console.rules.parts import said_rule
from engine.errors import HeedfulError
from engine.shelf.version import DEFINITIONS, RuleVersion

AT_ONCE = 20
MOST = 1_000


@dataclass(frozen=True)
class Compared:
    """Two versions side by side: as written, and in plain English where both can be said so."""

    before: RuleVersion
    after: RuleVersion
    written: tuple[Row, ...]
    said: tuple[Row, ...] | None


class History:
    """The versions of a rule, newest first.

    Parameters
    ----------
    latest
        The version that the page shows.
    changes
        Changes the rule; None where nobody may.
    """

    def __init__(self, context: Context, latest: RuleVersion, changes: Changes | None) -> None:
        self._context = context
        self._latest = latest
        self._changes = changes
        self._shown: list[RuleVersion] = []

    async def draw(self) -> None:
        """Draw the newest versions."""
        self._list = Element("ol").classes("hf-versions").props("reversed")
        self._list.props["aria-label"] = "Versions, the newest first"
        self._more = look.button("Show earlier versions", self._context.doing(self._bring))
        await self._bring()

    async def _bring(self) -> None:
        """Show more versions."""
        before = self._shown[-1].number if self._shown else None
        shelf, slug = self._context.service.store.shelf, self._latest.slug
        found = await self._context.read(lambda: shelf.history(slug, before=before, limit=AT_ONCE + 1))
        self._shown += found[:AT_ONCE]
        with self._list:
            for one in found[:AT_ONCE]:
                self._draw_version(one)
        self._more.set_visibility(len(found) > AT_ONCE and len(self._shown) < MOST)

    def _draw_version(self, one: RuleVersion) -> None:
        with Element("li"):
            look.words("span", f"Version {one.number}", "hf-strong")
            said = "retired" if one.draft.retired else one.draft.status
            look.words("span", said.capitalize(), f"hf-chip hf-status-{said}")
            with Element("span").classes("hf-grow hf-small"):
                look.words("span", f"{one.who}: " if one.who else "", "hf-muted")
                look.words("span", one.why or "no reason given", "" if one.why else "hf-muted")
            with Element("span").classes("hf-small hf-muted"):
                look.moment(one.at)
            if one.number > 1:
                self._button("What changed", one, self._show_change)
            if self._changes is not None and self._is_way_back(one):
                self._button("Roll back", one, self._ask_back)

    def _button(self, said: str, one: RuleVersion, act: Callable[[RuleVersion], Awaitable[None]]) -> None:
        button = look.button(said, self._context.doing(lambda: act(one)))
        button.classes("hf-small-button").props["aria-label"] = f"{said}: version {one.number}"

    def _is_way_back(self, one: RuleVersion) -> bool:
        if one.number >= self._latest.number:
            return False
        return one.draft.text != self._latest.draft.text or self._latest.draft.retired

    async def _show_change(self, one: RuleVersion) -> None:
        found = await self._context.read(lambda: self._compare(one.number - 1, one.number))
        with dialog(f"What changed in version {one.number}", wide=True) as opened:
            draw_versions(found)
            look.button("Close", opened.close)

    async def _ask_back(self, one: RuleVersion) -> None:
        changes, number = self._changes, one.number
        if changes is None:
            return
        found = await self._context.read(lambda: self._compare(self._latest.number, number))
        means = f"The text of version {number} is published again, as a new version. Nothing is lost."

        async def act(why: str) -> None:
            await changes.restore(number, why)

        asked = Asked(self._context, f"Roll back to version {number}", means, act)
        asked.open(lambda: draw_versions(found), wide=True)

    def _compare(self, before: int, after: int) -> Compared:
        """Return two versions side by side; run it in a thread."""
        shelf, slug = self._context.service.store.shelf, self._latest.slug
        one, other = shelf.version(slug, before), shelf.version(slug, after)
        said = [self._said(version) for version in (one, other)]
        plain = tuple(side_by_side(said[0], said[1])) if said[0] is not None and said[1] is not None else None
        return Compared(one, other, tuple(side_by_side(one.draft.text, other.draft.text)), plain)

    def _said(self, version: RuleVersion) -> str | None:
        """Return a version in plain English; None of what cannot be said so, or not any more."""
        if version.slug == DEFINITIONS:
            return None
        text, slug = version.draft.text, version.slug
        try:
            found = self._context.service.published.work(lambda publisher: publisher.candidate(text, slug))
        except HeedfulError:
            return None
        rule = found.rules.by_slug.get(slug)
        return said_rule(rule) if rule is not None else None


def draw_versions(found: Compared) -> None:
    """Draw what differs between two versions: in plain English, and as it is written."""
    before, after = (f"Version {one.number}" for one in (found.before, found.after))
    if found.before.draft.retired != found.after.draft.retired:
        look.words("p", "It was retired." if found.after.draft.retired else "It is no longer retired.")
    if not found.written:
        look.words("p", "The text is the same.", "hf-muted")
        return
    if found.said is None:
        look.words("p", "One of them cannot be said in plain English any more.", "hf-small hf-muted")
    elif found.said:
        look.words("h3", "In plain English")
        draw_compared(found.said, before, after, "In plain English")
    else:
        look.words("p", "It does the same as before.", "hf-muted")
    look.words("h3", "As it is written")
    draw_compared(found.written, before, after, "As it is written")
