"""What is done with alerts from the inbox: at once or after a question, with one or with many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.alert_body import Asked
from api.alert_changing import Each, change_each
from api.console import look
from api.console.context import Context, say_done, say_wrong
from api.console.fields import Field, choice, declared
from api.console.takers import takers
from engine.alerts.changes import ADDS, Action
from engine.alerts.verdict import VerdictKind
from engine.errors import ChangeError, HeedfulError, NotFoundError, StaleError
from engine.people import Directory
from engine.scope import JUDGES, Scope

MOST_TOLD = 50
MOST_NOTE = 2_000
NOBODY = "-"
STALE = "Somebody else changed it meanwhile. Look at it as it is now; what they did stays."
NOBODY_YET = "Nobody is in the directory yet: fill it with 'heedful people import'."
GONE = "It is gone, or you may not see it."
VERDICTS = {
    VerdictKind.RIGHT: "Right: this was worth an alert",
    VerdictKind.NOT_ACTIONABLE: "Not actionable: true, but nothing can be done",
    VerdictKind.DUPLICATE: "Duplicate: it is known already",
}
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Targets:
    """What something is done with.

    Parameters
    ----------
    seen
        The alerts, each in the version that was seen.
    titles
        What they are called, as far as that is known.
    first
        The address of the page of a single one.
    units
        Theirs, as far as that is known.
    """

    seen: Mapping[str, int]
    titles: Mapping[str, str]
    first: str = ""
    units: frozenset[str | None] = frozenset()

    @property
    def said(self) -> str:
        """Say how many."""
        count = len(self.seen)
        return f"{count:,} alerts" if count > 1 else "the alert"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: its title, what is said once it is done, and what is asked before."""

    action: Action
    title: str
    done: str
    ask: Callable[[Context, Targets, Directory], Callable[[], Record]] | None = None


class Acts:
    """Does things with alerts, and tells what came of it.

    Parameters
    ----------
    after
        Is told which alerts were changed.
    renewed
        Returns the same alerts as they are shown by then.
    asking
        Is told when a question is put, and when it is gone.
    """

    def __init__(
        self,
        context: Context,
        after: Callable[[Each], Awaitable[None]],
        renewed: Callable[[Targets], Targets],
        asking: Callable[[bool], None],
    ) -> None:
        self._context = context
        self._after = after
        self._renewed = renewed
        self._asking = asking

    async def begin(self, name: str, targets: Targets) -> None:
        """Do something, or ask what there is to say first."""
        self._context.need(JUDGES)
        act = ACTS[name]
        if act.ask is None:
            await self._do(act, targets, {})
            return
        people = await self._context.read(self._context.service.store.people.directory)
        with opened(f"{act.title} {targets.said}", self._asking) as dialog:
            record = act.ask(self._context, targets, people)

            async def send() -> None:
                nonlocal targets
                if await self._do(act, targets, record()):
                    dialog.close()
                else:
                    targets = self._renewed(targets)

            with Element("div").classes("hf-row"):
                look.button(act.title, self._context.doing(send), main=True)
                look.button("Cancel", dialog.close)

    async def _do(self, act: Act, targets: Targets, record: Record) -> bool:
        """Do something, and return whether that was it: otherwise nothing was done, and it can be said again."""
        said = {name: value for name, value in record.items() if value is not None or name == "to"}
        adds = act.action in ADDS
        seen = {name: None if adds else version for name, version in targets.seen.items()}
        asked = Asked(seen, {"action": str(act.action), **said})
        each = await self._context.write(
            lambda: change_each(self._context.service, self._context.caller, asked), JUDGES
        )
        await self._after(each)
        return self._tell(act, targets, each)

    def _tell(self, act: Act, targets: Targets, each: Each) -> bool:
        """Say what was done, and what was refused and why; return whether anything was done, or cannot be."""
        done, reasons = len(each.done), list(each.refused.values())
        if not each.refused:
            say_done(act.done if done == 1 else f"{act.done}: {done:,} alerts")
            return True
        if len(targets.seen) == 1 or (not done and all(isinstance(one, ChangeError) for one in reasons)):
            # What is missing can be filled in, and what somebody else did can be looked at.
            say_wrong(plainly(reasons[0]))
            return not isinstance(reasons[0], (ChangeError, StaleError))
        with opened(f"{act.done}: {done:,} of {len(targets.seen):,} alerts", self._asking) as dialog:
            look.words("p", f"{len(each.refused):,} stayed as they were:")
            with Element("ul").props("tabindex=0"):
                for name, problem in list(each.refused.items())[:MOST_TOLD]:
                    look.words("li", f"{targets.titles.get(name, name)}: {plainly(problem)}")
            if len(each.refused) > MOST_TOLD:
                look.words("p", f"and {len(each.refused) - MOST_TOLD:,} more", "hf-muted")
            look.button("Close", dialog.close, main=True)
        return True


