"""Parts of the page of a problem: its head, what is behind it, what is known of it, and its history."""

from __future__ import annotations

from datetime import datetime

from nicegui.element import Element

from api.addresses import PROBLEMS
from api.console import look
from api.console.alert import telling as alert_telling
from api.console.insights.saying import counted
from api.console.problems.export import alerts_address, customers_address
from api.console.problems.seen import One
from api.console.problems.telling import GROUPS, STATES, told_of

MOST_EVENTS = 100


def draw_head(now: One) -> None:
    """Draw what it is, how it stands, and who has it."""
    problem = now.problem
    with Element("div").classes("hf-row"):
        look.chip(STATES[problem.state], GROUPS[problem.state])
        if problem.topic:
            look.label_chip("topic", problem.topic)
        look.link("All problems", PROBLEMS, "hf-link hf-small hf-beside")
    look.words("h2", problem.title, "hf-alert-title")
    with Element("div").classes("hf-row hf-small"):
        look.words("span", f"{now.name(problem.holder)} has it" if problem.holder else "Nobody has it yet", "hf-strong")
        if problem.solved_at is not None:
            _moment("Solved ", problem.solved_at)
        elif problem.due_at is not None:
            _moment("To be solved: ", problem.due_at, look.Clock.DUE)
        _moment("Opened ", problem.created_at)
        look.words("span", f"by {now.name(problem.created_by)}", "hf-muted")


def _moment(said: str, at: datetime, clock: look.Clock = look.Clock.AGO) -> None:
    with Element("span").classes("hf-muted"):
        look.words("span", said)
        look.moment(at, clock)


def draw_cause(now: One) -> None:
    """Draw what is behind it in somebody's words, and what was said to be behind its alerts."""
    if now.problem.cause:
        look.words("p", now.problem.cause, "hf-note")
    else:
        look.words("p", "Nobody has said yet what is behind it.", "hf-muted")
    causes = now.more["root_causes"]
    if causes:
        look.words("h3", "Root causes of its alerts")
        with Element("ul").classes("hf-plain-list"):
            for cause, count in causes.items():
                with Element("li").classes("hf-row"):
                    look.words("span", cause, "hf-grow hf-break")
                    look.words("span", counted(count, "alert"), "hf-small hf-muted")


def draw_about(now: One) -> None:
    """Draw where it is, and what it keeps quiet."""
    problem = now.problem
    facts = [("Topic", problem.topic or "none"), ("Unit", problem.unit or "everywhere")]
    facts += [("Who has it", now.name(problem.holder) if problem.holder else "nobody yet")]
    if problem.inhibits is not None:
        linked = ", and links them" if problem.inhibits.link else ""
        still = "keeps" if problem.solved_at is None else "kept"
        facts.append(("Messages", f"it {still} these quiet{linked}: {problem.inhibits.matching.said}"))
    with Element("dl").classes("hf-pairs"):
        for name, value in facts:
            look.words("dt", name)
            look.words("dd", value)
        for name, at in (("Opened", problem.created_at), ("Due", problem.due_at), ("Solved", problem.solved_at)):
            if at is not None:
                look.words("dt", name)
                with look.words("dd", ""):
                    look.moment(at)


def draw_customers(now: One) -> None:
    """Draw the files of who stands behind it."""
    if not now.linked:
        look.words("p", "Nobody: it has no alerts yet.", "hf-muted")
        return
    states = [f"{count:,} {alert_telling.plain(state)}" for state, count in now.more["linked"].items()]
    look.words("p", f"Of {counted(now.linked, 'alert')}: {', '.join(states)}.")
    look.words("p", "A line for each, to tell them once it is solved; each leads back here.", "hf-small hf-muted")
    files = {"Customers": customers_address(now.problem.id), "Alerts": alerts_address(now.problem.id)}
    with Element("div").classes("hf-row"):
        for said, path in files.items():
            found = look.link(f"{said} as CSV", path, "hf-plain-button hf-as-button")
            found.props["download"] = path.rpartition("/")[2]


def draw_history(now: One) -> None:
    """Draw what became of it, the latest first."""
    events = now.more["events"]
    if len(events) > MOST_EVENTS:
        look.words("p", f"The latest {MOST_EVENTS} of {len(events):,}.", "hf-small hf-muted")
    with Element("ol").classes("hf-history"):
        for event in reversed(events[-MOST_EVENTS:]):
            told = told_of(event, now.name)
            with Element("li"):
                with Element("div").classes("hf-row"):
                    look.words("span", told.who, "hf-strong")
                    look.words("span", told.said)
                    look.moment(datetime.fromisoformat(event["at"]), look.Clock.AGO).classes("hf-small hf-muted")
                if told.more:
                    look.words("p", told.more, "hf-small hf-muted")
                if told.words:
                    look.words("p", told.words, "hf-quote")


def last_change(now: One) -> str:
    """Return what somebody else did meanwhile."""
    told = told_of(now.more["events"][-1], now.name)
    return f"Meanwhile {told.who} {told.said}."
