"""What the API takes and answers about erasures, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.shapes import Shape


class ErasureIn(Shape):
    """A customer who is to be forgotten."""

    customer: str = Field(max_length=200, description="as feedback names the customer")
    erasing: Literal["anonymise", "delete"] = Field(
        description="anonymise takes words, people and attributes and leaves what counts; delete takes the records"
    )
    why: str = Field("", max_length=1000, description="for the receipt; the customer's name is taken out of it")
    anywhere: bool = Field(False, description="whether the records of others go too in which the name stands as a word")


class ErasureOut(Shape):
    """An erasure with its receipt as far as it is; `finished_at` is null while there is more to do."""

    id: str
    kind: Literal["customer", "retention"]
    subject: str = Field(description="a keyed digest of the customer, or the rule of retention in words")
    erasing: Literal["anonymise", "delete"]
    who: str
    why: str
    requested_at: datetime
    finished_at: datetime | None
    counts: dict[str, int] = Field(description="by table, how often a row was deleted or written over")
    files: list[dict[str, Any]] = Field(description="files that were rewritten: path, records, hashes")
    models: list[str] = Field(description="models that were trained on these files")
    unreached: list[str]
    remains: list[str]


class ErasuresOut(Shape):
    """One page of erasures, the newest first; the cursor leads to the next."""

    erasures: list[ErasureOut]
    cursor: str | None
