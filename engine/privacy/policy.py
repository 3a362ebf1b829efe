"""The policy: what becomes of which personal data, in which fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """A kind of personal data that is recognised in words."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    ACCOUNT = "account"
    ORDER = "order"
    ADDRESS = "address"
    NAME = "name"


class Action(StrEnum):
    """What becomes of what is recognised.

    ``keep`` leaves it. ``mask`` puts the kind in its place, ``[PHONE_NUMBER]``. ``hash`` puts the kind and a keyed
    digest in its place, the same for the same value, ``[PHONE_NUMBER_3f9a0c12d4e5]``. ``drop`` takes it out; on a
    whole field, the field.
    """

    KEEP = "keep"
    MASK = "mask"
    HASH = "hash"
    DROP = "drop"


# What people are known by in other systems must stay the same value, so it becomes a digest.
DEFAULT_FIELDS: Mapping[str, Action] = {"customer": Action.HASH, "employee": Action.HASH}
ATTRIBUTE = "attributes."
# Fields that name somebody or something as a whole: what is recognised in one decides about all of it.
NAMING = ("customer", "employee", "channel")
FIELDS = ("text", "question", *NAMING, "attributes")


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of personal data before it is stored, read, judged or logged.

    Parameters
    ----------
    kinds
        What becomes of each kind; a kind that is not named is masked.
    fields
        What becomes of what is recognised in a field, instead of what its kind says: ``text``, ``question``,
        ``customer``, ``employee``, ``channel``, ``attributes`` or ``attributes.NAME``. An ``attributes.NAME`` that
        is told to be masked, hashed or dropped is so as a whole, whatever is recognised in it.
    always
        What becomes of ``customer``, ``employee`` or ``channel`` as a whole, whatever is recognised in it.
    names
        Whether names and free-form addresses are looked for too, with the model of the extra ``names``.
    keep_originals
        Whether what was taken out is kept beside the record, encrypted, for those who may see it.
    """

    kinds: Mapping[Kind, Action] = field(default_factory=dict)
    fields: Mapping[str, Action] = field(default_factory=lambda: DEFAULT_FIELDS)
    always: Mapping[str, Action] = field(default_factory=dict)
    names: bool = False
    keep_originals: bool = False

    def action(self, place: str, kind: Kind) -> Action:
        """Return what becomes of a kind that is recognised in a field."""
        own = self.fields.get(place)
        if own is None and place.startswith(ATTRIBUTE):
            own = self.fields.get("attributes")
        return own if own is not None else self.kinds.get(kind, Action.MASK)

    def whole(self, place: str) -> Action | None:
        """Return what becomes of a field whatever is in it; None where that depends on what is recognised."""
        found = self.always.get(place)
        if found is None and place.startswith(ATTRIBUTE):
            found = self.fields.get(place)
        return None if found is Action.KEEP else found

    def as_dict(self) -> dict[str, Any]:
        """Return the policy as plain JSON values."""
        return {
            "kinds": {str(kind): str(action) for kind, action in self.kinds.items()},
            "fields": {place: str(action) for place, action in self.fields.items()},
            "always": {place: str(action) for place, action in self.always.items()},
            "names": self.names,
            "keep_originals": self.keep_originals,
        }


def policy_from_dict(record: Mapping[str, Any]) -> Policy:
    """Rebuild a `Policy` from what `Policy.as_dict` returned (trusted: no validation)."""
    return Policy(
        kinds={Kind(kind): Action(action) for kind, action in record["kinds"].items()},
        fields={place: Action(action) for place, action in record["fields"].items()},
        always={place: Action(action) for place, action in record["always"].items()},
        names=record["names"],
        keep_originals=record["keep_originals"],
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in a text: half-open code-point offsets, its kind, and how sure that is, 0 to 1."""

    start: int
    end: int
    kind: Kind
    score: float = 1.0
