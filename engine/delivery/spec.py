"""What a program says of a receiver: where it is, what it may see, when it may be disturbed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

ReceiverKind = Literal["log", "webhook", "slack", "teams", "apprise"]
KINDS: tuple[ReceiverKind, ...] = ("log", "webhook", "slack", "teams", "apprise")
OPERATORS = "operators"
ADDRESS = "{address}"
TIMEOUT = timedelta(seconds=10)
EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)
DIGEST_AT = time(8)


class Sees(StrEnum):
    """How much of what a customer said, and of the customer, a receiver may see.

    ``masked`` hides personal data that is recognised in every text, whatever the program keeps; ``labels`` has no words
    of the customer's, no customer and no attributes.
    """

    EVERYTHING = "everything"
    MASKED = "masked"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing but what is critical is sent: between two times of the day, on the days when they begin.

    Parameters
    ----------
    start, end
        Times of the day in ``zone``; where the end is not after the start, it is on the next day.
    days
        The days of the week on which they begin, 0 is Monday.
    """

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY

    def until(self, moment: datetime) -> datetime | None:
        """Return when the quiet hours that hold at a moment end; None where none hold."""
        local = moment.astimezone(self.zone)
        for day in (local.date() - DAY, local.date()):
            begins = datetime.combine(day, self.start, self.zone)
            next_day = self.end <= self.start
            ends = datetime.combine(day + DAY if next_day else day, self.end, self.zone)
            # Compared as moments: within one zone Python compares the hands of the clock.
            if day.weekday() in self.days and begins.timestamp() <= moment.timestamp() < ends.timestamp():
                return datetime.fromtimestamp(ends.timestamp(), moment.tzinfo)
        return None


@dataclass(frozen=True, slots=True)
class ReceiverSpec:
    """Where messages can go. Neither the address nor the secret is ever stored or shown.

    Parameters
    ----------
    url
        Where to; holds ``{address}`` where each person has an address of their own.
    secret
        Signs webhooks.
    allow_private
        Whether its address may be loopback, link-local or private.
    timeout
        How long one message may take.
    template
        The template of the program that its messages are made with; None is the one that ships for its kind.
    sees
        How much of the customer it may see.
    to_customer
        Whether its messages go to the customers themselves, and ``address_attribute`` which attribute has their
        address.
    fallback
        The receiver that gets what this one could not deliver in time.
    quiet_hours
        When it is not disturbed.
    budget
        How many messages a recipient gets a day; the rest is gathered and sent at ``digest_at``.
    zone
        The time zone in which its days begin and its messages tell the time.
    file
        The file of the program that it stands in; empty where it is published, or always there.
    published
        Whether it is published in the store.
    problem
        Why nothing can be sent to it as it is: a published one was good when it was published, and the environment,
        or the program's files, may have changed since.
    """

    name: str
    kind: ReceiverKind
    url: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    allow_private: bool = False
    timeout: timedelta = TIMEOUT
    template: str | None = None
    sees: Sees = Sees.MASKED
    to_customer: bool = False
    address_attribute: str | None = None
    fallback: str | None = None
    quiet_hours: QuietHours | None = None
    budget: int | None = None
    digest_at: time = DIGEST_AT
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    file: str = field(default="", compare=False)
    published: bool = field(default=False, compare=False)
    problem: str | None = None

    @property
    def takes_address(self) -> bool:
        """Whether each message needs an address: a person's, or a customer's."""
        return ADDRESS in (self.url or "")

    @property
    def is_channel(self) -> bool:
        """Whether it can be told of an alert by itself: not one for customers, and none that needs an address."""
        return not self.to_customer and not self.takes_address


DEFAULT_RECEIVERS: Mapping[str, ReceiverSpec] = MappingProxyType({OPERATORS: ReceiverSpec(OPERATORS, "log")})
