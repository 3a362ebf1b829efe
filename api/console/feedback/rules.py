"""The list of all rules with what each made of a feedback: every condition with what was found and wanted."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.addresses import alert_path
from api.console import look
from api.console.alert import telling
from api.console.alert.sections import draw_rule, draw_trace
from api.console.context import Context
from api.console.feedback.judged import Judged, Rank

AT_ONCE = 8
MORE = 25
# So many of those that fired are open from the start.
OPEN = 2
OPENED = "(event) => { if (event.target.open) emit() }"
HAPPENED = {
    Rank.FIRED: "Fired",
    Rank.HELD_BACK: "Held back",
    Rank.UNSURE: "Not sure",
    Rank.QUIET: "Did not fire, the nearest first",
    Rank.NOT_JUDGED: "Not judged",
}
WOULD = HAPPENED | {Rank.FIRED: "Would fire", Rank.QUIET: "Would stay quiet, the nearest first"}
COLOURS = {Rank.FIRED: "hf-bad", Rank.HELD_BACK: "hf-warn", Rank.UNSURE: "hf-warn"}


class RulesList:
    """The list; what a rule found is drawn once somebody opens it.

    Parameters
    ----------
    is_trial
        Whether nothing is stored: then it says what would happen.
    """

    def __init__(self, context: Context, *, is_trial: bool = False) -> None:
        self._context = context
        self._titles = WOULD if is_trial else HAPPENED
        self._judged: Sequence[Judged] = ()
        self._shown = AT_ONCE
        self._place = Element("div")

    def show(self, judged: Sequence[Judged]) -> None:
        """Show what rules made of a feedback."""
        self._judged = judged
        self._draw()

    def _draw(self) -> None:
        self._place.clear()
        with self._place:
            if not self._judged:
                look.words("p", "There are no rules yet.", "hf-muted")
                return
            busy = [one for one in self._judged if one.rank < Rank.QUIET]
            rest = [one for one in self._judged if one.rank >= Rank.QUIET]
            shown, rank = [*busy[:MORE], *rest[: self._shown]], None
            if not busy:
                look.words("p", "No rule would fire." if self._titles is WOULD else "No rule fired.", "hf-strong")
            for place, one in enumerate(shown):
                if one.rank is not rank:
                    rank = one.rank
                    look.words("h3", self._titles[rank])
                self._draw_one(one, is_open=rank is Rank.FIRED and place < OPEN)
            if len(shown) < len(self._judged):
                look.button(f"Show more of {len(self._judged)} rules", self._context.doing(self._more))

    async def _more(self) -> None:
        self._shown += MORE
        self._draw()

    def _draw_one(self, one: Judged, *, is_open: bool) -> None:
        with Element("details").classes("hf-rule") as found:
            with Element("summary"), Element("div").classes("hf-row"):
                look.words("span", one.explained.title, "hf-strong hf-break")
                look.words("span", one.said, f"hf-small {COLOURS.get(one.rank, 'hf-muted')}")
                if one.rank >= Rank.UNSURE:
                    look.words("span", f"{one.held} of {one.wanted} conditions held", "hf-small hf-muted")
            body = Element("div").classes("hf-rule-body")
        if is_open:
            found.props["open"] = True
            self._draw_body(one, body)
            return

        async def opened(_: GenericEventArguments) -> None:
            if not body.default_slot.children:
                self._draw_body(one, body)

        found.on("toggle", self._context.doing(opened), js_handler=OPENED)

    def _draw_body(self, one: Judged, body: Element) -> None:
        explained = one.explained
        with body:
            with Element("p").classes("hf-row hf-small"):
                for number, opened in enumerate(one.opened, 1):
                    many = f" {number}" if len(one.opened) > 1 else ""
                    look.link(f"To the {'alert' if opened in explained.alerts else 'signal'}{many}", alert_path(opened))
                for told in explained.notifications:
                    state = telling.SENDING.get(told["state"], told["state"])
                    look.words("span", f"{told['recipient']}: {state}", "hf-muted")
            if one.rule is not None:
                draw_rule(one.rule)
            draw_trace(explained.as_dict()["trace"])
