"""The rules: all that are published, found by status and words, with what tells whether each does its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from nicegui import ui
from nicegui.element import Element
from nicegui.events import ValueChangeEventArguments

from api.console import assets, look
from api.console.context import Context, later
from api.console.live import Topic
from api.console.page import Page
from api.console.rules.facts import Fact, page_of
from api.console.rules.listing import draw_heads, draw_row
from engine.errors import HeedfulError, NotFoundError
from engine.rules.rule import RuleStatus
from engine.scope import AUTHORS, READERS
from engine.shelf.export import exported
from engine.store.shelf import RuleFilter

PAGE = Page("/rules", "Rules", roles=READERS, icon="rule", place=4)
AT_ONCE = 50
MOST = 500
RETIRED = "retired"
CHOICES = ("", *RuleStatus, RETIRED)
NO_RULES = "No rules yet"
NOT_HERE = "no rule was made here; those from files are in their files already"
BEGIN = "A rule says which feedback somebody must hear of, and whom it goes to."


async def page(context: Context, status: str = "", words: str = "", author: str = "") -> None:
    """Build the page."""
    ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("rules.css")}">')
    await Rules(context, status if status in CHOICES else "", words[:200], author[:200]).draw()


class Rules:
    """The list; it keeps itself up to date.

    Parameters
    ----------
    status
        Only rules of this status, or those that are retired; empty for all that are not.
    words
        Only rules with these words in their names.
    author
        Only rules of this author; empty for all.
    """

    def __init__(self, context: Context, status: str, words: str, author: str) -> None:
        self._context = context
        self._status = status
        self._words = words
        self._author = author
        self._limit = AT_ONCE
        self._trying = False
        self._facts: list[Fact] = []

    async def draw(self) -> None:
        """Draw the list, and follow the rules from then on."""
        with Element("div").classes("hf-row hf-rule-bar"):
            self._draw_search()
            self._draw_choices()
            with Element("div").classes("hf-row hf-rule-actions"):
                look.button("Export as YAML", self._context.doing(self._export), icon="download")
                if self._context.may(AUTHORS) and self._context.caller.scope.unit is None:
                    look.link("New rule", "/rules/new", "hf-link-button hf-main-link")
        if self._author:
            with Element("p").classes("hf-row hf-small"):
                look.words("span", f"Only rules by {self._author}.")
                look.link("Rules by anybody", "/rules")
        draw_heads()
        self._list = look.Listed(draw_row, "Rules", "hf-list hf-rules")
        self._empty = Element("div")
        self._said = look.words("p", "", "hf-hidden-text")
        self._said.props["role"] = "status"
        self._more = look.button("Show more", self._context.doing(self._show_more))
        await self._bring()
        self._context.follow(self._bring, Topic.RULES)

    def _draw_search(self) -> None:
        field = ui.input("Find a rule", value=self._words, on_change=self._context.doing(self._search))
        field.props("outlined dense clearable debounce=250 type=search").classes("hf-field hf-rule-search")

    def _draw_choices(self) -> None:
        self._choices: dict[str, ui.button] = {}
        with Element("div").classes("hf-row hf-choices").props("role=group aria-label=Status"):
            for choice in CHOICES:
                said = choice.capitalize() or "All"
                button = look.button(said, self._context.doing(lambda choice=choice: self._choose(choice)))
                self._choices[choice] = button.classes("hf-choice")

    async def _search(self, event: ValueChangeEventArguments[str | None]) -> None:
        self._words = str(event.value or "")[:200]
        await self._asked_otherwise()

    async def _choose(self, choice: str) -> None:
        self._status = choice
        await self._asked_otherwise()

    async def _asked_otherwise(self) -> None:
        self._limit = AT_ONCE
        said = {"status": self._status, "words": self._words, "author": self._author}
        query = urlencode({name: value for name, value in said.items() if value})
        ui.navigate.history.replace(f"/rules?{query}" if query else "/rules")
        await self._bring()

    async def _show_more(self) -> None:
        self._limit = min(MOST, self._limit + AT_ONCE)
        await self._bring()

    async def _export(self) -> None:
        text = await self._context.read(lambda: exported(self._context.service.store.shelf))
        if not text:
            raise NotFoundError(NOT_HERE)
        ui.download.content(text, "rules.yaml", "application/yaml")

    async def _bring(self) -> None:
        """Bring the list up to date."""
        retired = self._status == RETIRED
        status = None if retired or not self._status else self._status
        wanted = RuleFilter(status, self._author or None, retired=retired, words=self._words or None)
        limit = self._limit
        facts, more, counts = await self._context.read(
            lambda: page_of(self._context, wanted, limit), key=("rules", wanted, limit)
        )
        self._facts = facts
        self._list.show([(one.version.slug, _version_of(one), one) for one in facts])
        self._tell(counts)
        self._draw_empty(bool(counts))
        self._more.set_visibility(more and limit < MOST)
        self._said.text = "1 rule is shown" if len(facts) == 1 else f"{len(facts)} rules are shown"
        if not self._trying and any(_is_untried(one) for one in facts):
            self._trying = True
            later(self._try_examples())

    def _tell(self, counts: Mapping[str, int]) -> None:
        everything = sum(count for name, count in counts.items() if name != RETIRED)
        for choice, button in self._choices.items():
            count = counts.get(choice, 0) if choice else everything
            button.text = f"{choice.capitalize() or 'All'} {count}"
            button.props["aria-pressed"] = "true" if choice == self._status else "false"
            button.update()

    def _draw_empty(self, has_any: bool) -> None:
        self._empty.clear()
        if len(self._list):
            return
        with self._empty:
            if has_any:
                look.nothing_here("No rule is like that", "Look for other words, or in another status.")
            elif self._context.may(AUTHORS):
                look.nothing_here(NO_RULES, BEGIN, to="/rules/new", to_said="Write the first one")
            else:
                look.nothing_here(NO_RULES, BEGIN)

    async def _try_examples(self) -> None:
        """Try the examples of the rules that are shown, one rule after the other, as far as nobody has."""
        service, trials = self._context.service, self._context.desk.trials
        try:
            for fact in [one for one in self._facts if _is_untried(one)]:
                if self._context.client.is_deleted or fact.rule is None:
                    return
                try:
                    await service.checker.run(partial(trials.tried, service, fact.rule))
                except HeedfulError:
                    # They stay untried in the list; the rule's own page says why.
                    continue
                await self._bring_tried(fact)
        finally:
            self._trying = False

    async def _bring_tried(self, tried: Fact) -> None:
        """Show what became of the examples of a rule, unless the list shows something else by now."""
        if self._context.client.is_deleted or tried not in self._facts or tried.rule is None:
            return
        result = self._context.desk.trials.known(self._context.service, tried.rule)
        self._facts = [replace(one, tried=result) if one is tried else one for one in self._facts]
        with self._context.client:
            self._list.show([(one.version.slug, _version_of(one), one) for one in self._facts])


def _is_untried(fact: Fact) -> bool:
    return fact.tried is None and fact.rule is not None and bool(fact.rule.examples)


def _version_of(fact: Fact) -> tuple[object, ...]:
    """Return what a row shows that may change."""
    tried = (fact.tried.passing, fact.tried.failing) if fact.tried else None
    return fact.version.number, fact.errors, fact.numbers, tried
