"""The list of rules: one row a rule, with what tells whether it does its work."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from nicegui.element import Element

from api.console import look
from api.console.rules.facts import Fact, said_precision
from api.console.rules.trying import RuleResult
from engine.rules.rule import RuleStatus

COLUMNS = ("Rule", "Status", "Alerts in 7 days", "Precision", "Examples", "Last change")
SAID = {
    RuleStatus.DRAFT: "not judged yet",
    RuleStatus.SHADOW: "judged, tells nobody",
    RuleStatus.LIVE: "judged, and alerts",
    RuleStatus.PAUSED: "not judged now",
}


def rule_path(slug: str) -> str:
    """Return the address of a rule's page."""
    return f"/rules/{quote(slug, safe='')}"


def draw_status(fact: Fact) -> None:
    """Draw how far a rule is trusted, by its word as much as by its colour."""
    draft = fact.version.draft
    said = "retired" if draft.retired else draft.status
    found = look.words("span", said.capitalize(), f"hf-chip hf-status-{said}")
    if not draft.retired:
        found.props["title"] = SAID[RuleStatus(draft.status)]


def draw_heads() -> None:
    """Draw what the columns are; every cell says it again, for those who listen and for narrow screens."""
    with Element("div").classes("hf-rule-row hf-rule-heads").props("aria-hidden=true"):
        for name in COLUMNS:
            look.words("span", name)


def draw_row(fact: Fact) -> None:
    """Draw a rule of the list."""
    draft = fact.version.draft
    with Element("div").classes("hf-rule-row"):
        with Element("div").classes("hf-rule-name"):
            look.link(draft.title, rule_path(draft.slug), "hf-link hf-strong")
            with Element("div").classes("hf-row hf-small hf-muted"):
                if draft.title != draft.slug:
                    look.words("span", draft.slug)
                if draft.author:
                    look.link(f"by {draft.author}", f"/rules?{urlencode({'author': draft.author})}")
                else:
                    look.words("span", "without an author")
                if draft.managed:
                    look.words("span", "from files").props["title"] = f"{draft.file}: changed there, and not here"
        with _cell("Status"):
            draw_status(fact)
            if fact.errors:
                said = "1 error" if fact.errors == 1 else f"{fact.errors} errors"
                look.words("span", f"{said}, not judged", "hf-bad hf-small hf-strong")
        with _cell("Alerts in 7 days"):
            look.words("span", f"{fact.numbers.opened:,}" if not fact.is_shared else "", "hf-number")
        with _cell("Precision"):
            _draw_precision(fact)
        with _cell("Examples"):
            draw_examples(fact)
        with _cell("Last change"), Element("div").classes("hf-small"):
            look.moment(fact.version.at, look.Clock.AGO)
            look.words("div", f"by {fact.version.who}", "hf-muted")


def _cell(name: str) -> Element:
    found = Element("div").classes("hf-rule-cell")
    with found:
        look.words("span", f"{name}: ", "hf-rule-said")
    return found


def _draw_precision(fact: Fact) -> None:
    if fact.is_shared:
        return
    value, because = said_precision(fact.numbers.precision)
    if fact.numbers.precision is None:
        look.words("span", "no verdicts yet", "hf-small hf-muted")
        return
    look.words("span", value)
    look.words("div", because, "hf-small hf-muted")


def draw_examples(fact: Fact) -> None:
    """Draw how many examples of a rule do what they should."""
    if fact.rule is None:
        return
    count = len(fact.rule.examples)
    if not count:
        look.words("span", "none", "hf-small hf-muted")
    elif fact.tried is None:
        look.words("span", f"{count} not tried yet", "hf-small hf-muted")
    else:
        look.words("span", said_examples(fact.tried), _style(fact.tried))


def said_examples(tried: RuleResult) -> str:
    """Return how many examples do what they should."""
    count, untried = len(tried.results), sum(one.passes is None for one in tried.results)
    if tried.failing:
        return f"{tried.failing} of {count} fail"
    return f"{tried.passing} of {count} pass" if untried else f"all {count} pass"


def _style(tried: RuleResult) -> str:
    return "hf-bad hf-strong" if tried.failing else "hf-muted" if tried.problem else "hf-good"
