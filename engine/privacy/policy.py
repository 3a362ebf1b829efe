"""The policy: what becomes of which personal data, in which fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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

    ``keep`` leaves it. ``mask`` puts the kind in its place, ``[PHONE]``. ``hash`` puts the kind and a keyed digest
    in its place, the same for the same value, ``[PHONE 3f9a0c12d4e5]``. ``drop`` takes it out; on a whole field, the
    field.
    """

    KEEP = "keep"
    MASK = "mask"
    HASH = "hash"
    DROP = "drop"


# What people are known by in other systems must stay the same value, so it becomes a digest.
DEFAULT_FIELDS: Mapping[str, Action] = {"customer": Action.HASH, "employee": Action.HASH}


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
    names
        Whether names and free-form addresses are looked for too, with the model of the extra ``names``.
    keep_originals
        Whether what was taken out is kept beside the record, encrypted, for those who may see it.
    """

    kinds: Mapping[Kind, Action] = field(default_factory=dict)
    fields: Mapping[str, Action] = field(default_factory=lambda: DEFAULT_FIELDS)
    names: bool = False
    keep_originals: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data in a text: half-open code-point offsets, its kind, and how sure that is, 0 to 1."""

    start: int
    end: int
    kind: Kind
    score: float = 1.0