@contextmanager
def opened(title: str, asking: Callable[[bool], None]) -> Iterator[ui.dialog]:
    """Open a dialog that the block fills; it is gone once it is closed.

    Parameters
    ----------
    asking
        Is told when it is there, and when it is gone.
    """
    # It is gone at once, so that the keys pressed next are not lost.
    dialog = ui.dialog(value=True).props("transition-duration=0")
    dialog.props["aria-label"] = title

    def hidden() -> None:
        dialog.delete()
        asking(False)
        ui.run_javascript("heedful.inbox.back()")

    dialog.on("hide", hidden)
    asking(True)
    with dialog, ui.card().classes("hf-inbox-dialog"):
        look.words("h2", title)
        yield dialog


def plainly(problem: HeedfulError) -> str:
    """Return why an alert was not changed, in plain words."""
    if isinstance(problem, StaleError):
        return STALE
    if isinstance(problem, NotFoundError):
        return GONE
    said = str(problem)
    return f"{said[:1].upper()}{said[1:]}."


def assignable(people: Directory, scope: Scope) -> dict[str, str]:
    """Return who may be given alerts by somebody of a scope, by id: those of its units, above them, or of none."""
    near = [
        one
        for one in people.people
        if scope.unit is None
        or not one.units
        or any(scope.sees(unit) or Scope(unit).sees(scope.unit) for unit in one.units)
    ]
    teams = sorted({team for one in near for team in one.teams})
    found = {team: f"Team {team}" for team in teams}
    return found | {one.id: one.name if one.name == one.id else f"{one.name} ({one.id})" for one in near}


def _note(label: str = "Note") -> Field:
    return Field(label, tag="textarea", most=MOST_NOTE)


def _assign(context: Context, targets: Targets, people: Directory) -> Callable[[], Record]:
    caller = context.caller
    names = takers(people, targets.units)
    own = caller.name if caller.name in names else ""
    if own:
        names = {own: f"Me: {names[own]}"} | names
    chosen = choice("To", {"": "Choose", **names, NOBODY: "Nobody"}, own).first()
    note = _note()
    if not names:
        none = "Nobody may take on all of these." if people.people else NOBODY_YET
        look.words("p", none, "hf-small")

    def record() -> Record:
        if chosen.value != NOBODY and chosen.value not in names:
            raise ChangeError("choose a person or a team", field="to")
        return {"to": None if chosen.value == NOBODY else chosen.value, "note": note.said}

    return record


def _resolve(context: Context, _targets: Targets, _people: Directory) -> Callable[[], Record]:
    program = context.service.engine.program
    cause, remedy = declared("Root cause", program.root_causes).first(), declared("Remedy", program.remedies)
    note = _note()
    return lambda: {"root_cause": cause.said, "remedy": remedy.said, "note": note.said}


def _dismiss(_context: Context, _targets: Targets, _people: Directory) -> Callable[[], Record]:
    note = _note("Why is nothing to be done?").first()
    return lambda: {"note": note.said}


def _judge(_context: Context, targets: Targets, _people: Directory) -> Callable[[], Record]:
    chosen = choice("Verdict", {"": "Choose", **{str(kind): said for kind, said in VERDICTS.items()}}).first()
    note = _note()
    if targets.first:
        with look.words("p", "Were the labels wrong? ", "hf-small"):
            look.link("Say which are right on its page", targets.first)

    def record() -> Record:
        if not chosen.value:
            raise ChangeError("choose a verdict", field="verdict")
        return {"verdict": chosen.value, "note": note.said}

    return record


ACTS: Mapping[str, Act] = {
    "acknowledge": Act(Action.ACKNOWLEDGE, "Acknowledge", "Acknowledged"),
    "assign": Act(Action.ASSIGN, "Assign", "Assigned", _assign),
    "resolve": Act(Action.RESOLVE, "Resolve", "Resolved", _resolve),
    "dismiss": Act(Action.DISMISS, "Dismiss", "Dismissed", _dismiss),
    "verdict": Act(Action.VERDICT, "Give a verdict on", "Your verdict is on record", _judge),
}
