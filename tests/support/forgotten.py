"""A store full of one customer: words and names in every column that they can get into, and another customer beside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import LargeBinary, String, Table, insert, inspect, select, text, update

from engine.alerts.alert import Alert
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, By, Change
from engine.alerts.matching import EVERY_ALERT, Matching, Named
from engine.alerts.routes import Gathering, Route
from engine.alerts.silence import Silence
from engine.alerts.verdict import Verdict, VerdictKind
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import LogReceiver
from engine.pipeline import Engine
from engine.privacy.erasing_intake import Wish
from engine.privacy.erasure import Erasure
from engine.privacy.retention import Erasing
from engine.program import OPERATORS, Program, ReceiverSpec, RuleFile
from engine.rules.load import load_rules
from engine.store import schema, schema_accounts, schema_delivery, schema_privacy, schema_search
from engine.store.alert_filter import AlertFilter
from engine.store.claims import Outcome, Standing
from engine.store.gathering import Mutes
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.engines import feedback
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.problems import opened
from tests.support.recognisers import plain_mask

NAME, WORD = "Zanzibar-7731", "quetzalfish"
OTHER = "c-other"
LEASE = timedelta(minutes=1)
RULES = """
rule: furious
status: live
when: {emotion: anger}
then: {severity: high, cooldown: {per: customer, for: 7d}}
examples:
  fires: [{text: furious}, {text: furious.}, {text: so furious}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
---
rule: often
status: live
when: {intent: complaint, count: {at_least: 2, within: 24h, per: customer}}
examples:
  fires: [{text: bad}, {text: bad.}, {text: so bad}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
---
rule: wide
status: live
when: {intent: complaint, distinct: {what: customer, at_least: 2, within: 24h, per: attribute.gate}}
examples:
  fires: [{text: bad}, {text: bad.}, {text: so bad}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
---
rule: gate
status: live
when: {intent: complaint, says: "quetzal*"}
then: {severity: critical}
examples:
  fires: [{text: bad}, {text: bad.}, {text: so bad}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
---
rule: happy
status: live
when: {intent: praise}
then: {auto: thank, severity: low}
examples:
  fires: [{text: great}, {text: so great}, {text: great.}]
  stays_quiet: [{text: a}, {text: b}, {text: c}]
"""


@dataclass
class Town:
    """A store with an engine, messages of all kinds, and people who write on alerts."""

    store: Store
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        receivers = {OPERATORS: ReceiverSpec(OPERATORS, "log"), "mail": ReceiverSpec("mail", "log")}
        to = {"to_customer": True, "address_attribute": "email"}
        receivers["letters"] = ReceiverSpec("letters", "webhook", "https://x.example/{address}", **to)
        routes = Route("routes", ("mail",), EVERY_ALERT, Gathering(("rule", "customer")))
        self.program = Program(rule_files=(RuleFile("r.yaml", RULES),), receivers=receivers, routes=routes)
        rules = load_rules(self.program, TAXONOMY)
        assert not rules.errors, [str(one) for one in rules.errors]
        self.engine = Engine(self.store, KeywordReader(), rules, self.clock)
        self.mutes = Mutes(self.store, self.program)

    def say(self, number: int | str, said: str, customer: str | None = NAME, **fields: Any) -> None:
        """Take a feedback all the way."""
        fields = {"text": None, "customer": customer, "notify": True} | fields
        notify = fields.pop("notify")
        revise = fields.pop("revise", False)
        del fields["text"]
        self.engine.process([feedback(number, said, **fields)], notify=notify, revise=revise)

    def alerts(self, **wanted: Any) -> list[Alert]:
        return list(self.store.alerts.page(AlertFilter(**wanted), limit=1000).alerts)

    def deliver(self) -> list[dict[str, Any]]:
        stream = io.StringIO()
        specs = self.program.receivers
        receivers = {name: LogReceiver(spec, plain_mask, stream) for name, spec in specs.items() if name != "letters"}
        Outbox(self.store.outbox, receivers, self.clock, specs, self.mutes.settle).run_once()
        return [orjson.loads(line) for line in stream.getvalue().splitlines()]

    def fill(self) -> None:
        """Have the customer, and another one, say and do everything; and people write of them."""
        attributes = {"gate": WORD, "email": f"{WORD}@x.example"}
        mine = {"attributes": attributes, "employee": WORD, "channel": f"{NAME} line", "unit": "emea/uk"}
        self.say(f"{NAME}-1", f"furious {WORD} bad", **mine)
        self.say(2, f"bad menu {WORD}. My name is {NAME}", **mine)
        self.say(3, f"great {WORD}", **mine)
        self.say(4, f"maybe furious {WORD}", **mine)
        self.say(4, f"furious {WORD} again", revise=True, **mine)
        self.say(5, "furious and bad", customer=OTHER, attributes={"gate": "north"}, unit="emea/uk")
        self.say(6, "bad", customer=OTHER, attributes={"gate": "north"})
        self._deliver_all()
        self._follow_up()
        self._plant()

    def _deliver_all(self) -> None:
        self.deliver()
        self.clock.move(timedelta(minutes=1))
        self.deliver()
        self.clock.move(timedelta(hours=1))
        # One message is given up: its receiver repeats what it was sent.
        lease = self.store.outbox.turn("w", self.clock.now(), (), {"letters": 9}, LEASE)
        said = f"500 cannot take: {WORD} of {NAME}"
        dead = [Outcome(one, Standing.DEAD, said, self.clock.now(), self.clock.now()) for one in lease]
        self.store.outbox.turn("w", self.clock.now(), dead, {}, LEASE)

    def _follow_up(self) -> None:
        note, by, now = f"{NAME} said {WORD}", By("ann"), self.clock.now()
        theirs = [one for one in self.alerts(customers=(NAME,)) if not one.is_closed]
        first, *others = theirs
        tried = Change(Action.ATTEMPT, note, channel=Channel.PHONE, outcome=AttemptOutcome.REACHED)
        words = {"remedy": f"gave {WORD}", "root_cause": f"{WORD} broke"}
        for change in (
            Change(Action.NOTE, note),
            Change(**{name: getattr(tried, name) for name in ("action", "note", "channel", "outcome")}, **words),
        ):
            self.store.changes.apply(change, {first.id: None}, by, now)
        for one in others:
            self.store.verdicts.give(Verdict(one.id, VerdictKind.RIGHT, "ann", now, note=note))
        problem = opened(self.store, [first.id], title=f"Of {NAME}", cause=f"{NAME} and the app")
        inhibits = orjson.dumps({"matching": {"customer": [NAME]}, "link": False}).decode()
        with self.store.database.write() as connection:
            connection.execute(
                text("UPDATE problem SET inhibits = :it WHERE id = :of"), {"it": inhibits, "of": problem.id}
            )
        matching = Matching((Named("customer", (NAME,)),))
        self.store.silences.add(
            Silence("si_1", matching, "ann", f"{NAME} is away", NOON, NOON, NOON + timedelta(days=1))
        )

    def _plant(self) -> None:
        """Write what this world's settings leave empty."""
        feedback_table, now = schema.feedback, self.clock.now()
        mine = feedback_table.c.customer == NAME
        with self.store.database.write() as connection:
            connection.execute(update(feedback_table).where(mine).values(sealed=WORD.encode()))
            views = {"at": now, "who": "ann", "source": "default", "why": f"called {NAME}"}
            ids = [f"f{NAME}-1", "f2", "f5"]
            connection.execute(insert(schema_privacy.private_view), [views | {"feedback_id": one} for one in ids])
            note = {"employee": "ann", "author": "kim", "at": now, "note": f"{WORD} to {NAME}", "source": "default"}
            connection.execute(insert(schema_search.coaching_note), [note | {"feedback_id": one} for one in ids[:2]])
            connection.execute(insert(schema_search.coaching_note), note | {"note": NAME, "feedback_id": ids[2]})
            why = {"reason": f"410 of {NAME}", "name": "mail", "state": "stopped", "since": now, "failures": 1}
            connection.execute(text("DELETE FROM receiver_state WHERE name = 'mail'"))
            connection.execute(insert(schema_delivery.receiver_state), why)
            theirs = select(schema.alert.c.id).where(schema.alert.c.customer == OTHER)
            event = {"alert_id": connection.scalars(theirs).first(), "at": now, "kind": "note", "who": "ann"}
            told = {"why": f"as {NAME} said", "data": orjson.dumps({"said": NAME}).decode()}
            connection.execute(insert(schema.alert_event), event | told)
            connection.execute(
                text("UPDATE problem_event SET why = :it, data = :at"), {"it": NAME, "at": f'{{"a":"{NAME}"}}'}
            )
            change = {"at": now, "who": "ann", "what": "add", "kind": "silence", "subject": f"of {NAME}"}
            connection.execute(insert(schema_accounts.audit), change | {"data": orjson.dumps({"for": NAME}).decode()})
            found = orjson.dumps({"often": [True, f"2 of {NAME}"]}).decode()
            connection.execute(update(schema.decision).values(found=found))

    def forget(self, how: Erasing, **wish: Any) -> Erasure:
        """Forget the customer."""
        begun = self.store.erasures.begin(Wish(NAME, how, "kim", f"{NAME} asked", **wish), self.clock.now())
        return self.store.erasures.run(begun.id, "here", self.clock, rest=lambda _: None)


def cells(store: Store) -> Iterator[tuple[str, str, bytes]]:
    """Yield every text and every blob of every table that the database has: table, column and value."""
    with store.database.read() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for name, value in row.items():
                    if isinstance(value, str | bytes):
                        yield table, name, value if isinstance(value, bytes) else value.encode()


def texts_of(table: Table) -> list[Any]:
    """Return the columns of a table that hold texts or bytes."""
    return [column for column in table.columns if isinstance(column.type, (String, LargeBinary))]


def holding(store: Store, *needles: str) -> set[str]:
    """Return the columns, as ``table.column``, in which one of some texts stands, in whatever case."""
    wanted = [one.lower().encode() for one in needles]
    return {f"{table}.{column}" for table, column, value in cells(store) if any(one in value.lower() for one in wanted)}
