"""What a service is set up with, and what must come of each kind of feedback there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.service import RULES

HOOK = "kind: webhook, secret: a secret of the crash tests, allow_private: true, url: '{url}"
EXAMPLES = """
examples:
  fires: [{text: WORD}, {text: so WORD}, {text: WORD.}]
  stays_quiet: [{text: hello}, {text: b}, {text: c}]
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of feedback: what it says and scores, and the rules that it must raise."""

    text: str
    nps: int
    raises: frozenset[str] = frozenset()

    def record(self, number: int) -> dict[str, Any]:
        """Return a record of this kind."""
        # Two of a batch have one customer.
        customer = f"c{number // 10 % 4000}"
        return {
            "id": f"r{number}",
            "text": self.text,
            "scores": {"nps": self.nps},
            "customer": customer,
            "attributes": {"email": f"{customer}@x.example"},
        }


@dataclass(frozen=True)
class Setup:
    """A program's files by name, and the kinds of feedback that its senders post in turn."""

    files: Mapping[str, str]
    kinds: tuple[Kind, ...]

    def kind(self, feedback_id: str) -> Kind:
        """Return the kind of a record."""
        return self.kinds[int(feedback_id.removeprefix("r")) % len(self.kinds)]


def _rule(slug: str, word: str, condition: str, then: str) -> str:
    return f"rule: {slug}\nstatus: live\nwhen: {{{condition}}}\nthen: {then}\n{EXAMPLES.replace('WORD', word)}"


PLAIN = Setup(
    {
        "program.yaml": "name: crash\nattributes: {email: text}\n",
        "receivers.yaml": f"operators: {{{HOOK}'}}\n",
        "rules/rules.yaml": RULES,
    },
    (
        Kind("hello", 1, frozenset({"low-score"})),
        Kind("I am furious", 5, frozenset({"furious"})),
        Kind("I am furious", 0, frozenset({"furious", "low-score"})),
        Kind("I am leaving", 9, frozenset({"leaving"})),
        Kind("maybe leaving", 9, frozenset({"leaving"})),
        Kind("hello", 7),
    ),
)
# Everything that time, people and receivers bring: late alerts, groups, thanks, and a receiver that is nowhere.
WHOLE = Setup(
    {
        "program.yaml": "name: crash\nattributes: {email: text}\nprivacy: {fields: {attributes.email: keep}}\n"
        "escalate: [{after: 1h, to: 'manager_of: holder'}, {after: 2h, to: board}]\n",
        "people.csv": "id,name,manager,units,teams,contacts\nann,Ann,mia,,care,desk:ann\nmia,Mia,,,,desk:mia\n",
        "receivers.yaml": f"operators: {{{HOOK}'}}\nboard: {{{HOOK}/board'}}\n"
        f"desk: {{{HOOK}/desk/{{address}}'}}\nnowhere: {{{HOOK}/nowhere'}}\n"
        f"letters: {{{HOOK}/letters/{{address}}', to_customer: true, address_attribute: email}}\n",
        "routes.yaml": "to: operators\nroutes:\n"
        "  - {name: crashes, when: {rule: crashes}, to: operators, group: {by: [rule], wait: 1s, interval: 1m}}\n",
        "rules/rules.yaml": "---\n".join(
            [
                _rule("angry", "furious", "emotion: anger", "{severity: high, send_to: ann, follow_up_within: 30m}"),
                _rule("crashes", "crash", "topic: digital/reliability", "{severity: low}"),
                _rule("lost", "invoice", "topic: billing/accuracy", "{severity: medium, send_to: nowhere}"),
                _rule("happy", "great", "intent: praise", "{severity: low, auto: thank}"),
            ]
        ),
    },
    (
        Kind("I am furious", 5, frozenset({"angry"})),
        Kind("crash", 5, frozenset({"crashes"})),
        Kind("invoice", 5, frozenset({"lost"})),
        Kind("great", 9, frozenset({"happy"})),
        Kind("hello", 7),
    ),
)
