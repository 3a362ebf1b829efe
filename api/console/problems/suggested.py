"""What may be a problem: open alerts that have a rule or a topic in common, more than chance explains first."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from nicegui.element import Element

from api.console import look
from api.console.alert.fresh import Fresh
from api.console.context import Context
from api.console.insights.saying import counted
from api.console.problems.opening import Opening
from api.console.problems.seen import suggested_of
from engine.alerts.suggesting import Finding, Suggestion
from engine.scope import JUDGES

# So many patterns are shown at first; what chance may explain is folded up.
MOST_PATTERNS = 5
MOST_OTHERS = 10


class Suggested:
    """The part of the list with what may be a problem.

    Parameters
    ----------
    opening
        Asks what a new problem is.
    """

    def __init__(self, context: Context, opening: Opening) -> None:
        self._context = context
        self._opening = opening
        self._may = context.may(JUDGES)
        self._shown: Fresh[Sequence[Suggestion]] = Fresh(self._draw)

    async def bring(self) -> int:
        """Bring it up to date, and return how many patterns there are."""
        context = self._context
        found = await context.read(lambda: suggested_of(context.service, context.caller), key="suggested problems")
        with context.client:
            self._shown.show(tuple(found), found)
        return sum(one.finding is Finding.PATTERN for one in found)

    def _draw(self, found: Sequence[Suggestion]) -> None:
        if not found:
            return
        patterns = [one for one in found if one.finding is Finding.PATTERN]
        others = [one for one in found if one.finding is not Finding.PATTERN]
        with look.section("What may be a problem").classes("hf-card hf-suggested").props("id=suggested"):
            if patterns:
                self._list(patterns[:MOST_PATTERNS], "Patterns")
            else:
                look.words("p", "Nothing stands out: chance may explain every group of open alerts.", "hf-muted")
            if others:
                with Element("details"):
                    look.words("summary", f"Other groups of open alerts ({len(others[:MOST_OTHERS])})")
                    self._list(others[:MOST_OTHERS], "Other groups")

    def _list(self, some: Sequence[Suggestion], label: str) -> None:
        with Element("ul").classes("hf-plain-list") as listed:
            listed.props["aria-label"] = label
            for one in some:
                with Element("li"):
                    self._draw_one(one)

    def _draw_one(self, one: Suggestion) -> None:
        look.words("p", f"{one.said}.")
        with Element("div").classes("hf-row"):
            if self._may:

                async def begin() -> None:
                    await self._opening.begin(one)

                made = look.button("Make a problem of these", self._context.doing(begin))
                made.props["aria-label"] = f"Make a problem of these {len(one.alerts)}: {one.group.name}"
            path, said = _where(one)
            look.link(said, path, "hf-link hf-small")
            look.words("span", f"{counted(one.tally.waiting, 'alert')} open and linked to nothing", "hf-small hf-muted")


def _where(one: Suggestion) -> tuple[str, str]:
    """Return where the alerts of a group are seen, and what that is called."""
    group, unit = one.group, {"unit": one.group.unit} if one.group.unit else {}
    if group.by == "rule":
        return f"/?{urlencode({'rule': group.name} | unit)}", "Show the alerts"
    return f"/feedback?{urlencode({'label': f'topic:{group.name}', 'alerted': 'true'} | unit)}", "Show what was said"
