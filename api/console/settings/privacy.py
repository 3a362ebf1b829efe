"""Privacy and retention: what becomes of personal data, how long feedback is kept, and who was forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Check, Field, choice
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table, asking, dialog, handler, pairs
from api.console.settings.section import WHOLE, Section
from api.erasing import erasing
from api.privacy import customers_asked
from engine.errors import QuestionError
from engine.privacy.erasure import ALWAYS_UNREACHED, Erasure, ErasureKind
from engine.privacy.policy import Action, Kind, Policy
from engine.privacy.retention import Erasing
from engine.scope import ADMINS
from engine.store.retaining import Preview
from engine.store.stored_of import StoredOf, stored_of

DOES = {
    Action.KEEP: "kept",
    Action.MASK: "replaced by its kind",
    Action.HASH: "replaced by a keyed digest",
    Action.DROP: "left out",
}
HOW = {
    str(Erasing.ANONYMISE): "Words, names and attributes go; scores, labels and counts stay.",
    str(Erasing.DELETE): "The feedback goes with its alerts, and everything that came of it.",
}
NAMES = {str(Erasing.ANONYMISE): "Anonymise: counts stay", str(Erasing.DELETE): "Delete everything"}


async def draw(context: Context) -> None:
    """Draw the section."""
    _draw_policy(context.service.engine.program.privacy)
    await _draw_retention(context)
    receipts = _Receipts(context)
    _draw_forgetting(context, receipts)
    await receipts.draw()
    context.follow(receipts.bring, Topic.SETTINGS, Topic.FEEDBACK, Topic.ALERTS)


def policy_said(policy: Policy) -> list[tuple[str, str]]:
    """Return a policy in words: of what, and what becomes of it."""
    kinds = {kind: policy.kinds.get(kind, Action.MASK) for kind in Kind if kind is not Kind.NAME or policy.names}
    said = [
        (DOES[does].capitalize(), ", ".join(str(kind).replace("_", " ") for kind, one in kinds.items() if one is does))
        for does in Action
        if does in kinds.values()
    ]
    said += [(f"What is recognised in {place}", DOES[action]) for place, action in policy.fields.items()]
    said += [(f"{place}, whatever is in it", DOES[action]) for place, action in policy.always.items()]
    said.append(("Names in texts", "looked for" if policy.names else "not looked for"))
    kept = "kept beside the record, encrypted, for those who may see it" if policy.keep_originals else "not kept"
    return [*said, ("What was taken out", kept)]


def _draw_policy(policy: Policy) -> None:
    with look.section("Personal data in what customers say", 3):
        look.words(
            "p",
            "Taken out before feedback is read, judged, stored or logged; declared in program.yaml.",
            "hf-small hf-muted",
        )
        pairs(policy_said(policy))


async def _draw_retention(context: Context) -> None:
    rules = context.service.engine.program.retention
    with look.section("How long feedback is kept", 3):
        if not rules:
            look.words("p", "For ever: the program has no rules of retention.")
            return
        found = await context.read(lambda: context.service.store.retention.preview(rules, context.now()))
        columns = ("Rule", "Would go now", "Kept while an alert is open", "Next")
        Table("Rules of retention", columns, _draw_preview, ("", "")).show(found)
        look.words("p", "Each rule is carried out once a day, in the background.", "hf-small hf-muted")


def _draw_preview(one: Preview, cells: Cells) -> None:
    cells(one.rule.said)
    cells(f"{max(0, one.due - one.waiting):,}", "st-count")
    cells(f"{one.waiting:,}", "st-count")
    with cells():
        if one.next_at is not None:
            look.moment(one.next_at)


def _draw_forgetting(context: Context, receipts: _Receipts) -> None:
    with look.section("Forget a customer", 3):
        look.words(
            "p",
            "Every trace of a customer goes: feedback, alerts, messages, notes, labelled data. First you "
            "see what there is.",
            "hf-small hf-muted",
        )
        with Element("div").classes("st-form"):
            customer = Field("Customer", hint="As feedback names them")
            how = choice("How", NAMES, str(Erasing.ANONYMISE))
            why = Field("Why", hint="Such as: asked by letter", most=1_000)
            anywhere = Check("Also texts of others in which the name stands")

        async def ask() -> None:
            WHOLE.need(context)
            if customer.said is None:
                raise QuestionError("say which customer, as feedback names them")
            said = {"customer": customer.said, "erasing": how.value, "why": why.said or "", "anywhere": anywhere.value}
            await _ask(context, said, receipts)

        button = look.button("See what would go", handler(context, ask))
        button.classes("st-after")


async def _ask(context: Context, said: Mapping[str, Any], receipts: _Receipts) -> None:
    """Say what would go, and have it confirmed by typing the customer."""
    customer = str(said["customer"])
    engine, store = context.service.engine, context.service.store
    work = await context.read(lambda: erasing(context.service, context.caller, said))
    names = customers_asked(customer, engine.redactor) or ()
    found = await context.read(lambda: stored_of(store.database, names))

    async def forget() -> None:
        WHOLE.need(context)
        begun = await context.write(work, ADMINS)
        say_done("It has begun, and goes on by itself. The receipt is below.")
        await receipts.bring()
        if begun.finished_at is not None:
            receipts.show(begun)

    means = [_stored_said(found), HOW[str(said["erasing"])], "It cannot be undone, and begins at once."]
    ask = asking(context, "Forget this customer", means, "Forget", forget, grave=True, typed=customer)
    with ask, Element("details"):
        look.words("summary", "What it does not reach")
        with Element("ul"):
            for one in ALWAYS_UNREACHED:
                look.words("li", one, "hf-small")


def _stored_said(found: StoredOf) -> str:
    if not found.feedback and not found.alerts:
        return "Nothing is stored under this name now. What names the customer elsewhere is looked for all the same."
    pending = f", {found.open_alerts:,} of them open" if found.open_alerts else ""
    return f"There are {found.feedback:,} feedback and {found.alerts:,} alerts of this customer{pending}."


class _Receipts:
    """Erasures with their receipts, the newest first."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        """Draw them."""
        with look.section("Receipts", 3):
            columns = ("What", "Asked", "State", "Records", "")
            nothing = ("Nothing was erased yet", "Receipts of customers and of retention appear here.")
            self._paged = Paged(self._context, Table("Receipts", columns, self._draw, nothing), self._fetch)
            await self._paged.begin()

    async def bring(self) -> None:
        """Bring the list up to date."""
        await self._paged.bring()

    def _fetch(self, cursor: str | None) -> tuple[list[Erasure], str | None]:
        found = self._context.service.store.erasures.page(limit=PAGE + 1, after=cursor)
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None

    def _draw(self, one: Erasure, cells: Cells) -> None:
        with cells():
            if one.kind is ErasureKind.CUSTOMER:
                look.words("div", "A customer", "hf-strong")
                look.words("div", f"{one.subject[:16]}…", "st-id hf-muted")
            else:
                look.words("div", one.subject, "hf-strong")
        with cells():
            look.moment(one.requested_at)
            look.words("div", one.who, "hf-small hf-muted")
        with cells():
            if one.finished_at is None:
                look.words("span", "Going on", "hf-warn hf-strong")
            else:
                look.words("span", "Done ", "hf-good hf-strong")
                look.moment(one.finished_at, look.Clock.AGO)
        cells(f"{one.counts.get('feedback', 0):,}", "st-count")
        with cells():
            button = look.button("Receipt", handler(self._context, lambda: self._open(one.id)))
            button.props["aria-label"] = f"Receipt {one.id}"

    async def _open(self, erasure_id: str) -> None:
        self.show(await self._context.read(lambda: self._context.service.store.erasures.one(erasure_id)))

    def show(self, one: Erasure) -> None:
        """Show a receipt."""
        with dialog(self._context, "Receipt") as shown:
            state = "done" if one.finished_at is not None else "going on"
            pairs(
                [
                    ("Number", one.id),
                    ("Digest", one.subject),
                    ("How", str(one.erasing)),
                    ("By", one.who),
                    ("Why", one.why or "not said"),
                    ("State", state),
                ]
            )
            _listed(
                "Rows, by table",
                [f"{table.replace('_', ' ')}: {count:,}" for table, count in sorted(one.counts.items())],
            )
            _listed("Files of labelled data", [str(file.get("path", "")) for file in one.files])
            _listed("Models that were trained on them: train these again", list(one.models))
            _listed("Not reached", list(one.unreached))
            _listed("What stays", list(one.remains))
            look.button("Close", shown.close)


def _listed(title: str, said: list[str]) -> None:
    if said:
        look.words("h3", title, "st-group")
        with Element("ul"):
            for one in said:
                look.words("li", one, "hf-small")


SECTION = Section(
    "privacy", "Privacy and retention", "What becomes of personal data, and who is forgotten.", WHOLE, draw
)
