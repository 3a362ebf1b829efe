"""Changes of a rule, each asked for once more: what it means, what stands against it, and why it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.rule_changing import change_rules
from api.rule_publishing import signature
from engine.errors import HeedfulError, Located, QuestionError, RulesError
from engine.rules.load import LIVE_EXAMPLES
from engine.rules.rule import Rule, RuleStatus
from engine.shelf.publisher import Publisher
from engine.shelf.version import RuleVersion

MOST_SAID = 8
Done = Callable[[], Awaitable[None]]
MEANS = {
    RuleStatus.DRAFT: "It is not judged any more, until somebody starts it again.",
    RuleStatus.SHADOW: "It is judged from the next feedback on, and tells nobody: you see what it would have opened.",
    RuleStatus.LIVE: "It opens alerts from the next feedback on, and sends their messages.",
    RuleStatus.PAUSED: "It is not judged any more, until somebody makes it live again. Its open alerts stay.",
}
NAMES = {
    RuleStatus.DRAFT: "Back to draft",
    RuleStatus.SHADOW: "Start in shadow",
    RuleStatus.LIVE: "Make live",
    RuleStatus.PAUSED: "Pause",
}
NO_WHY = "say why in a few words: it stands in the history"


@contextmanager
def dialog(title: str, *, wide: bool = False) -> Iterator[ui.dialog]:
    """Open a dialog with a title, and build what is in it; it outlives the part of the page that opened it."""
    with ui.context.client.content, ui.dialog() as found, ui.card().classes("hf-dialog" + " hf-wide-dialog" * wide):
        found.props["aria-label"] = title
        look.words("h2", title)
        yield found
    found.on("hide", found.delete)
    found.open()


class Asked:
    """Asks once more before a rule is changed, and for the reason.

    Parameters
    ----------
    title, means
        What is done, and what it means.
    act
        Does it, with the reason.
    """

    def __init__(self, context: Context, title: str, means: str, act: Callable[[str], Awaitable[None]]) -> None:
        self._context = context
        self._title = title
        self._means = means
        self._act = act
        self._doing = False

    def open(self, draw: Callable[[], None] | None = None, *, wide: bool = False, refused: bool = False) -> None:
        """Show it.

        Parameters
        ----------
        draw
            Draws what else there is to know.
        refused
            Whether it cannot be done, for the reasons that are drawn.
        """
        with dialog(self._title, wide=wide) as self._dialog:
            look.words("p", self._means)
            if draw is not None:
                draw()
            if not refused:
                self._why = ui.input("Why").props("outlined dense maxlength=500 autofocus").classes("hf-field")
                self._why.on("keydown.enter", self._context.doing(self._do))
            self._wrong = Element("div").props("role=alert")
            with Element("div").classes("hf-row"):
                if not refused:
                    look.button(self._title, self._context.doing(self._do), main=True)
                look.button("Close" if refused else "Cancel", self._dialog.close)

    async def _do(self) -> None:
        # Who clicks twice changes it once.
        if self._doing:
            return
        self._doing = True
        self._wrong.clear()
        try:
            why = " ".join(str(self._why.value or "").split())
            if not why:
                raise QuestionError(NO_WHY)
            await self._act(why)
        except HeedfulError as problem:
            with self._wrong:
                draw_wrong(problem)
            return
        finally:
            self._doing = False
        self._dialog.close()


def draw_wrong(problem: HeedfulError) -> None:
    """Draw what went wrong, with every error of a text at its line."""
    if isinstance(problem, RulesError):
        draw_findings(problem.findings)
        return
    said = str(problem)
    look.words("p", f"{said[:1].upper()}{said[1:]}.".replace("..", "."), "hf-bad")


def draw_findings(findings: Sequence[Located]) -> None:
    """Draw what is wrong with a text, errors first."""
    ordered = sorted(findings, key=lambda one: (one.level != "error", one.line))
    with Element("ul").classes("hf-checks"):
        for one in ordered[:MOST_SAID]:
            _draw_check(one.level != "error", f"Line {one.line}: {one.message}", warn=one.level != "error")
    if len(ordered) > MOST_SAID:
        look.words("p", f"and {len(ordered) - MOST_SAID} more", "hf-small hf-muted")


def draw_checks(rule: Rule | None, failing: int | None, findings: Sequence[Located]) -> None:
    """Draw what a live rule needs, and whether this one has it."""
    examples = rule.examples if rule is not None else ()
    with Element("ul").classes("hf-checks"):
        for fires, said in ((True, "fire"), (False, "stay quiet")):
            count = sum(one.fires is fires for one in examples)
            _draw_check(count >= LIVE_EXAMPLES, f"{LIVE_EXAMPLES} examples that {said}: it has {count}")
        if examples and failing is not None:
            said = (
                "every example does what it should" if not failing else f"{failing} examples do not do what they should"
            )
            _draw_check(not failing, said, warn=bool(failing))
    if findings:
        draw_findings(findings)


def _draw_check(is_good: bool, said: str, *, warn: bool = False) -> None:
    name, style = ("warning", "hf-warn") if warn else ("check_circle", "hf-good") if is_good else ("cancel", "hf-bad")
    with Element("li"):
        ui.icon(name).classes(style).props("aria-hidden=true")
        look.words("span", said[:1].upper() + said[1:])
        if not is_good and not warn:
            look.words("span", "(missing)", "hf-hidden-text")


class Changes:
    """Changes one rule, as it was seen.

    Parameters
    ----------
    version
        What was seen: a change of anything else is refused.
    done
        Brings the page up to date.
    """

    def __init__(self, context: Context, version: RuleVersion, done: Done) -> None:
        self._context = context
        self._version = version
        self._done = done

    async def publish(self, text: str, why: str, said: str) -> None:
        """Publish another text of the rule."""
        slug, seen = self._version.slug, self._version.number
        by = signature(self._context.caller, slug, why)
        await self._change("publish", lambda publisher: publisher.put(slug, text, seen, by), said)

    async def restore(self, number: int, why: str) -> None:
        """Publish the text of an earlier version again."""
        slug, seen = self._version.slug, self._version.number
        by = signature(self._context.caller, slug, why)
        said = f"Version {number} is back, as a new version."
        await self._change("restore", lambda publisher: publisher.restore(slug, number, seen, by), said)

    async def retire(self, why: str) -> None:
        """Take the rule out of use."""
        slug, seen = self._version.slug, self._version.number
        by = signature(self._context.caller, slug, why)
        said = f"Rule '{slug}' is retired."
        await self._change("retire", lambda publisher: publisher.retire(slug, seen, by), said)

    async def _change(self, what: str, work: Callable[[Publisher], object], said: str) -> None:
        service, caller, slug = self._context.service, self._context.caller, self._version.slug
        # In a thread of its own, as over HTTP: feedback need not wait until rules are loaded.
        await self._context.read(lambda: change_rules(service, caller, (what, "rule", slug), work))
        say_done(said)
        await self._done()
        # What had the focus is drawn anew.
        ui.run_javascript("document.getElementById('main')?.focus()")
