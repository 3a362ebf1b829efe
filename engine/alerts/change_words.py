"""Words that changes of alerts are recorded with, whatever a program declares."""

from __future__ import annotations

# The remedy of a customer who was thanked by a message, and the kind of that message.
THANKS = "thanks"
