"""The redactor: takes personal data out of feedback as the policy says, before anything else sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from engine.feedback import Feedback
from engine.ports import Recogniser
from engine.privacy.policy import NAMING, Policy
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.record import Found, RecordRedactor, probe_of
from engine.privacy.restoring import Taken
from engine.privacy.stand_ins import dotted, without_ours
from engine.privacy.vault import Vault

Knows = Callable[[str], bool]


class PolicyRedactor:
    """Takes out what a recogniser finds, as a policy says; see `engine.ports.Redactor`.

    Parameters
    ----------
    recogniser
        Finds personal data.
    policy
        What becomes of it.
    pseudonyms
        Makes digests with the key of the deployment.
    vault
        Keeps what was taken out; None keeps nothing.
    knows
        Whether an employee is one of the program's people, whose ids are references.
    typed
        Declared attributes that are no text: of these, what is taken out is left out.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        policy: Policy,
        pseudonyms: Pseudonyms,
        *,
        vault: Vault | None = None,
        knows: Knows = lambda _: False,
        typed: Collection[str] = (),
    ) -> None:
        self._recogniser = recogniser
        self._pseudonyms = pseudonyms
        self._vault = vault
        self._records = RecordRedactor(policy, pseudonyms, knows, frozenset(typed))

    def redact(self, batch: Sequence[Feedback]) -> list[Feedback]:
        """Return the records as they may be stored, read and judged; those that were redacted before, as they are."""
        return [one.feedback for one in self.take(batch)]

    def take(self, batch: Sequence[Feedback]) -> list[Taken]:
        """Return the same, each with how it came: by it, offsets into what is stored lead to those that were sent."""
        found = self._found(dict.fromkeys(text for one in batch if not one.received for text in _texts(one)))
        return [self._one(one, found) for one in batch]

    def mask(self, texts: Sequence[str]) -> list[str]:
        """Return texts of the same length in which dots stand for all that is recognised, whatever the policy."""
        found = self._recogniser.find(texts)
        return [dotted(text, without_ours(text, some)) for text, some in zip(texts, found, strict=True)]

    def customer(self, customer: str) -> str:
        """Return what a customer is stored as; itself where the policy stores no name that is the customer's alone."""
        return self._records.customer(customer, self._found({customer: None}))

    def pseudonyms(self, customer: str) -> tuple[str, ...]:
        """Return every pseudonym that the customer may be stored as, also by a policy that was in force before."""
        return self._records.pseudonyms(customer, self._found({customer: None}))

    def _found(self, texts: dict[str, None]) -> Found:
        """Look at each text once, however many records have it."""
        unique = list(texts)
        return dict(zip(unique, self._recogniser.find(unique), strict=True))

    def _one(self, feedback: Feedback, found: Found) -> Taken:
        if feedback.received:
            return Taken(feedback)
        plain = feedback.content_hash()
        keyed = self._pseudonyms.of_hash(plain)
        stored, values = self._records.redact(feedback, found)
        if not values:
            return Taken(replace(feedback, received=(plain, keyed)))
        sealed = self._vault.seal(*feedback.key, keyed, values) if self._vault else None
        return Taken(replace(stored, received=(keyed, plain), sealed=sealed), values)


def _texts(feedback: Feedback) -> Iterator[str]:
    for part in feedback.parts:
        yield part.text
        if part.question:
            yield part.question
    for name in NAMING:
        value = getattr(feedback, name)
        if value is not None:
            yield value
    for name, value in feedback.attributes.items():
        probe = probe_of(name, value)
        if probe is not None:
            yield probe
