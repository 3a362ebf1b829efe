"""What somebody wants forgotten, as it is said in a request or on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.alerts.change_words import THANKS
from engine.errors import ErasureError
from engine.names import is_storable, unknown
from engine.privacy.retention import Erasing

if TYPE_CHECKING:
    from engine.ports import Redactor
    from engine.program import Program

FIELDS = ("customer", "erasing", "why", "anywhere")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants forgotten.

    Parameters
    ----------
    customer
        As it was given.
    stored
        What the customer may be stored as, beside that.
    anywhere
        Whether every record in which a name stands is erased too, whosever it is.
    kept
        Remedies and root causes that the program declares; the words of others go.
    places
        Files and folders of labelled data, beside those that the store knows of.
    models
        Where models are looked for that were trained on them.
    rewrite
        Whether a SQLite file is rewritten in the end, so that nothing of it is left in unused space; None rewrites
        one that is not large.
    """

    customer: str
    erasing: Erasing
    who: str
    why: str = ""
    stored: tuple[str, ...] = ()
    anywhere: bool = False
    kept: tuple[str, ...] = ()
    places: tuple[Path, ...] = ()
    models: Path | None = None
    rewrite: bool | None = None


def admit_wish(
    record: Any, who: str, program: Program, redactor: Redactor | None = None, models: Path | None = None
) -> Wish:
    """Return the wish that a record says.

    Parameters
    ----------
    program
        Its words for remedies and root causes stay.
    redactor
        Tells what the customer is stored as.
    models
        Where models are looked for that were trained on what is erased.

    Raises
    ------
    ErasureError
        Naming the field that is not valid.
    """
    if not isinstance(record, Mapping):
        raise ErasureError("an erasure must be an object with customer and erasing")
    for name in record:
        if name not in FIELDS:
            raise ErasureError(unknown("field", str(name), FIELDS), field=str(name)[:100])
    wish = Wish(
        customer=_text(record, "customer"),
        erasing=_erasing(record.get("erasing")),
        who=who,
        why=_text(record, "why"),
        anywhere=_flag(record, "anywhere"),
        kept=(*program.remedies, *program.root_causes, THANKS),
        models=models,
    )
    check_wish(wish)
    return wish if redactor is None else with_stored(wish, redactor)


def with_stored(wish: Wish, redactor: Redactor) -> Wish:
    """Return a wish that knows what the customer is stored as, and was before the policy changed."""
    return replace(wish, stored=(redactor.customer(wish.customer), *redactor.pseudonyms(wish.customer)))


def _erasing(value: Any) -> Erasing:
    valid = tuple(Erasing)
    if value not in valid:
        raise ErasureError(f"erasing must be one of {', '.join(valid)}", field="erasing")
    return Erasing(value)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name, "")
    if not isinstance(value, str):
        raise ErasureError(f"{name} must be text", field=name)
    return value


def _flag(record: Mapping[str, Any], name: str) -> bool:
    value = record.get(name, False)
    if not isinstance(value, bool):
        raise ErasureError(f"{name} must be true or false", field=name)
    return value


def check_wish(wish: Wish) -> None:
    """Refuse what cannot be done.

    Raises
    ------
    ErasureError
        Naming the field that is not valid.
    """
    if not wish.customer.strip() or len(wish.customer) > 200 or not is_storable(wish.customer):
        raise ErasureError("a customer has 1 to 200 characters, as feedback names it", field="customer")
    if not is_storable(wish.why) or len(wish.why) > 1_000:
        raise ErasureError("why has at most 1,000 characters that can be stored", field="why")
    if wish.anywhere and len(wish.customer.strip()) < 5:
        raise ErasureError(
            "a name of fewer than 5 characters stands in too many texts: erase by the customer alone", field="anywhere"
        )
