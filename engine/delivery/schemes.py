"""Which services messages may go to over Apprise, and what each takes.

Apprise knows more than a hundred; some run programs, write files, or post anything anywhere. So what is not in
this list is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Shape(StrEnum):
    """What a service's messages look like."""

    MAIL = "mail"
    SHORT = "short"
    TEXT = "text"


_MAIL = ("mailto", "mailtos", "brevo", "mailgun", "o365", "postmark", "sendgrid", "ses", "sparkpost")
# SMS, and voice calls that read the text out.
_SHORT = (
    *("twilio", "vonage", "nexmo", "sns", "signal", "signals", "msgbird", "plivo", "sinch", "bulksms"),
    *("clickatell", "clicksend", "telnyx", "whatsapp"),
)
_TEXT = (
    *(
        "pagerduty",
        "opsgenie",
        "splunk",
        "victorops",
        "discord",
        "gchat",
        "webex",
        "wxteams",
        "zulip",
        "tgram",
        "pover",
    ),
)
SCHEMES: Mapping[str, Shape] = MappingProxyType(
    dict.fromkeys(_MAIL, Shape.MAIL) | dict.fromkeys(_SHORT, Shape.SHORT) | dict.fromkeys(_TEXT, Shape.TEXT)
)


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in lower case; empty where there is none."""
    scheme, there, _ = url.partition("://")
    return scheme.lower() if there else ""
